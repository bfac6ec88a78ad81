import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { EXAMPLE, EXAMPLE_REGISTRY, OIDC_EXAMPLE, runCli } from './run-cli.js';

const ALLOW_ALL = 'test/conformance/registries/allow_all/registry.db';

function schema(name: string): ValidateFunction {
  const text = readFileSync(
    new URL(`../../docs/schemas/${name}.schema.json`, import.meta.url),
    'utf8',
  );
  return new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(
    JSON.parse(text) as object,
  );
}

function expectValid(validate: ValidateFunction, json: string): void {
  const valid = validate(JSON.parse(json));
  expect(validate.errors ?? []).toEqual([]);
  expect(valid).toBe(true);
}

const USER = '{"username":"ann","roles":["trusted"],"groups":["g"],"namespaces":["n"]}';

describe('the documented JSON', () => {
  it.each([
    ['audit', ['audit', EXAMPLE]],
    ['audit', ['audit', OIDC_EXAMPLE, '--project', 'fraud_detection']],
    ['audit', ['audit', ALLOW_ALL]],
    ['list', ['list', EXAMPLE]],
    ['list', ['list', '-v', EXAMPLE, '--project', 'credit_scoring']],
    ['list', ['list', '-v', ALLOW_ALL]],
    ['list', ['list', EXAMPLE, '--role', 'trusted']],
    ['list-roles', ['list-roles', EXAMPLE]],
    ['list-roles', ['list-roles', '-v', OIDC_EXAMPLE]],
    ['describe', ['describe', 'describe-all', EXAMPLE]],
    ['describe', ['describe', 'merchant_risky_profile', OIDC_EXAMPLE]],
    ['describe', ['describe', 'Entity:new', '--project', 'credit_scoring', EXAMPLE]],
    ['help', ['help', 'unsecured-resource']],
    [
      'explain',
      [
        'explain',
        '--user',
        USER,
        '--action',
        'READ',
        '--resource',
        'FeatureView:customer_profile',
        EXAMPLE,
      ],
    ],
    [
      'explain',
      [
        'explain',
        '--user',
        'null',
        '--action',
        'READ',
        '--resource',
        'FeatureView:new',
        OIDC_EXAMPLE,
      ],
    ],
    [
      'explain',
      [
        'explain',
        '--user',
        USER,
        '--action',
        'READ_OFFLINE',
        '--resource',
        'FeatureView:merchant_risky_profile',
        OIDC_EXAMPLE,
      ],
    ],
    ['who-can', ['who-can', 'READ', 'FeatureView:merchant_risky_profile', OIDC_EXAMPLE]],
    ['who-can', ['who-can', 'DELETE', 'Entity:new', OIDC_EXAMPLE, '--limit', '1']],
    ['who-can', ['who-can', 'DELETE', 'FeatureView:new', ALLOW_ALL]],
    ['can-what', ['can-what', '--user', USER, OIDC_EXAMPLE]],
    ['can-what', ['can-what', '--role', 'trusted', '--action', 'READ', EXAMPLE, '--limit', '2']],
    ['diff', ['diff', EXAMPLE, ALLOW_ALL]],
    ['diff', ['diff', ALLOW_ALL, OIDC_EXAMPLE, '--registered-only']],
    ['test', ['test', 'examples/permissions.test.yaml', '--mutate']],
    ['test', ['test', 'examples/permissions.test.yaml']],
    ['matrix', ['matrix', EXAMPLE]],
    ['matrix', ['matrix', '--type', 'Entity', ALLOW_ALL, '--limit', '1']],
  ])('of %s: %j', async (name, argv) => {
    const { stdout } = await runCli([...argv, '--format', 'json']);
    expectValid(schema(name), stdout);
  });

  it('of decide', async () => {
    const user = JSON.parse(USER) as object;
    const resource = {
      type: 'FeatureView',
      name: 'merchant_risky_profile',
      project: 'credit_scoring',
    };
    const requests = [
      { id: 1, user, actions: 'READ_OFFLINE', resource },
      { id: 'two', user: null, actions: ['CREATE'], resource: { ...resource, tags: { a: 'b' } } },
      { user, actions: ['READ'], resource },
      { id: 4 },
    ];
    const stdin = [`${requests.map((request) => JSON.stringify(request)).join('\n')}\nnot JSON`];
    const { stdout } = await runCli(['decide', EXAMPLE_REGISTRY, '--compare', 'feast'], { stdin });
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(5);
    for (const line of lines) expectValid(schema('decide'), line);
  });

  it('would not be taken with a field more or less', async () => {
    const { stdout } = await runCli(['audit', EXAMPLE, '--format', 'json']);
    const report = JSON.parse(stdout) as Record<string, unknown>;
    const validate = schema('audit');
    expect(validate({ ...report, more: 1 })).toBe(false);
    const { summary: _, ...rest } = report;
    expect(validate(rest)).toBe(false);
  });
});

it('carries what the configuration warns of', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-'));
  try {
    copyFileSync(EXAMPLE_REGISTRY, join(folder, 'registry.db'));
    writeFileSync(
      join(folder, 'feature_store.yaml'),
      'project: credit_scoring\nregistry: {path: registry.db, cache_ttl_second: 5}\n',
    );
    const { stdout } = await runCli(['audit', folder, '--format', 'json']);
    expectValid(schema('audit'), stdout);
    const { warnings } = JSON.parse(stdout) as { readonly warnings: readonly string[] };
    expect(warnings).toEqual([expect.stringContaining('did you mean `cache_ttl_seconds`')]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
