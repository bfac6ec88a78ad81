import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { printWarnings } from '../../src/cli/open-store.js';
import { roles } from '../../src/policy/index.js';
import { snapshotOf } from '../audit/audit-of.js';
import { concat, delimited, fixtureBytes } from '../registry/registry-bytes.js';
import { EXAMPLE_REGISTRY, runCli } from './run-cli.js';

async function warningsOf(count: number): Promise<readonly string[]> {
  const permissions = Array.from({ length: count }, (_, index) => ({
    name: `p${index}\u001b[2J`,
    namePatterns: '(a)\\1',
    policy: roles('x'),
  }));
  const { warnings } = await snapshotOf({ permissions });
  let text = '';
  const output = {
    write(more: string): boolean {
      text += more;
      return true;
    },
    once: () => undefined,
    removeListener: () => undefined,
  };
  printWarnings(warnings, {
    stdin: (async function* () {})(),
    stdout: output,
    stderr: output,
    env: {},
    cwd: '/',
  });
  return text.split('\n').slice(0, -1);
}

describe('printWarnings', () => {
  it('writes a harmless line for each', async () => {
    const lines = await warningsOf(2);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(
      /^feast-permissions: warning: permission `p1\\u001b\[2J` is excluded: /,
    );
  });

  it('does not write thousands', async () => {
    const lines = await warningsOf(3000);
    expect(lines).toHaveLength(11);
    expect(lines.at(-1)).toBe('feast-permissions: warning: and 2990 more');
  });
});

const question = ['--user=null', '--action=READ', '--resource=Entity:driver'];

describe('a configuration that says something without effect', () => {
  const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-'));
  const file = join(folder, 'feature_store.yaml');
  writeFileSync(
    file,
    `project: credit_scoring
registry: ${resolve(EXAMPLE_REGISTRY)}
auth: { type: kubernetes }
authentication: { type: oidc }
`,
  );
  afterAll(() => rmSync(folder, { recursive: true }));

  const warning = `${file}:4:1: \`authentication\` is not read: only a top-level \`auth\` section protects a server`;

  it.each([
    ['audit', []],
    ['list', []],
    ['explain', question],
    ['decide', []],
  ])('is told of once on standard error by %s', async (command, options) => {
    const { stderr } = await runCli([command, ...options, folder]);
    expect(stderr).toBe(`feast-permissions: warning: ${warning}\n`);
  });

  it.each([
    ['list', []],
    ['explain', question],
  ])('is told of in the JSON of %s', async (command, options) => {
    const { stdout } = await runCli([command, ...options, '--format=json', folder]);
    expect(JSON.parse(stdout)).toMatchObject({ warnings: [warning] });
  });
});

describe('a registry with a field that this version does not know', () => {
  const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-'));
  const file = join(folder, 'registry.db');
  const entity = concat(
    delimited(1, concat(delimited(1, [0x6f]), delimited(9, [...Buffer.from('credit_scoring')]))),
    delimited(200, []),
  );
  // Feast writes lists in the order of their numbers: entities are the first.
  writeFileSync(file, concat(delimited(1, entity), fixtureBytes(EXAMPLE_REGISTRY)));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['audit', []],
    ['list', []],
    ['explain', [...question, '--project=credit_scoring']],
  ])('is told of on standard error by %s', async (command, options) => {
    const { stderr } = await runCli([command, ...options, file]);
    expect(stderr).toContain('warning: Entity has a field 200 that this version does not know');
  });
});
