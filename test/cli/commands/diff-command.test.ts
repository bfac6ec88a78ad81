import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EXAMPLE, EXAMPLE_REGISTRY, OIDC_EXAMPLE, runCli } from '../run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-diff-'));
afterAll(() => rmSync(folder, { recursive: true }));

function permissionFile(name: string, patterns: string, roles = 'reader'): string {
  const file = join(folder, name);
  writeFileSync(
    file,
    `permissions:\n  - { name: a, types: Entity, name_patterns: '${patterns}', actions: DESCRIBE, policy: { roles: [${roles}] } }\n`,
  );
  return file;
}

const NARROW = permissionFile('narrow.yaml', 'risk_[a-z]*');
const WIDE = permissionFile('wide.yaml', 'risk_.*');

describe('diff', () => {
  it('shows an example of a name that a wider pattern opens', async () => {
    const { exitCode, stdout } = await runCli(['diff', NARROW, WIDE]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^widened from /);
    expect(stdout).toMatch(/^"risk_0" +Entity +role "reader" +DESCRIBE$/m);
  });

  it.each([
    [[NARROW, WIDE, '--fail-on', 'widened'], 1],
    [[WIDE, NARROW, '--fail-on', 'widened'], 0],
    [[WIDE, NARROW, '--fail-on', 'changed'], 1],
    [[WIDE, WIDE, '--fail-on', 'changed'], 0],
    [[NARROW, WIDE, '--fail-on', 'widened', '--registered-only'], 0],
    [[NARROW, WIDE, '--fail-on', 'widened', '--max-states', '1'], 1],
  ])('%j ends with code %i', async (argv, expected) => {
    const { exitCode, stderr } = await runCli(['diff', ...argv]);
    expect([exitCode, stderr]).toEqual([expected, '']);
  });

  it('compares stores and registries of any source, and finds nothing between equal ones', async () => {
    for (const other of [EXAMPLE_REGISTRY, OIDC_EXAMPLE]) {
      const { stdout } = await runCli(['diff', EXAMPLE, other, '--project', 'credit_scoring']);
      expect(stdout).toMatch(/^nothing was gained or lost from /);
    }
  });

  it('compares a permission file on the resources of the other side', async () => {
    const file = permissionFile('interns.yaml', 'merchant', 'intern');
    const argv = ['diff', EXAMPLE, file, '--project', 'credit_scoring', '--format', 'json'];
    const { stdout } = await runCli(argv);
    const { gained, widened } = JSON.parse(stdout) as {
      readonly widened: boolean;
      readonly gained: readonly object[];
    };
    expect(widened).toBe(true);
    expect(gained).toEqual([
      {
        resource: { project: 'credit_scoring', type: 'Entity', name: 'merchant' },
        registered: 'both',
        principals: [{ kind: 'role', name: 'intern' }],
        actions: ['DESCRIBE'],
        permissions: [{ project: null, name: 'a' }],
        subject: { username: 'example', roles: ['intern'] },
      },
    ]);
  });

  it.each([
    [['diff', NARROW], 'diff needs NEW'],
    [['diff', NARROW, WIDE, EXAMPLE], 'unexpected argument'],
    [['diff', NARROW, WIDE, '--max-states', 'all'], '`--max-states` must be a whole number'],
    [['diff', NARROW, '--fail-on=x', WIDE], 'invalid value `x` for `--fail-on`'],
    [['diff', 'nosuch:p.yaml', WIDE], 'git cannot read `nosuch:p.yaml`'],
    [['diff', WIDE, join(folder, 'none.yaml')], 'none.yaml'],
  ])('%j ends with code 2', async (argv, problem) => {
    const { exitCode, stderr } = await runCli(argv);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(problem)]);
  });
});

describe('diff of git revisions', () => {
  const git = (...args: readonly string[]): void => {
    const identity = ['-c', 'user.name=ann', '-c', 'user.email=ann@example.com'];
    execFileSync('git', ['-C', folder, ...identity, ...args], { stdio: 'ignore' });
  };

  it('reads permission files of two revisions, and the file as it is', async () => {
    const file = permissionFile('permissions.yaml', 'risk_[a-z]*');
    git('init', '-q');
    git('add', 'permissions.yaml');
    git('commit', '-qm', 'first');
    permissionFile('permissions.yaml', 'risk_.*');
    git('commit', '-qam', 'second');
    const cwd = process.cwd();
    try {
      process.chdir(folder);
      const old = await runCli(['diff', 'HEAD~1:permissions.yaml', 'HEAD:permissions.yaml']);
      expect(old.stdout).toMatch(/^widened from HEAD~1:permissions.yaml to HEAD:permissions.yaml/);
      const same = await runCli(['diff', 'HEAD:permissions.yaml', relative(folder, file)]);
      expect(same.stdout).toMatch(/^nothing was gained or lost/);
      const option = await runCli(['diff', '--', '--textconv:a.yaml', 'HEAD:permissions.yaml']);
      expect(option.stderr).toContain('`--textconv` is not a git revision');
    } finally {
      process.chdir(cwd);
    }
  });
});
