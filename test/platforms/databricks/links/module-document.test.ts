import { describe, expect, test } from 'vitest';
import {
  LINK_OUTPUTS,
  parseLinkFile,
  REGISTRY_LINKS,
  SERVICE_PRINCIPAL_GROUP,
  type SecretPart,
  secretKey,
} from '../../../../src/platforms/databricks/links/index.js';
import {
  READER_NAME,
  TOKEN_LIFETIME_SECONDS,
} from '../../../../src/platforms/databricks/links/link-names.js';
import {
  scopeReaders,
  tokenUsers,
} from '../../../../src/platforms/databricks/links/registry-links.js';

describe('names of the module', () => {
  test.each([
    ['dev', 'staging', 'remote-mr-staging', 'staging'],
    ['dev', 'prod', 'remote-mr-prod', 'prod'],
    ['staging', 'prod', 'remote-mr-prod', 'prod'],
  ])('the link from %s to %s has scope %s and prefix %s', (from, to, scope, prefix) => {
    expect(REGISTRY_LINKS).toContainEqual({ from, to, scope, prefix });
    expect(REGISTRY_LINKS).toHaveLength(3);
  });

  test.each<[string, SecretPart, string]>([
    ['staging', 'workspace-id', 'staging-workspace-id'],
    ['staging', 'host', 'staging-host'],
    ['staging', 'token', 'staging-token'],
    ['prod', 'workspace-id', 'prod-workspace-id'],
    ['prod', 'host', 'prod-host'],
    ['prod', 'token', 'prod-token'],
  ])('with prefix %s the %s is %s', (prefix, part, key) => {
    expect(secretKey(prefix, part)).toBe(key);
  });

  test.each([
    ['dev_secret_scope_name_for_staging', 'remote-mr-staging'],
    ['dev_secret_scope_name_for_prod', 'remote-mr-prod'],
    ['staging_secret_scope_name_for_prod', 'remote-mr-prod'],
    ['dev_secret_scope_prefix_for_staging', 'staging'],
    ['dev_secret_scope_prefix_for_prod', 'prod'],
    ['staging_secret_scope_prefix_for_prod', 'prod'],
    ['service_principal_group_name', 'mlops-service-principals'],
  ])('output %s is %s', (name, value) => {
    expect(LINK_OUTPUTS).toHaveProperty(name, value);
    expect(Object.keys(LINK_OUTPUTS)).toHaveLength(7);
  });

  test('a token lives 100 days, and its service principal says what it is', () => {
    expect(TOKEN_LIFETIME_SECONDS).toBe(100 * 24 * 60 * 60);
    expect(READER_NAME).toBe('READ-only Model Registry Service Principal');
  });

  test('the group may use tokens, and additional groups may', () => {
    expect(tokenUsers({})).toEqual([SERVICE_PRINCIPAL_GROUP]);
    expect(tokenUsers({ additionalTokenUsageGroups: ['users', SERVICE_PRINCIPAL_GROUP] })).toEqual([
      SERVICE_PRINCIPAL_GROUP,
      'users',
    ]);
  });

  test.each([
    ['dev', undefined, [SERVICE_PRINCIPAL_GROUP]],
    ['staging', undefined, [SERVICE_PRINCIPAL_GROUP]],
    ['dev', 'terraform-module', ['users']],
    ['staging', 'terraform-module', ['users', SERVICE_PRINCIPAL_GROUP]],
  ] as const)('in %s with %s the readers are %j', (from, compatibility, expected) => {
    const link = REGISTRY_LINKS.find((each) => each.from === from);
    expect(link && scopeReaders(link, { compatibility })).toEqual(expected);
  });
});

const STAGING = '7f3a1c52-0d4e-4b8f-9a61-2c5d7e8f9011';
const PROD = '7f3a1c52-0d4e-4b8f-9a61-2c5d7e8f9022';
const ENV = {
  DEV_TOKEN: 'dapi-of-dev-admin',
  CI_SECRET: 'secret-of-the-ci-job',
  STAGING_SECRET: 'secret-of-staging',
  PROD_AAD: 'aad-token-of-prod',
  TENANT: 'tenant.example.org',
};

const WORKSPACES = `
dev: { host: adb-1.1.azuredatabricks.net, credentials: { token: "\${DEV_TOKEN}" } }
staging:
  host: https://adb-2.2.azuredatabricks.net/
  credentials: { client_id: ci, client_secret: "\${CI_SECRET}" }
prod:
  host: https://adb-3.3.azuredatabricks.net
  credentials: { tenant_id: "\${TENANT}", client_id: ci, client_secret: $CI_SECRET }
`;
/** The inputs of the module: both ways to authenticate. */
const INPUTS: Readonly<Record<string, string>> = {
  staging_workspace_id: '"123456789"',
  prod_workspace_id: '987654321',
  azure_staging_client_id: STAGING,
  azure_staging_client_secret: '"${STAGING_SECRET}"',
  azure_staging_tenant_id: '"${TENANT}"',
  azure_prod_client_id: PROD,
  azure_prod_aad_token: '"${PROD_AAD}"',
  additional_token_usage_groups: '[users]',
};

