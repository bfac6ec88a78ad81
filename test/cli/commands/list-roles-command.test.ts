import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EXAMPLE, runCli } from '../run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-roles-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface ListedJson {
  readonly principals: readonly {
    readonly kind: string;
    readonly name: string;
    readonly permissions: readonly { readonly name: string }[];
    readonly resources?: readonly {
      readonly project: string;
      readonly type: string;
      readonly name: string;
      readonly actions: readonly string[];
    }[];
  }[];
}

async function listed(...argv: readonly string[]): Promise<ListedJson['principals']> {
  const { stdout } = await runCli(['list-roles', ...argv, '--format', 'json']);
  return (JSON.parse(stdout) as ListedJson).principals;
}

describe('list-roles', () => {
  it('names the roles that Feast lists, and the groups and namespaces that it leaves out', async () => {
    const principals = await listed(EXAMPLE, '--project', 'credit_scoring');
    const named = (kind: string): readonly string[] =>
      principals.filter((one) => one.kind === kind).map(({ name }) => name);
    // What `feast permissions list-roles` prints for the example.
    expect(named('role')).toEqual([
      'admin',
      'data_team',
      'données-lecteur',
      'feast-admin',
      'ml-engineer',
      'online-server',
      'project-owner',
      'risk-engineer',
      'streamer',
      'super-reader',
      'trusted',
      '角色',
    ]);
    expect(named('group')).toContain('feast-users');
    expect(named('namespace')).toContain('risk-ns');
  });

  it('says which permissions name each', async () => {
    const { exitCode, stdout, stderr } = await runCli(['list-roles', EXAMPLE, '--all']);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^WHO +PERMISSIONS\n/);
    expect(stdout).toMatch(/^role "trusted" +reader$/m);
    expect(stdout).toMatch(/^group "feast-users" +.*describe-all/m);
  });

  it('with -v says the same as can-what of each', async () => {
    const principals = await listed('-v', EXAMPLE);
    expect(principals.length).toBeGreaterThan(15);
    for (const { kind, name, resources } of principals) {
      const { stdout } = await runCli(['can-what', `--${kind}`, name, EXAMPLE, '--format', 'json']);
      const rights = JSON.parse(stdout) as { readonly resources: readonly object[] };
      expect(resources?.map((one) => ({ ...one, conditional: [] }))).toEqual(rights.resources);
    }
  });

  it('respects required tags', async () => {
    const role = (await listed('-v', EXAMPLE)).find(({ name }) => name === 'risk-engineer');
    // Its permission requires tags that this view does not have.
    expect(role?.permissions.map(({ name }) => name)).toContain('view-editor');
    const labels = role?.resources?.find(({ name }) => name === 'loan_labels');
    expect(labels?.actions ?? []).not.toContain('UPDATE');
  });

  it('with -v has a line for each type and set of actions', async () => {
    const { stdout } = await runCli(['list-roles', '-v', EXAMPLE, '--project', 'fraud_detection']);
    expect(stdout).toMatch(
      /^group "fraud-squad" +FeatureView +DESCRIBE, READ +account_risky_scores$/m,
    );
    expect(stdout).toMatch(
      /^ *(role "fraud-admin")? +Permission +ALL_ACTIONS +admin-all, fraud-reader$/m,
    );
  });

  it('shortens a long list, and says so where policies name nothing', async () => {
    const file = join(folder, 'many.yaml');
    const names = Array.from({ length: 30 }, (_, index) => `r${index}`).join(', ');
    writeFileSync(file, `permissions: [{ name: a, policy: { roles: [${names}] } }]\n`);
    expect((await runCli(['list-roles', file])).stdout).toContain(
      'and 10 more; `--all` shows them',
    );
    const open = join(folder, 'open.yaml');
    writeFileSync(open, 'permissions: [{ name: a, policy: { type: AllowAll } }]\n');
    expect((await runCli(['list-roles', open])).stdout).toBe(
      'no policy names a role, a group or a namespace\n',
    );
  });
});
