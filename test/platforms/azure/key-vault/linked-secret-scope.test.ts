import { randomBytes } from 'node:crypto';
import {
  createAuthorizer,
  definePermission,
  PermissionDeniedError,
  roles,
  type Subject,
} from 'feast-permissions';
import { ConfigInvalidError } from 'feast-permissions/errors';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  getServiceCredentialsProvider,
  type ServiceCredential,
} from '../../../../src/platforms/azure/credentials/index.js';
import {
  createLinkedSecretScope,
  type LinkedSecretScopeOptions,
} from '../../../../src/platforms/azure/key-vault/index.js';
import { databricksVocabulary } from '../../../../src/platforms/databricks/vocabulary/index.js';
import {
  authorizeAndResolve,
  type ResolvedCredentials,
} from '../../../../src/platforms/online-store/index.js';
import type { SecretName, SecretStore } from '../../../../src/platforms/secrets/index.js';
import {
  createTestCertificate,
  type TestCertificate,
} from '../../../support/key-vault/certificates.js';
import { createTokenBook } from '../../../support/key-vault/token-book.js';
import { startVaultServer, type VaultServer } from '../../../support/key-vault/vault-server.js';
import { failureWithout } from '../../../support/key-vault/watch-secrets.js';
import {
  describeSecretStore,
  type StoreWorld,
} from '../../secrets/support/secret-store-contract.js';

const VALUE = `pa55-${randomBytes(12).toString('hex')}`;
const access = definePermission(
  {
    name: 'sales uses its connector',
    types: 'ServiceCredential',
    namePatterns: 'sales-dbac',
    actions: 'ACCESS',
    policy: roles('sales'),
  },
  { vocabulary: databricksVocabulary },
);
const subject = { username: 'ann', roles: ['sales'] };

let certificate: TestCertificate;
let server: VaultServer;
let tokens = createTokenBook();

beforeAll(() => {
  certificate = createTestCertificate();
});
afterAll(() => certificate.remove());
beforeEach(async () => {
  tokens = createTokenBook();
  server = await startVaultServer({ certificate, tokens });
  server.readers.add('connector');
  store('database-password', VALUE);
});
afterEach(async () => {
  await server.stop();
});

function store(name: string, value: string): void {
  const id = randomBytes(16).toString('hex');
  server.secrets.set(name.toLowerCase(), { versions: [{ id, value }] });
}

function connector(name = 'sales-dbac'): ServiceCredential {
  return getServiceCredentialsProvider(name, {
    authorize: 'unchecked',
    source: ({ resource }) => ({
      getToken: async () => ({
        token: tokens.issue({ resource, clientId: 'connector' }),
        expiresAt: Date.now() + 3_600_000,
      }),
    }),
  });
}

function link(more: Partial<LinkedSecretScopeOptions> = {}): SecretStore {
  return createLinkedSecretScope({
    scope: 'sales',
    vault: server.origin,
    hosts: [server.host],
    caCertPath: certificate.caPath,
    credential: connector(),
    authorize: {
      authorizer: createAuthorizer({ vocabulary: databricksVocabulary, permissions: [access] }),
      subject,
    },
    redaction: () => {},
    sleep: async () => {},
    ...more,
  });
}

describe('a scope that is linked to a vault', () => {
  const name = { scope: 'sales', key: 'database-password' };

  test('gives the secrets of the vault to who may use the credential', async () => {
    expect(await link().getSecret(name)).toBe(VALUE);
  });

  test.each([
    ['who may not', { username: 'bob', roles: ['hr'] }],
    ['nobody', null],
  ])('is not linked by %s', (_, stranger) => {
    const authorizer = createAuthorizer({
      vocabulary: databricksVocabulary,
      permissions: [access],
    });
    const linking = (): SecretStore => link({ authorize: { authorizer, subject: stranger } });
    expect(linking).toThrow(PermissionDeniedError);
    expect(server.requests).toEqual([]);
  });

  test('is not linked with a credential of others', () => {
    expect(() => link({ credential: connector('hr-dbac') })).toThrow(PermissionDeniedError);
  });

  test('ends with the right of who linked it', async () => {
    const authorizer = createAuthorizer({
      vocabulary: databricksVocabulary,
      permissions: [access],
    });
    const scope = link({ authorize: { authorizer, subject } });
    expect(await scope.getSecret(name)).toBe(VALUE);
    authorizer.replace({ permissions: [], whenNoPermissions: 'deny' });
    const before = server.requests.length;
    const error = await failureWithout(scope.getSecret(name), [VALUE, ...tokens.all()]);
    expect(error).toBeInstanceOf(PermissionDeniedError);
    expect(server.requests.length).toBe(before);
  });

  test('holds the credentials of an online store', async () => {
    store('sql-user', 'feature_reader');
    store('sql-password', VALUE);
    const view = { type: 'FeatureView', name: 'scores', project: 'risk' } as const;
    const reading = definePermission({
      name: 'sales reads scores',
      types: 'FeatureView',
      project: 'risk',
      actions: 'READ_ONLINE',
      policy: roles('sales'),
    });
    const resolve = async (who: Subject): Promise<ResolvedCredentials> =>
      authorizeAndResolve(
        createAuthorizer({ projects: ['risk'], permissions: [reading] }),
        who,
        'READ_ONLINE',
        view,
        {
          name: 'serving',
          provider: 'aurora-mysql',
          host: 'db.example.com',
          database: 'features',
          project: 'risk',
          readSecretPrefix: 'sales/sql',
        },
        { secrets: link() },
      );
    const resolved = await resolve(subject);
    expect(resolved.kind === 'user-password' && resolved.reveal()).toEqual({
      user: 'feature_reader',
      password: VALUE,
    });
    const before = server.requests.length;
    await expect(resolve({ username: 'bob', roles: ['hr'] })).rejects.toThrow(
      PermissionDeniedError,
    );
    expect(server.requests.length).toBe(before);
  });

  test('has its own scope alone, and no keys that a vault cannot have', async () => {
    const scope = link();
    for (const missing of [
      { scope: 'hr', key: 'database-password' },
      { scope: 'sales', key: 'database_password' },
    ]) {
      await expect(scope.getSecret(missing)).rejects.toMatchObject({
        code: 'ERR_SECRET_NOT_FOUND',
      });
    }
    expect(server.requests).toEqual([]);
  });

  test.each([
    [{ scope: 'a scope' }, TypeError],
    [{ scope: '' }, TypeError],
    [{ credential: { getToken: async () => ({}) } }, TypeError],
    [{ vault: 'https://evil.example' }, ConfigInvalidError],
  ])('is not made of %j', (more, kind) => {
    expect(() => link(more as never)).toThrow(kind);
  });
});

describeSecretStore('a linked scope', async (options): Promise<StoreWorld> => {
  const scopes = ['feast-read', 'feast-write'].map((scope) => link({ scope, ...options }));
  const [read, write] = scopes as [SecretStore, SecretStore];
  const vaultName = ({ scope, key }: SecretName): string =>
    scope === 'feast-write' ? `in-the-other-vault-${key}` : key;
  return {
    store: {
      getSecret: async (name) =>
        name?.scope === 'feast-write' && typeof name.key === 'string'
          ? write.getSecret({ scope: name.scope, key: vaultName(name) })
          : read.getSecret(name),
    },
    put: async (name, value) => store(vaultName(name), value),
    forbid: async () => server.readers.clear(),
    breakDown: async (detail) =>
      server.failNext(...new Array(9).fill({ status: 500, body: { error: { message: detail } } })),
  };
});