function fileWith(changes: Readonly<Record<string, string | undefined>> = {}): string {
  const inputs = Object.entries({ ...INPUTS, ...changes });
  const lines = inputs.flatMap(([name, value]) => (value === undefined ? [] : `${name}: ${value}`));
  return `${WORKSPACES}${lines.join('\n')}\n`;
}

describe('a file with the inputs of the module', () => {
  test('is read', async () => {
    const file = parseLinkFile(fileWith(), { file: 'links.yaml', env: ENV });
    expect(file.rules.applicationIds).toEqual({ staging: STAGING, prod: PROD });
    const links = file.connect();
    expect(links).toMatchObject({
      additionalTokenUsageGroups: ['users'],
      readers: {
        staging: { applicationId: STAGING, workspaceId: '123456789' },
        prod: { applicationId: PROD, workspaceId: '987654321' },
      },
      workspaces: { staging: { host: 'https://adb-2.2.azuredatabricks.net/' } },
    });
    expect(await links.readers.prod.tokens.getToken()).toMatchObject({ token: ENV.PROD_AAD });
    expect(await links.workspaces.dev.tokens.getToken()).toMatchObject({ token: ENV.DEV_TOKEN });
  });

  test.each([
    'staging_workspace_id',
    'prod_workspace_id',
    'azure_staging_client_id',
    'azure_prod_client_id',
  ])('needs %s', (name) => {
    expect(() => parseLinkFile(fileWith({ [name]: undefined }), { env: ENV })).toThrow(name);
  });

  test.each<[string, Readonly<Record<string, string | undefined>>]>([
    ['neither a secret nor a token', { azure_prod_aad_token: undefined }],
    ['a secret without its tenant', { azure_staging_tenant_id: undefined }],
    ['a tenant without its secret', { azure_staging_client_secret: undefined }],
    ['both', { azure_staging_aad_token: '"${PROD_AAD}"' }],
  ])('is refused with %s', (_, changes) => {
    const parse = () => parseLinkFile(fileWith(changes), { file: 'links.yaml', env: ENV });
    expect(parse).toThrow(/^links\.yaml:\d+:\d+: `azure_\w+_client_id` needs either/);
  });

  const secret = 'dapi0123456789';
  test.each<[string, string]>([
    ['azure_prod_aad_token', secret],
    ['azure_staging_client_secret', secret],
    ['azure_staging_client_secret', `"\${STAGING_SECRET}${secret}"`],
  ])('is refused with a secret in %s, which the message does not repeat', (name, value) => {
    const parse = () => parseLinkFile(fileWith({ [name]: value }), { file: 'l.yaml', env: ENV });
    expect(parse).toThrow('a secret does not stand in a file');
    expect(parse).not.toThrow(secret);
  });

  test.each<[string, string, string]>([
    ['staging_workspace_id', 'abc', 'must be the number of a workspace'],
    ['azure_prod_client_id', 'my-application', 'must be an application (client) id'],
    ['additional_token_usage_groups', 'users', 'must be a list of groups'],
    ['compatibility', 'yes', 'must be `terraform-module`'],
    ['token_lifetime_seconds', '-1', 'must be a whole number'],
    ['token_lifetime_seconds', '86400', 'must be more than `renew_within_seconds` (1209600)'],
    ['renew_within_seconds', '8640000', 'must be less than `token_lifetime_seconds` (8640000)'],
    ['azure_stagging_client_id', 'x', 'is not a known field here'],
    ['dev', '{ host: "http://a.example" }', 'must be an https address'],
    ['dev', '{ host: a.example, credentials: { client_id: x } }', 'must be `token`, or'],
    [
      'dev',
      '{ host: a.example, credentials: { client_id: x, client_secret: "${CI_SECRET}", authority: b.example } }',
      'with `tenant_id` for Entra, and',
    ],
    [
      'dev',
      '{ host: a.example, credentials: { token: "${DEV_TOKEN}", authority: b.example } }',
      'must be `token`, or',
    ],
    ['dev', 'a.example', 'must be a mapping'],
  ])('is refused where %s is %s', (name, value, message) => {
    const text =
      name === 'dev'
        ? fileWith().replace(/^dev: .*$/m, `dev: ${value}`)
        : fileWith({ [name]: value });
    const parse = () => parseLinkFile(text, { file: 'links.yaml', env: ENV });
    expect(parse).toThrow(message);
    expect(parse).toThrow(/^links\.yaml:\d+:\d+: /);
  });

  test.each<['staging' | 'prod', string]>([
    ['staging', 'STAGING_SECRET'],
    ['prod', 'PROD_AAD'],
  ])('who only looks needs no secret of the reader of %s', async (name, variable) => {
    const { readers } = parseLinkFile(fileWith(), { env: { ...ENV, [variable]: '' } }).connect();
    await expect(readers[name].tokens.getToken()).rejects.toThrow(
      `environment variable \`${variable}\` is not set`,
    );
  });

  test.each([['DEV_TOKEN'], ['CI_SECRET']])(
    'cannot connect without the variable %s, and names it',
    (name) => {
      const file = parseLinkFile(fileWith(), { env: { ...ENV, [name]: '' } });
      expect(() => file.connect()).toThrow(`environment variable \`${name}\` is not set`);
    },
  );
});
