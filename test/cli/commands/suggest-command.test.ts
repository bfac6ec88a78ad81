import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli } from '../run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-suggest-'));
afterAll(() => rmSync(folder, { recursive: true }));

const store = join(folder, 'permissions.yaml');
writeFileSync(
  store,
  `permissions:
  - { name: read, types: FeatureView, actions: [DESCRIBE, READ_ONLINE], policy: { roles: [r] } }
  - { name: write, types: FeatureView, actions: WRITE_ONLINE, policy: { roles: [w] } }
`,
);

function record(type: string, name: string, permissions: readonly string[]): string {
  return JSON.stringify({
    decision_id: '6f1cba3e-7c4e-4e57-9a53-0f5a1d5f6a10',
    timestamp: '2026-11-30T14:15:16.789Z',
    path: 'feast_permissions/decision',
    input: {
      subject: { username: 'ann' },
      actions: ['READ_ONLINE'],
      resource: { project: null, type, name },
    },
    result: {
      allowed: permissions.length > 0,
      reason: 'granted',
      permissions: permissions.map((one) => ({ project: null, name: one, granted: true })),
      permission_count: permissions.length,
    },
  });
}

function logOf(...lines: readonly string[]): string {
  const file = join(folder, 'decisions.jsonl');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

describe('suggest', () => {
  it('lists unused grants and unsecured resources in use', async () => {
    const log = logOf(
      record('FeatureView', 'v', ['read']),
      '',
      record('Entity', '\u001b[31me', []),
    );
    const { exitCode, stdout } = await runCli(['suggest', log, store]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('2 decisions from 2026-11-30T14:15:16.789Z to');
    expect(stdout).toMatch(/^read +DESCRIBE/m);
    expect(stdout).toMatch(/^write +all/m);
    expect(stdout).toMatch(/^Entity:.*e +READ_ONLINE +0 +1 +no/m);
    expect(stdout).not.toContain('\u001b');
  });

  it('reports lines that it does not understand, and counts the others', async () => {
    const log = logOf('{"cut', record('FeatureView', 'v', ['read']), '{}', 'x'.repeat(2 ** 20 + 1));
    const { exitCode, stdout } = await runCli(['suggest', log, store]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('1 decisions');
    expect(stdout).toContain('3 lines were not understood');
    expect(stdout).toContain('line 1: the line is not JSON');
    expect(stdout).toContain('line 3: `path` must be');
    expect(stdout).toContain('line 4: the line is longer');
  });

  it('reads standard input, and writes the documented JSON', async () => {
    const input = `${record('Entity', 'e', [])}\nnothing\n`;
    const { exitCode, stdout } = await runCli(['suggest', '-', store, '--format', 'json'], {
      stdin: [input],
    });
    expect(exitCode).toBe(1);
    const schema = readFileSync('docs/schemas/suggest.schema.json', 'utf8');
    const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(
      JSON.parse(schema) as object,
    );
    validate(JSON.parse(stdout));
    expect(validate.errors ?? []).toEqual([]);
    expect(JSON.parse(stdout)).toMatchObject({
      decisions: 1,
      unusedGrants: [{ isWhole: true }, { isWhole: true }],
      unsecuredUses: [{ resource: { project: null, type: 'Entity', name: 'e' }, refused: 1 }],
      problems: { count: 1, first: [{ line: 2, message: 'the line is not JSON' }] },
    });
  });

  it('fails where the log cannot be read', async () => {
    const { exitCode, stderr } = await runCli(['suggest', join(folder, 'missing'), store]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('missing');
  });
});
