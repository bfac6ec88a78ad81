import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  applyCredentialAccess,
  applyStoreSecrets,
  describeStoreChange,
  parseCredentialFile,
  parseStoreFile,
  planCredentialAccess,
  planStoreSecrets,
  type StoreSecrets,
} from '../../../../src/platforms/databricks/endpoints/index.js';
import { createStaticTokenProvider } from '../../../../src/platforms/databricks/tokens/index.js';
import {
  createWorkspaceClient,
  type WorkspaceClient,
} from '../../../../src/platforms/databricks/workspace/index.js';
import { type FakeWorkspace, startFakeWorkspace } from '../../../support/databricks/index.js';

const APP = '5f0c1c3e-8d2a-4a57-9b0e-6f1d2c3b4a61';
const SECRETS = {
  'access-key-id': 'AKIA-example-of-a-key',
  'secret-access-key': 'example of a key',
};
const STORE: StoreSecrets = {
  prefix: 'online',
  provider: 'dynamodb',
  read: { scope: 'feast-read', readers: [APP], secrets: SECRETS },
  write: { scope: 'feast-write', readers: ['ml'], secrets: SECRETS },
};

let fake: FakeWorkspace;
let workspace: WorkspaceClient;
const clientOf = (token: string): WorkspaceClient =>
  createWorkspaceClient({
    host: fake.origin,
    caCertPath: fake.caCertPath,
    tokens: createStaticTokenProvider(token, { redaction: () => {} }),
    redaction: () => {},
  });

beforeAll(async () => {
  fake = await startFakeWorkspace({
    servicePrincipals: [{ applicationId: APP }],
    groups: ['ml'],
    serviceCredentials: [{ name: 'vault', cloud: 'azure' }],
  });
  workspace = clientOf(fake.adminToken);
});
afterAll(() => fake.stop());

describe('the secrets of an online store', () => {
  test('are planned without a change, put, and right afterwards', async () => {
    const { changes, findings } = await planStoreSecrets(workspace, STORE);
    expect(findings).toEqual([]);
    expect(changes.map(describeStoreChange)).toEqual([
      'create secret scope `feast-read`',
      'put secret `online-access-key-id` into secret scope `feast-read`',
      'put secret `online-secret-access-key` into secret scope `feast-read`',
      `let \`${APP}\` read secret scope \`feast-read\` (READ)`,
      'create secret scope `feast-write`',
      'put secret `online-access-key-id` into secret scope `feast-write`',
      'put secret `online-secret-access-key` into secret scope `feast-write`',
      'let `ml` read secret scope `feast-write` (READ)',
    ]);
    expect(await workspace.secrets.listScopes()).toEqual([]);
    expect(JSON.stringify(changes)).not.toContain(SECRETS['secret-access-key']);

    await applyStoreSecrets(workspace, STORE);
    expect(await planStoreSecrets(workspace, STORE)).toEqual({ changes: [], findings: [] });
    const reader = clientOf(fake.tokenOf(APP));
    const { value } = await reader.secrets.getSecret({
      scope: 'feast-read',
      key: 'online-secret-access-key',
    });
    expect(Buffer.from(value, 'base64').toString()).toBe(SECRETS['secret-access-key']);
    await expect(reader.secrets.listSecrets('feast-write')).rejects.toMatchObject({ status: 403 });
  });

  test('are written anew where they differ alone', async () => {
    await workspace.secrets.putSecret({
      scope: 'feast-read',
      key: 'online-access-key-id',
      value: 'another one',
    });
    const { changes } = await applyStoreSecrets(workspace, STORE);
    expect(changes).toEqual([
      { kind: 'put-secret', scope: 'feast-read', key: 'online-access-key-id' },
    ]);
  });

  test('with readers who may do more, or everyone, are findings that stay', async () => {
    const acl = { scope: 'feast-read', principal: APP } as const;
    await workspace.secrets.putAcl({ ...acl, permission: 'WRITE' });
    await workspace.secrets.putAcl({ scope: 'feast-read', principal: 'users', permission: 'READ' });
    const { changes, findings } = await planStoreSecrets(workspace, STORE);
    expect(changes).toEqual([]);
    expect(findings.map(({ rule }) => rule)).toEqual(['reader-writes', 'scope-open-to-everyone']);
  });

  test('are not put into a vault', async () => {
    const backend = { resource_id: '/r', dns_name: 'https://v.vault.azure.net/' };
    await workspace.request({
      method: 'POST',
      path: '/api/2.0/secrets/scopes/create',
      body: { scope: 'in-vault', backend_azure_keyvault: backend },
    });
    const store: StoreSecrets = {
      prefix: 'online',
      provider: 'dynamodb',
      read: { scope: 'in-vault', readers: [], secrets: SECRETS },
    };
    await expect(applyStoreSecrets(workspace, store)).rejects.toThrow('nothing was changed');
  });

  test.each([
    ['one scope for both', { ...STORE, write: { ...STORE.write, scope: 'feast-read' } }],
    ['no use', { prefix: 'a', provider: 'dynamodb' }],
    ['another provider', { ...STORE, provider: 'redis' }],
    ['a missing secret', { ...STORE, read: { ...STORE.read, secrets: { user: 'a' } } }],
    [
      'an empty secret',
      { ...STORE, read: { ...STORE.read, secrets: { ...SECRETS, 'access-key-id': '' } } },
    ],
    ['an unknown field', { ...STORE, more: 1 }],
  ])('are refused with %s', async (_, store) => {
    await expect(planStoreSecrets(workspace, store as StoreSecrets)).rejects.toThrow(TypeError);
  });

  test('are named by variables in a file', () => {
    const text = [
      'workspace: { host: dbc-1.cloud.databricks.com, credentials: { token: "${T}" } }',
      'prefix: online',
      'provider: mysql',
      'read: { scope: s, readers: [ml], secrets: { user: "${U}", password: "${P}" } }',
    ].join('\n');
    const env = { T: 'dapi0123456789', U: 'reader', P: 'a password' };
    expect(parseStoreFile(text, { env }).store()).toEqual({
      prefix: 'online',
      provider: 'mysql',
      read: { scope: 's', readers: ['ml'], secrets: { user: 'reader', password: 'a password' } },
      write: undefined,
    });
    expect(() => parseStoreFile(text.replace('"${P}"', 'plain'), { env })).toThrow(
      'a secret does not stand in a file',
    );
    expect(() => parseStoreFile(text, { env: { T: 'dapi0123456789' } }).store()).toThrow(
      'the environment variable `U` is not set',
    );
    expect(() => parseStoreFile(text.replace('mysql', 'dynamodb'), { env })).toThrow(
      'must be access-key-id and secret-access-key',
    );
  });
});

