import { describe, expect, test } from 'vitest';
import { readServicesFile, type ServicesFile } from '../../../src/services/acl/index.js';
import { type LinkFilesRules, verifyLinkFiles } from '../../../src/services/links/index.js';

const STAGING = '7f3a1c52-0d4e-4b8f-9a61-2c5d7e8f9011';
const PROD = '7f3a1c52-0d4e-4b8f-9a61-2c5d7e8f9022';
const RULES: LinkFilesRules = {
  applicationIds: { staging: STAGING, prod: PROD },
  compatibility: 'terraform-module',
};

interface Resource {
  readonly type: string;
  readonly values: Readonly<Record<string, unknown>>;
}

const use = (authorization: string, group: string): Resource => ({
  type: 'databricks_permissions',
  values: { authorization, access_control: [{ group_name: group, permission_level: 'CAN_USE' }] },
});
const reader = (applicationId: string): Resource => ({
  type: 'databricks_permissions',
  values: {
    registered_model_id: 'root',
    access_control: [{ service_principal_name: applicationId, permission_level: 'CAN_READ' }],
  },
});
const acl = (scope: string, principal: string): Resource => ({
  type: 'databricks_secret_acl',
  values: { scope, principal, permission: 'READ' },
});
const secrets = (scope: string, prefix: string): readonly Resource[] =>
  ['workspace-id', 'host', 'token'].map((part) => ({
    type: 'databricks_secret',
    values: { scope, key: `${prefix}-${part}`, string_value: `value-of-${part}` },
  }));
const group: Resource = {
  type: 'databricks_group',
  values: { id: '1', display_name: 'mlops-service-principals' },
};
const token: Resource = {
  type: 'databricks_token',
  values: { lifetime_seconds: 8_640_000, token_value: 'example-token-value' },
};

/** What the module leaves in its state. */
const MODULE: readonly Resource[] = [
  reader(STAGING),
  reader(PROD),
  ...secrets('remote-mr-staging', 'staging'),
  ...secrets('remote-mr-prod', 'prod'),
  ...secrets('remote-mr-prod', 'prod'),
  acl('remote-mr-staging', 'users'),
  acl('remote-mr-prod', 'users'),
  acl('remote-mr-prod', 'users'),
  acl('remote-mr-prod', 'mlops-service-principals'),
  use('tokens', 'mlops-service-principals'),
  use('tokens', 'mlops-service-principals'),
  group,
  group,
  token,
  token,
];

function stateOf(resources: readonly Resource[]): ServicesFile {
  const state = {
    format_version: '1.0',
    terraform_version: '1.11.4',
    values: {
      root_module: {
        resources: resources.map(({ type, values }, index) => ({
          address: `${type}.r${index}`,
          mode: 'managed',
          type,
          name: `r${index}`,
          provider_name: 'registry.terraform.io/databricks/databricks',
          schema_version: 0,
          values,
          sensitive_values: {},
        })),
      },
    },
  };
  return readServicesFile(state, { name: 'state.json', onSecret: () => {} });
}

test('a state of the module holds all links', () => {
  expect(verifyLinkFiles(RULES, [stateOf(MODULE)])).toEqual([]);
});

test('several files are taken together', () => {
  const files = [stateOf(MODULE.slice(0, 8)), stateOf(MODULE.slice(8))];
  expect(verifyLinkFiles(RULES, files)).toEqual([]);
});

describe('misses', () => {
  test.each(MODULE.map((resource, index) => [index, resource.type] as const))(
    'resource %d (%s)',
    (index) => {
      const findings = verifyLinkFiles(RULES, [stateOf(MODULE.toSpliced(index, 1))]);
      expect(findings).not.toEqual([]);
      expect(findings.every(({ rule }) => rule === 'change-missing')).toBe(true);
      expect(JSON.stringify(findings)).not.toContain('value-of-');
    },
  );

  test('a weaker level, an endless token, a group that may not use tokens', () => {
    const weak = MODULE.map((resource) => {
      if (resource === token) return { ...token, values: { token_value: 'x' } };
      return resource.values['authorization'] === 'tokens' ? use('passwords', 'users') : resource;
    });
    const rules: LinkFilesRules = { ...RULES, additionalTokenUsageGroups: ['users'] };
    expect(verifyLinkFiles(rules, [stateOf(weak)]).map(({ message }) => message)).toEqual([
      'let group `mlops-service-principals` have tokens (CAN_USE)',
      'let group `mlops-service-principals` have tokens (CAN_USE)',
      'let group `users` have tokens (CAN_USE)',
      'let group `users` have tokens (CAN_USE)',
      'make a token of at most 8640000 s',
      'make a token of at most 8640000 s',
    ]);
  });

  test('everything in nothing', () => {
    expect(verifyLinkFiles(RULES, [])).toHaveLength(2 + 9 + 4 + 2 + 4);
  });
});

test('without the compatibility, the group is in all three workspaces, and reads all scopes', () => {
  const { applicationIds } = RULES;
  const group3 = [group, acl('remote-mr-staging', 'mlops-service-principals')];
  const files = [stateOf([...MODULE, ...group3])];
  expect(verifyLinkFiles({ applicationIds }, files)).toMatchObject([
    { message: expect.stringContaining('read secret scope `remote-mr-prod`') },
  ]);
  const all = [...group3, acl('remote-mr-prod', 'mlops-service-principals')];
  expect(verifyLinkFiles({ applicationIds }, [stateOf([...MODULE, ...all])])).toEqual([]);
  expect(verifyLinkFiles({ applicationIds }, [stateOf([...MODULE, ...all.slice(1)])])).toEqual([
    {
      rule: 'change-missing',
      workspace: 'dev',
      message: 'create group `mlops-service-principals`',
    },
  ]);
});

test('one service principal for both needs access to both', () => {
  const rules: LinkFilesRules = { ...RULES, applicationIds: { staging: PROD, prod: PROD } };
  expect(verifyLinkFiles(rules, [stateOf(MODULE)])).toHaveLength(1);
  const twice = [reader(PROD), ...MODULE.slice(1)];
  expect(verifyLinkFiles(rules, [stateOf(twice)])).toEqual([]);
});

test('refuses what is no application id', () => {
  const applicationIds = { staging: STAGING, prod: 'reader' };
  expect(() => verifyLinkFiles({ applicationIds }, [])).toThrow(TypeError);
});
