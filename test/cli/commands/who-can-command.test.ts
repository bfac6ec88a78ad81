import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EXAMPLE, OIDC_EXAMPLE, runCli } from '../run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-who-can-'));
afterAll(() => rmSync(folder, { recursive: true }));

function permissionFile(...items: readonly string[]): string {
  const file = join(folder, 'permissions.yaml');
  writeFileSync(file, `permissions:\n${items.map((item) => `  - ${item}\n`).join('')}`);
  return file;
}

describe('who-can', () => {
  it('lists the principals with the permission behind each', async () => {
    const { exitCode, stdout } = await runCli([
      'who-can',
      'describe',
      'entity:merchant',
      EXAMPLE,
      '--project',
      'credit_scoring',
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^allowed DESCRIBE on Entity:credit_scoring\/merchant:\n/);
    expect(stdout).toMatch(/^group "feast-users" +\S/m);
  });

  it('asks for the actions of an alias together', async () => {
    const file = permissionFile(
      '{ name: a, actions: READ_ONLINE, policy: { roles: [r] } }',
      '{ name: b, actions: READ_OFFLINE, policy: { roles: [r] } }',
    );
    const single = await runCli(['who-can', 'READ_ONLINE', 'FeatureView:x', file]);
    expect([single.exitCode, single.stdout]).toEqual([0, expect.stringContaining('role "r"  a')]);
    for (const action of ['READ', 'READ_ONLINE,READ_OFFLINE']) {
      const both = await runCli(['who-can', action, 'FeatureView:x', file]);
      expect(both.exitCode).toBe(1);
      expect(both.stdout).toContain('everyone is refused READ_ONLINE, READ_OFFLINE');
    }
  });

  it('pages through a long list', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `r${index}`).join(', ');
    const file = permissionFile(`{ name: a, policy: { roles: [${names}] } }`);
    const argv = ['who-can', 'DELETE', 'Entity:x', file];
    const short = await runCli(argv);
    expect(short.stdout).toContain('and 10 more; `--all` shows them');
    const { stdout } = await runCli([...argv, '--limit', '25', '--format', 'json']);
    const { next, combinations } = JSON.parse(stdout) as { next: string; combinations: unknown[] };
    expect(combinations).toHaveLength(25);
    const last = await runCli([...argv, '--page-token', next, '--format', 'json']);
    expect(JSON.parse(last.stdout)).toMatchObject({ next: null, total: 30 });
    for (const more of [
      ['--limit', '0'],
      ['--limit', '99999'],
      ['--page-token', 'x'],
    ]) {
      const { exitCode, stderr } = await runCli([...argv, ...more]);
      expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/limit|page token/)]);
    }
  });

  it.each([
    [['who-can'], 'who-can needs ACTION'],
    [['who-can', 'READ'], 'who-can needs TYPE:NAME'],
    [['who-can', 'REED', 'FeatureView:x', OIDC_EXAMPLE], 'did you mean `READ`?'],
    [['who-can', 'READ', 'FeatureView:x', OIDC_EXAMPLE, 'more'], 'takes one path'],
  ])('%j ends with code 2', async (argv, problem) => {
    const { exitCode, stderr } = await runCli(argv);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(problem)]);
  });
});
