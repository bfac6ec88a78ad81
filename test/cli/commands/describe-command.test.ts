import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EXAMPLE, EXAMPLE_REGISTRY, runCli } from '../run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-describe-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a name that is described', () => {
  it('a permission, with all its fields and what it covers', async () => {
    const { exitCode, stdout, stderr } = await runCli(['describe', 'describe-all', EXAMPLE]);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^Permission:credit_scoring\/describe-all\n {2}types +ALL_RESOURCE_TYPES\n/,
    );
    expect(stdout).toMatch(
      /^ {2}name patterns +transaction\.\*, credit\.\*, merchant\.\*\|driver$/m,
    );
    expect(stdout).toMatch(/^ {2}requires +one of the groups "feast-users", "data-scientists"$/m);
    expect(stdout).toMatch(/^ {2}tags +tier: 1, owner: platform$/m);
    expect(stdout).toMatch(/^ {2}Entity +.*merchant/m);
  });

  it('a resource, with who may do what to it', async () => {
    const { stdout } = await runCli(['describe', 'FeatureView:account_risky_scores', EXAMPLE]);
    expect(stdout).toMatch(/^FeatureView:fraud_detection\/account_risky_scores\n/);
    expect(stdout).toMatch(/\n {2}Permissions that cover it:\n {2}NAME +ACTIONS +REQUIRES\n/);
    expect(stdout).toMatch(/^ {2}role "fraud-admin" +ALL_ACTIONS$/m);
    expect(stdout).toMatch(/^ {2}group "fraud-squad" +DESCRIBE, READ$/m);
  });

  it('says the same of a resource as who-can', async () => {
    const argv = ['describe', 'merchant_risky_profile', EXAMPLE, '--format', 'json'];
    const { resources } = JSON.parse((await runCli(argv)).stdout) as {
      readonly resources: readonly {
        readonly type: string;
        readonly project: string;
        readonly refused: readonly string[];
        readonly access: readonly {
          readonly principals: readonly { readonly kind: string; readonly name: string }[];
          readonly actions: readonly string[];
        }[];
      }[];
    };
    const [view] = resources;
    expect(resources).toHaveLength(1);
    expect(view).toMatchObject({ type: 'FeatureView', project: 'credit_scoring' });
    for (const action of ['DESCRIBE', 'READ_ONLINE', 'READ_OFFLINE', 'DELETE', 'CREATE']) {
      const question = ['who-can', action, 'FeatureView:merchant_risky_profile', EXAMPLE];
      const who = await runCli([...question, '--format', 'json']);
      const { combinations } = JSON.parse(who.stdout) as {
        readonly combinations: readonly { readonly principals: readonly object[] }[];
      };
      const having = view?.access.filter(({ actions }) => actions.includes(action)) ?? [];
      expect(new Set(having.map(({ principals }) => JSON.stringify(principals)))).toEqual(
        new Set(combinations.map(({ principals }) => JSON.stringify(principals))),
      );
      expect(view?.refused.includes(action)).toBe(combinations.length === 0);
    }
  });

  it('everything of a name', async () => {
    const { stdout } = await runCli(['describe', 'admin-all', EXAMPLE, '--format', 'json']);
    const { permissions, resources } = JSON.parse(stdout) as {
      readonly permissions: readonly { readonly project: string }[];
      readonly resources: readonly unknown[];
    };
    expect(permissions.map(({ project }) => project)).toEqual([
      'credit_scoring',
      'fraud_detection',
    ]);
    expect(resources).toEqual([]);
    const typed = await runCli(['describe', 'Permission:admin-all', EXAMPLE]);
    expect(typed.stdout).toMatch(/^Permission:credit_scoring\/admin-all\n/);
    expect(typed.stdout).toMatch(/\nPermission:fraud_detection\/admin-all\n/);
    expect(typed.stdout).toContain('Who may do what:');
  });

  it('a resource that is not registered, as who-can decides on it', async () => {
    const file = join(folder, 'permissions.yaml');
    writeFileSync(
      file,
      `permissions:
  - { name: readers, types: FeatureView, name_patterns: 'sales_.*', actions: READ, policy: { roles: [analyst] } }
`,
    );
    const covered = await runCli(['describe', 'featureview:sales_eu', file]);
    expect(covered.exitCode).toBe(0);
    expect(covered.stdout).toContain('is not in the registry, so its tags are not known');
    expect(covered.stdout).toMatch(/^ {2}role "analyst" +READ$/m);
    expect(covered.stdout).toMatch(/^ {2}refused to everyone +CRUD, WRITE$/m);
    const open = await runCli(['describe', 'Entity:driver', file]);
    expect(open.stdout).toMatch(/^ {2}no permission covers it$/m);
    expect(open.stdout).toMatch(/^ {2}refused to everyone +ALL_ACTIONS$/m);
  });

  it('suggests a name where nothing is called so', async () => {
    expect(await runCli(['describe', 'decribe-all', EXAMPLE])).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'feast-permissions: unknown permission or resource `decribe-all`; did you mean `describe-all`?\n',
    });
    const { stderr } = await runCli(['describe', 'Entity:nosuch', EXAMPLE_REGISTRY]);
    expect(stderr).toContain('name one with `--project`');
    expect((await runCli(['describe', EXAMPLE.slice(0, 0), EXAMPLE])).exitCode).toBe(2);
  });

  it('needs a name', async () => {
    const { exitCode, stderr } = await runCli(['describe']);
    expect([exitCode, stderr]).toEqual([
      2,
      'feast-permissions: describe needs NAME: `describe NAME [OPTIONS] [PATH]`\n',
    ]);
  });
});
