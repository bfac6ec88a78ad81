import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { createAuthorizer } from '../../src/index.js';
import { loadFeatureStore } from '../../src/registry/index.js';
import { feastPermissionMatchers } from '../../src/testing/index.js';
import { readProjectFile } from '../project/project-files.js';

const guide = readProjectFile('docs/testing.md');
const root = fileURLToPath(new URL('../../', import.meta.url));

/** The fenced blocks of the guide in one language, without those that are included from files. */
function ownBlocks(language: string): readonly string[] {
  const own = guide.replace(/^<!-- (\S+) -->\n[\s\S]*?^<!-- \/\1 -->$/gm, '');
  const blocks = own.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'));
  return Array.from(blocks, ([, text = '']) => text);
}

const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-guide-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const [vitestTypes = '', jestTypes = '', nodeTest = ''] = ownBlocks('ts');
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

describe('the types of the matchers', { timeout: 120_000 }, () => {
  /** What the compiler says of a user's files, where only `packages` are installed. */
  function compile(
    files: Readonly<Record<string, string>>,
    packages: Readonly<Record<string, string>>,
  ): string {
    const place = mkdtempSync(join(folder, 'user-'));
    for (const [name, declarations] of Object.entries(packages)) {
      const home = join(place, 'node_modules', name);
      mkdirSync(home, { recursive: true });
      writeFileSync(join(home, 'index.d.ts'), declarations);
      writeFileSync(join(home, 'package.json'), '{ "type": "module", "types": "./index.d.ts" }');
    }
    for (const [name, text] of Object.entries(files)) writeFileSync(join(place, name), text);
    const config = {
      extends: join(root, 'tsconfig.json'),
      compilerOptions: {
        typeRoots: [join(root, 'node_modules/@types')],
        // The sources are reached by their paths, and with them the declarations of optional peers.
        skipLibCheck: true,
        paths: {
          'feast-permissions': [join(root, 'src/index.ts')],
          'feast-permissions/*': [join(root, 'src/*/index.ts')],
        },
      },
      include: ['*.ts'],
    };
    writeFileSync(join(place, 'tsconfig.json'), JSON.stringify(config));
    writeFileSync(join(place, 'package.json'), '{ "type": "module" }');
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', place], {
      encoding: 'utf8',
    });
    return `${stdout}exit code ${status}`;
  }

  const USE = `
    import { createAuthorizer } from 'feast-permissions';
    import { feastPermissionMatchers } from 'feast-permissions/testing';
    void feastPermissionMatchers;
    const authorizer = createAuthorizer({ permissions: [] });
    const resource = { type: 'Entity', name: 'e' } as const;
    expect(authorizer).toAllow({ subject: null, actions: 'CREATE', resource });
    // @ts-expect-error an action that the vocabulary does not have
    expect(authorizer).toAllow({ subject: null, actions: 'CRATE', resource });
    // @ts-expect-error no question
    expect(authorizer).toDeny();
    // @ts-expect-error no authorizer
    expect(resource).toAllow({ subject: null, actions: 'CREATE', resource });
  `;
  const MATCHERS = 'interface Matchers<R extends void | Promise<void>, T = unknown> {}';
  const EXPECT = 'declare const expect: <T>(actual: T) => Matchers<void, T>;';

  it('need neither vitest nor jest', () => {
    expect(compile({ 'use.ts': nodeTest }, {})).toBe('exit code 0');
  });

  it('come with the import where matchers are global, and with the lines shown elsewhere', () => {
    const runner = `export ${MATCHERS}\nexport ${EXPECT}`;
    const files = {
      'globals.d.ts': `
        declare namespace jest { interface Matchers<R, T = {}> { toBe(expected: T): R } }
        declare const expect: <T>(actual: T) => jest.Matchers<void, T>;
      `,
      'use-globals.ts': USE,
      'use-vitest.ts': `import { expect } from 'vitest';${USE}`,
      'vitest-types.ts': vitestTypes,
      'use-jest.ts': `import { expect } from 'expect';${USE}`,
      'jest-types.ts': jestTypes,
    };
    expect(compile(files, { vitest: runner, expect: runner })).toBe('exit code 0');
  });
});