describe('access to a service credential', () => {
  const access = { credentials: ['vault'], principals: [APP, 'ml'] };

  test('is planned without a change, granted, and right afterwards', async () => {
    const { changes } = await planCredentialAccess(workspace, access);
    expect(changes).toEqual([
      { credential: 'vault', principal: APP },
      { credential: 'vault', principal: 'ml' },
    ]);
    expect(await workspace.grants.get('credential', 'vault')).toEqual([]);
    await applyCredentialAccess(workspace, access);
    expect(await planCredentialAccess(workspace, access)).toEqual({ changes: [], findings: [] });
    const credentials = await clientOf(fake.tokenOf(APP)).createTemporaryServiceCredentials({
      credential_name: 'vault',
    });
    expect(credentials.azure_aad?.aad_token).toBeDefined();
  });

  test('of all privileges, and for everyone, is a finding', async () => {
    await workspace.grants.patch('credential', 'vault', [
      { principal: 'ml', add: ['ALL_PRIVILEGES'] },
      { principal: 'account users', add: ['ACCESS'] },
    ]);
    const { findings } = await planCredentialAccess(workspace, access);
    expect(findings.map(({ rule }) => rule)).toEqual(['all-privileges', 'everyone-has-access']);
  });

  test('of a credential that is not there is an error', async () => {
    const other = { ...access, credentials: ['other'] };
    await expect(planCredentialAccess(workspace, other)).rejects.toMatchObject({ status: 404 });
  });

  test('is read from a file', () => {
    const text =
      'workspace: { host: dbc-1.cloud.databricks.com }\ncredentials: [vault]\nprincipals: [ml]';
    expect(parseCredentialFile(text, { env: {} }).access).toEqual({
      credentials: ['vault'],
      principals: ['ml'],
    });
    expect(() => parseCredentialFile(text.replace('[ml]', '[]'), { env: {} })).toThrow(
      'must not be empty',
    );
  });
});
