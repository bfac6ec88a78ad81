import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { explainDecision } from '../../../src/cli/explain-decision.js';
import { explanationText } from '../../../src/cli/explanation-text.js';
import { plainStyle } from '../../../src/foundation/terminal/text-style.js';
import { feastVocabulary } from '../../../src/model/index.js';
import { roles } from '../../../src/policy/index.js';
import { snapshotOf } from '../../audit/audit-of.js';
import { EXAMPLE, EXAMPLE_REGISTRY, OIDC_EXAMPLE, runCli } from '../run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ANN = '{"username":"ann","roles":["trusted"]}';

function explain(
  user: string,
  action: string,
  resource: string,
  ...rest: string[]
): Promise<{
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}> {
  return runCli(['explain', '--user', user, '--action', action, '--resource', resource, ...rest]);
}

describe('explain', () => {
  it('a grant', async () => {
    expect(
      await explain(ANN, 'read_offline', 'featureview:merchant_risky_profile', OIDC_EXAMPLE),
    ).toEqual({
      exitCode: 0,
      stdout: `allowed ann: READ_OFFLINE on FeatureView:credit_scoring/merchant_risky_profile
  permission "reader" grants READ_OFFLINE: it requires the role "trusted"

Permissions that cover it:
  NAME            ACTIONS         REQUIRES                                              GRANTS
  risk-combined   DESCRIBE, READ  the group "risk-analysts" or the namespace "risk-ns"  no
  describe-all    DESCRIBE        one of the groups "feast-users", "data-scientists"    no
  admin-all       ALL_ACTIONS     the role "feast-admin"                                no
  feature-reader  DESCRIBE, READ  the role "super-reader"                               no
  reader          READ_OFFLINE    the role "trusted"                                    yes
  view-editor     CRUD            the role "risk-engineer"                              no
`,
      stderr: '',
    });
  });

  it('a refusal, with what was nearly a grant', async () => {
    const { exitCode, stdout } = await explain(
      ANN,
      'READ',
      'FeatureView:merchant_risky_profile',
      OIDC_EXAMPLE,
    );
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^refused ann: READ_ONLINE, READ_OFFLINE on /);
    const denial = 'does not grant READ_ONLINE, READ_OFFLINE: it requires';
    expect(stdout.split('\n').slice(1, 5)).toEqual([
      `  permission "risk-combined" ${denial} the group "risk-analysts" or the namespace "risk-ns"`,
      `  permission "admin-all" ${denial} the role "feast-admin"`,
      `  permission "feature-reader" ${denial} the role "super-reader"`,
      '',
    ]);
    expect(
      stdout.slice(stdout.indexOf('Other permissions that')),
    ).toBe(`Other permissions that fail on one condition only:
  reader: it does not hold READ_ONLINE
`);
    expect(stdout.match(/refused/g)).toHaveLength(1);
  });

  it('asks for several actions together', async () => {
    const json = await explain(
      ANN,
      'READ_OFFLINE',
      'FeatureView:merchant_risky_profile',
      '--action',
      'DESCRIBE',
      '--format=json',
      OIDC_EXAMPLE,
    );
    expect(JSON.parse(json.stdout)).toMatchObject({
      actions: ['READ_OFFLINE', 'DESCRIBE'],
      allowed: false,
    });
  });

  it('takes the user from a file', async () => {
    const file = join(folder, 'user.json');
    writeFileSync(file, '{"username": "bob", "groups": ["auditors"]}');
    const { exitCode, stdout } = await explain(file, 'DESCRIBE', 'Permission:reader', OIDC_EXAMPLE);
    expect(stdout).toMatch(/^allowed bob: DESCRIBE on Permission:credit_scoring\/reader\n/);
    expect(exitCode).toBe(0);
  });

  it('bounds that file', async () => {
    const { exitCode, stderr } = await explain('/dev/zero', 'READ', 'Entity:x', OIDC_EXAMPLE);
    expect([exitCode, stderr]).toEqual([
      2,
      'feast-permissions: the user in `/dev/zero` is longer than 1048576 bytes\n',
    ]);
  });

  it.each(['anonymous', 'null'])('knows the user %s', async (user) => {
    const { exitCode, stdout } = await explain(
      user,
      'READ',
      'Entity:account',
      '--project',
      'fraud_detection',
      EXAMPLE_REGISTRY,
    );
    expect(stdout).toMatch(
      /^refused anonymous: READ_ONLINE, READ_OFFLINE on Entity:fraud_detection\/account\n/,
    );
    expect(exitCode).toBe(1);
  });

  it('says what the permissions would say where nothing is enforced', async () => {
    const { exitCode, stdout } = await explain(ANN, 'CREATE', 'Entity:driver', EXAMPLE);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^allowed ann: CREATE on Entity:credit_scoring\/driver\n {2}auth is no_auth: nothing is enforced\n {2}with auth on: no permission holds CREATE /,
    );
    const json = await explain(ANN, 'CREATE', 'Entity:driver', EXAMPLE, '--format', 'json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      allowed: true,
      reason: 'no-auth',
      ifEnforced: { allowed: false, reason: 'denied' },
    });
  });

  it.each([
    [OIDC_EXAMPLE, ''],
    [EXAMPLE, 'with auth on, '],
  ])("says where Feast's own servers answer otherwise: %s", async (path, when) => {
    const engineer = '{"username":"eve","roles":["risk-engineer"]}';
    const { stdout } = await explain(engineer, 'UPDATE', 'LabelView:loan_labels', path);
    const line =
      'Feast\'s own servers (0.66 and 0.67) allow this: permission "view-editor" grants UPDATE: it requires the role "risk-engineer"';
    expect(stdout).toContain(`\n  ${when}${line}\n`);
    const json = await explain(engineer, 'UPDATE', 'LabelView:loan_labels', path, '--format=json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      allowed: path === EXAMPLE,
      feast: {
        allowed: true,
        reason: 'granted',
        versions: ['0.66', '0.67'],
        permissions: [{ name: 'view-editor' }],
      },
    });
  });

  it("says nothing of Feast's own servers where they answer the same", async () => {
    const { stdout } = await explain(
      '{"username":"eve","roles":["feast-admin"]}',
      'UPDATE',
      'LabelView:loan_labels',
      OIDC_EXAMPLE,
    );
    expect(stdout).toMatch(/^refused /);
    expect(stdout).not.toContain('own servers');
  });

  it.each([
    [OIDC_EXAMPLE, 'refused', ''],
    [EXAMPLE, 'allowed', 'with auth on, '],
  ])('says with --compare feast that they answer the same: %s', async (path, answer, when) => {
    const { stdout } = await explain(
      '{"username":"eve","roles":["feast-admin"]}',
      'UPDATE',
      'LabelView:loan_labels',
      '--compare',
      'feast',
      path,
    );
    expect(stdout).toMatch(new RegExp(`^${answer} `));
    expect(stdout).toContain(`\n  ${when}Feast's own servers (0.66 and 0.67) refuse this, too\n`);
  });

  it('says where Feast fails at every request', async () => {
    const { stdout } = await explain(
      'null',
      'DESCRIBE',
      'Entity:driver',
      'test/conformance/registries/allow_all/registry.db',
    );
    expect(stdout).toMatch(/^allowed /);
    expect(stdout).toMatch(
      /\n {2}Feast's own servers \(0\.66 and 0\.67\) refuse this: permission `.*` has the allow-all policy, which Feast cannot read back: every request fails\n/,
    );
  });

  it('says that a resource is not registered, and guesses which was meant', async () => {
    const { exitCode, stdout, stderr } = await explain(
      ANN,
      'READ',
      'SavedDataset:training_credit_v2',
      OIDC_EXAMPLE,
    );
    const note =
      'SavedDataset `training_credit_v2` is not in the registry, so its tags are not known; did you mean `training_credit_v1`?';
    expect(stderr).toBe('');
    expect(stdout.split('\n').slice(0, 2)).toEqual([
      expect.stringMatching(/^refused ann: /),
      `  ${note}`,
    ]);
    expect(exitCode).toBe(1);
    const json = await explain(
      ANN,
      'READ',
      'SavedDataset:training_credit_v2',
      OIDC_EXAMPLE,
      '--format=json',
    );
    expect(JSON.parse(json.stdout)).toMatchObject({ resource: { registered: false, note } });
    const hostile = await explain(
      '{"username":"\\u001b[2J"}',
      'READ',
      'SavedDataset:\u001b[31m',
      OIDC_EXAMPLE,
    );
    expect(hostile.stdout + hostile.stderr).not.toContain('\u001b');
    expect(hostile.stdout).toContain('no permission covers');
  });

  it.each([
    [
      'FeatureView:training_credit_v1',
      'so its tags are not known; it has `SavedDataset:training_credit_v1`',
    ],
    [
      'Entity:credit_scoring/driver',
      'so its tags are not known; write the name as `driver`, and the project apart',
    ],
  ])('says where %s may be found', async (resource, hint) => {
    const { stdout } = await explain(ANN, 'READ', resource, OIDC_EXAMPLE);
    expect(stdout.split('\n')[1]).toMatch(new RegExp(`${hint}$`));
  });

  it('ends with code 2 for an unregistered resource under --registered-only', async () => {
    const only = '--registered-only';
    const { exitCode, stdout, stderr } = await explain(ANN, 'READ', 'Entity:x', OIDC_EXAMPLE, only);
    expect([exitCode, stdout, stderr]).toEqual([
      2,
      '',
      'feast-permissions: Entity `x` is not in the registry, so its tags are not known\n',
    ]);
    const registered = await explain(
      ANN,
      'READ_OFFLINE',
      'FeatureView:merchant_risky_profile',
      OIDC_EXAMPLE,
      only,
    );
    expect(registered.exitCode).toBe(0);
  });

  it('has a block for each permission on a narrow terminal', async () => {
    const argv = ['explain', '--user', ANN, '--action', 'READ', '--resource'];
    const { stdout } = await runCli(
      [...argv, 'FeatureView:merchant_risky_profile', OIDC_EXAMPLE, '--no-color'],
      { terminal: 80 },
    );
    expect(stdout).toContain(`
Permissions that cover it:
  risk-combined
    actions   DESCRIBE, READ
    requires  the group "risk-analysts" or the namespace "risk-ns"
    grants    no

  describe-all
`);
  });

  it('shortens the list of what covers, unless all is asked for', async () => {
    const permissions = Array.from({ length: 30 }, (_, index) => ({
      name: `p${index}`,
      policy: roles('a'),
    }));
    const snapshot = await snapshotOf({ permissions });
    const question = {
      user: null,
      actions: ['CREATE' as const],
      resource: { type: 'Entity' as const, name: 'e' },
    };
    const explained = explainDecision(snapshot, question, { enforced: true, warnings: [] });
    const text = (all: boolean): string =>
      explanationText(explained, feastVocabulary, {
        style: plainStyle,
        width: undefined,
        all,
      }).join('\n');
    expect(text(false)).toContain('\n  and 10 more; `--all` shows them');
    expect(text(false)).not.toContain('p25');
    expect(text(true)).toContain('\n  p29 ');
    expect(text(true)).not.toContain(' more');
  });

  it('keeps to the width of a terminal', async () => {
    const argv = [
      'explain',
      '--user',
      ANN,
      '--action',
      'READ',
      '--resource',
      'FeatureView:customer_profile',
      OIDC_EXAMPLE,
    ];
    const { stdout } = await runCli([...argv, '--no-color'], { terminal: 70 });
    const lines = stdout.split('\n');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(70);
  });
});
