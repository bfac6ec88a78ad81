import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../../src/foundation/terminal/terminal-text.js';
import { EXAMPLE, EXAMPLE_REGISTRY, OIDC_EXAMPLE, runCli } from '../run-cli.js';

const REPORT = `Audit of registry file examples/credit_scoring/data/registry.db, all projects

error auth-disabled: Permissions that are not enforced
  - auth is no_auth: every caller of a server with this configuration may do everything, despite 18 permissions
  > Set \`type\` in the \`auth\` section of feature_store.yaml to \`oidc\` or \`kubernetes\`

error tags-ignored-by-feast: A permission with required tags, which Feast 0.66 and 0.67 ignore on all resources but permissions
  - permission \`ds-writer\` of project \`credit_scoring\` requires \`risk_level: high\`; Feast itself applies it to resources without this tag too, and so grants WRITE_OFFLINE, WRITE_ONLINE on them
  - permission \`view-editor\` of project \`credit_scoring\` requires \`team: risk\`; Feast itself applies it to resources without this tag too, and so grants CREATE, UPDATE, DELETE on them
  > Where Feast's own servers decide, name the resources in \`name_patterns\` too

warning unsecured-resource: A resource that no permission covers
  TYPE          RESOURCES
  SavedDataset  adhoc_risky_export
  > Add a permission for it: Feast's servers refuse it to everyone, although Feast's documentation calls it open

warning tags-ignored-by-feast: A permission with required tags, which Feast 0.66 and 0.67 ignore on all resources but permissions
  - permission \`pii-reader\` of project \`credit_scoring\` requires \`pii: true\`; Feast itself applies it to resources without this tag too
  > Where Feast's own servers decide, name the resources in \`name_patterns\` too

warning empty-policy: A permission whose policy matches no user
  - permission \`nobody\` of project \`credit_scoring\` requires a role from an empty list
  > Name a role, group or namespace in its policy, or remove it; until then it only secures

warning matches-nothing: A permission that covers no resource
  - permission \`équipe-données\` of project \`credit_scoring\` covers no resource: FeatureView named \`é.*\`, \`特徴_.*\`
  > Look for a misspelt name pattern, type or tag; remove it when its resources are gone

note uncovered-actions: An action that no permission holds, which is refused to everyone
  TYPE                 ACTIONS                              RESOURCES
  OnDemandFeatureView  CREATE, UPDATE, DELETE, WRITE        risky_income_ratio
  OnDemandFeatureView  WRITE                                transformed_amount
  LabelView            CREATE, UPDATE, DELETE, WRITE        loan_labels
  Entity               CREATE, UPDATE, DELETE, WRITE        customer
  Entity               CREATE, UPDATE, DELETE, READ, WRITE  driver, merchant
  ValidationReference  UPDATE, DELETE, READ_ONLINE, WRITE   ref_credit_v1
  SavedDataset         UPDATE, DELETE, READ_ONLINE, WRITE   training_credit_v1
  > Add it to a permission if users need it

52 resources: 51 secured (8 not for all actions), 1 unsecured
18 permissions
3 errors, 4 warnings, 7 notes
`;

describe('audit', () => {
  it('of the example', async () => {
    expect(await runCli(['audit', EXAMPLE])).toEqual({ exitCode: 1, stdout: REPORT, stderr: '' });
  });

  it('keeps to the width of a terminal', async () => {
    const { stdout } = await runCli(['audit', EXAMPLE, '--no-color'], { terminal: 80 });
    for (const line of stdout.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(80);
  });

  it('writes the same on a wide terminal, with colours and progress', async () => {
    const { stdout, stderr } = await runCli(['audit', EXAMPLE], { terminal: 200 });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is looked for
    expect(stdout.replace(/\u001b\[\d+m/g, '')).toBe(REPORT);
    expect(stdout).toContain('\u001b[31merror\u001b[39m');
    expect(stderr).toContain('reading the registry …');
    expect(stderr).toContain('auditing …');
    expect(stderr.endsWith('\r\u001b[2K')).toBe(true);
  });

  it('wraps nothing on a terminal that does not know its width', async () => {
    const { stdout, stderr } = await runCli(['audit', EXAMPLE, '--no-color'], { terminal: 0 });
    expect(stdout).toBe(REPORT);
    expect(stderr).toContain('reading the registry …');
  });

  it.each([
    ['--no-color', ['--no-color'], {}, 200, false],
    ['NO_COLOR', [], { NO_COLOR: '1' }, 200, false],
    ['an empty NO_COLOR', [], { NO_COLOR: '' }, 200, true],
    ['a dumb terminal', [], { TERM: 'dumb' }, 200, false],
    ['FORCE_COLOR', [], { FORCE_COLOR: '1' }, undefined, true],
    ['FORCE_COLOR=0', [], { FORCE_COLOR: '0' }, 200, false],
    ['NO_COLOR before FORCE_COLOR', [], { NO_COLOR: '1', FORCE_COLOR: '1' }, 200, false],
    ['a file', [], {}, undefined, false],
  ])('colours with %s', async (_, argv, env, terminal, expected) => {
    const { stdout } = await runCli(['audit', EXAMPLE, ...argv], {
      env: env as Record<string, string>,
      ...(terminal === undefined ? {} : { terminal }),
    });
    expect(stdout.includes('\u001b[')).toBe(expected);
  });

  it.each([
    [EXAMPLE, [], 1],
    [EXAMPLE, ['--fail-on', 'error'], 1],
    [EXAMPLE, ['--fail-on', 'never'], 0],
    [OIDC_EXAMPLE, ['--fail-on', 'error'], 1],
    [EXAMPLE_REGISTRY, ['--project', 'fraud_detection', '--fail-on', 'error'], 0],
    [OIDC_EXAMPLE, ['--fail-on=warning'], 1],
    [EXAMPLE_REGISTRY, ['--project', 'fraud_detection'], 0],
    [EXAMPLE_REGISTRY, ['--project', 'fraud_detection', '--fail-on', 'note'], 0],
    [EXAMPLE_REGISTRY, ['--project', 'credit_scoring', '--fail-on', 'note'], 1],
  ])('%s %j ends with %i', async (path, argv, expected) => {
    expect((await runCli(['audit', path, ...argv])).exitCode).toBe(expected);
    expect((await runCli(['audit', ...argv, '--format', 'json', path])).exitCode).toBe(expected);
  });

  it('knows the audience and the issuer of the OIDC example to be missing', async () => {
    const { stdout } = await runCli(['audit', OIDC_EXAMPLE, '--format', 'json']);
    const { findings } = JSON.parse(stdout) as { findings: { rule: string }[] };
    const rules = findings.map(({ rule }) => rule);
    expect(rules).toContain('no-audience');
    expect(rules).toContain('no-issuer');
    expect(rules).not.toContain('auth-disabled');
    // It is asked on this machine.
    expect(rules).not.toContain('plain-http-discovery');
  });

  it('of one project is about nothing else', async () => {
    const { stdout } = await runCli([
      'audit',
      EXAMPLE,
      '--project',
      'credit_scoring',
      '--format',
      'json',
    ]);
    const report = JSON.parse(stdout) as { project: string; permissions: { project: string }[] };
    expect(report.project).toBe('credit_scoring');
    expect(new Set(report.permissions.map(({ project }) => project))).toEqual(
      new Set(['credit_scoring']),
    );
  });
});
