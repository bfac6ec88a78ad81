import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EXAMPLE_REGISTRY, OIDC_EXAMPLE, runCli } from '../run-cli.js';

const TESTS = 'examples/permissions.test.yaml';
const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, ...lines: readonly string[]): string {
  const file = join(folder, name);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

const CASE = "{ user: anonymous, action: READ, resource: 'Entity:a', expect: refused }";
const STORE = write(
  'store.yaml',
  'permissions:',
  "  - { name: a, types: Entity, name_patterns: ['a', 'b'], actions: READ, policy: { roles: [r] } }",
);

describe('test', () => {
  it('runs a file on the store that it names, and shows what is untested', async () => {
    const { exitCode, stdout } = await runCli(['test', TESTS]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^examples\/permissions\.test\.yaml on .*: 6 passed\n/);
    expect(stdout).toMatch(/coverage: \d+ % \(\d+ of \d+ permissions and parts of them/);
  });

  it('takes another store', async () => {
    for (const store of [EXAMPLE_REGISTRY, OIDC_EXAMPLE]) {
      const { exitCode } = await runCli(['test', TESTS, '--store', store]);
      expect(exitCode).toBe(0);
    }
    const { exitCode } = await runCli(['test', TESTS, '--store', STORE]);
    expect(exitCode).toBe(1);
  });

  it('explains failures and ends with code 1', async () => {
    const wrong = write(
      'wrong.yaml',
      'store: store.yaml',
      `cases: [${CASE.replace('refused', 'allowed')}]`,
    );
    const { exitCode, stdout } = await runCli(['test', wrong]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('0 passed, 1 failed');
    expect(stdout).toContain('case 1: anonymous: READ_ONLINE, READ_OFFLINE on Entity:a is allowed');
    expect(stdout).toContain('expected the anonymous subject to be allowed');
  });

  it('lists the mutants that no case notices', async () => {
    const file = write('mutants.yaml', 'store: store.yaml', `cases: [${CASE}]`);
    const { stdout } = await runCli(['test', file, '--mutate']);
    expect(stdout).toContain('mutants: 1 of 5 noticed');
    expect(stdout).toMatch(/^a +any name$/m);
    expect(stdout).not.toMatch(/^a +for everyone$/m);
  });

  it('writes JUnit with a suite for each file', async () => {
    const wrong = write(
      'wrong.yaml',
      'store: store.yaml',
      `cases: [${CASE.replace('refused', 'allowed')}]`,
    );
    const { exitCode, stdout } = await runCli(['test', TESTS, wrong, '--format', 'junit']);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('<testsuites name="feast-permissions" tests="7" failures="1"');
    expect(stdout.match(/<testsuite /g)).toHaveLength(2);
  });

  it('runs permissions.test.yaml of the working folder by default', async () => {
    const cwd = process.cwd();
    try {
      process.chdir('examples');
      expect((await runCli(['test'])).exitCode).toBe(0);
      process.chdir(folder);
      const { exitCode, stderr } = await runCli(['test']);
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining('permissions.test.yaml')]);
    } finally {
      process.chdir(cwd);
    }
  });
});
