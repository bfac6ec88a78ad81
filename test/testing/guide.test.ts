import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { createAuthorizer } from '../../src/index.js';
import { loadFeatureStore } from '../../src/registry/index.js';
import { feastPermissionMatchers } from '../../src/testing/index.js';
import { readProjectFile } from '../project/project-files.js';
import { blocksOf } from './guide-blocks.js';

const guide = readProjectFile('docs/testing.md');
const ownBlocks = (language: string): readonly string[] => blocksOf(guide, language);

const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-guide-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const [, , nodeTest = ''] = ownBlocks('ts');
// Its tests become tests of this file.
vi.mock('node:test', () => ({ default: it }));
writeFileSync(join(folder, 'node.test.ts'), nodeTest);
await import(/* @vite-ignore */ join(folder, 'node.test.ts'));

describe('the guide to testing', () => {
  it('shows the test for vitest as it runs here', () => {
    const path = 'test/testing/guide/with-vitest.test.ts';
    expect(guide).toContain(
      `<!-- ${path} -->\n\`\`\`ts\n${readProjectFile(path)}\`\`\`\n<!-- /${path} -->`,
    );
  });

  it('shows a failure as it reads', async () => {
    const path = 'examples/credit_scoring/feature_store_oidc.yaml';
    const { snapshotOptions } = await loadFeatureStore(path, { project: 'credit_scoring' });
    const { pass, message } = feastPermissionMatchers.toAllow(createAuthorizer(snapshotOptions), {
      subject: { username: 'ann', roles: ['trusted'] },
      actions: 'READ_ONLINE',
      resource: { type: 'FeatureView', name: 'merchant_risky_profile' },
    });
    expect(pass).toBe(false);
    expect(ownBlocks('text')).toEqual([`${message()}\n`]);
  });
});
