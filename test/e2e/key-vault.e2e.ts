import { randomBytes } from 'node:crypto';
import { Agent } from 'node:https';
import { ClientSecretCredential, getBearerTokenProvider } from '@azure/identity';
import { SecretClient, type SecretClientOptions } from '@azure/keyvault-secrets';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthorizer } from '../../src/engine/index.js';
import {
  clientSecretSource,
  databricksSource,
  getServiceCredentialsProvider,
  managedIdentitySource,
  type ServiceCredential,
} from '../../src/platforms/azure/credentials/index.js';
import {
  createKeyVaultClient,
  createLinkedSecretScope,
  type KeyVaultClient,
  type KeyVaultOptions,
} from '../../src/platforms/azure/key-vault/index.js';
import { databricksVocabulary } from '../../src/platforms/databricks/vocabulary/index.js';
import { createWorkspaceClient } from '../../src/platforms/databricks/workspace/index.js';
import { definePermission, roles } from '../../src/policy/index.js';
import { addSecretRedaction, defaultRedactor } from '../../src/redaction/index.js';
import { holdsSecret } from '../support/find-secret.js';
import '../support/key-vault/azure-types.js';
import { createTestCertificate, type TestCertificate } from '../support/key-vault/certificates.js';
import { ENTRA_TENANT, startEntraServer } from '../support/key-vault/entra-server.js';
import { type LoopbackServer, startLoopbackServer } from '../support/key-vault/loopback-server.js';
import { createTokenBook } from '../support/key-vault/token-book.js';
import { startVaultServer, type VaultServer } from '../support/key-vault/vault-server.js';
import { recordErrors, transcript } from './support/recording.js';

const CLIENT = { id: 'sandbox-app', secret: `s~${randomBytes(20).toString('hex')}` };
const VALUE = `pa55/${randomBytes(16).toString('base64')}`;
const OLD_VALUE = `old-${randomBytes(16).toString('hex')}`;
const OLD = 'ab'.repeat(16);
const NEW = 'cd'.repeat(16);
const HOUR_MS = 3_600_000;

const tokens = createTokenBook();
let certificate: TestCertificate;
let entra: LoopbackServer;
let vault: VaultServer;
let near: LoopbackServer;

beforeAll(async () => {
  transcript.watchSecret(CLIENT.secret, 'client secret');
  for (const value of [VALUE, OLD_VALUE]) transcript.watchSecret(value, 'secret of the vault');
  certificate = createTestCertificate();
  entra = await startEntraServer({ certificate, tokens, client: CLIENT });
  const authority = `https://login.microsoftonline.com/${ENTRA_TENANT}`;
  vault = await startVaultServer({ certificate, tokens, authority });
  vault.readers.add(CLIENT.id);
  vault.secrets.set('test', {
    versions: [
      { id: OLD, value: OLD_VALUE },
      { id: NEW, value: VALUE },
    ],
    contentType: 'text/plain',
    tags: { owner: 'sales' },
    attributes: { exp: 1_900_000_000 },
  });
  vault.secrets.set('off', { versions: [{ id: NEW, value: VALUE }], disabled: true });
  // A workspace, and the endpoint of managed identities.
  near = await startLoopbackServer(certificate, ({ url, body }) => {
    const isWorkspace = url.pathname.endsWith('/temporary-service-credentials');
    const resource = isWorkspace
      ? String(JSON.parse(body).azure_options.resources[0]).replace('/.default', '')
      : (url.searchParams.get('resource') ?? '');
    const token = tokens.issue({ resource, clientId: CLIENT.id });
    const end = Date.now() + HOUR_MS;
    return isWorkspace
      ? { status: 200, body: { azure_aad: { aad_token: token }, expiration_time: end } }
      : { status: 200, body: { access_token: token, expires_on: String(Math.floor(end / 1000)) } };
  });
});

afterAll(async () => {
  await Promise.all([entra.stop(), vault.stop(), near.stop()]);
  certificate.remove();
  for (const token of tokens.all()) transcript.watchSecret(token, 'token');
});

function ourCredential(): ServiceCredential {
  const source = clientSecretSource({
    tenantId: ENTRA_TENANT,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    authority: entra.origin,
    caCertPath: certificate.caPath,
  });
  return recordErrors(
    getServiceCredentialsProvider('sandbox-dbac', { authorize: 'unchecked', source }),
  );
}

function theirCredential(secret = CLIENT.secret): ClientSecretCredential {
  return new ClientSecretCredential(ENTRA_TENANT, CLIENT.id, secret, {
    authorityHost: entra.origin,
    disableInstanceDiscovery: true,
    tlsOptions: { ca: certificate.ca },
    retryOptions: { maxRetries: 0 },
  });
}

/**
 * Azure's client under a vault's real name, so that it checks the challenge; the name leads to the
 * loopback interface.
 */
function theirClient(credential: ServiceCredential | ClientSecretCredential): SecretClient {
  const agent = new Agent({
    ca: certificate.ca,
    lookup: (_host, _options, callback) => {
      callback(null, [{ address: '127.0.0.1', family: 4 }]);
    },
  });
  const options: SecretClientOptions = {
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [
      {
        position: 'perCall',
        policy: {
          name: 'loopback',
          sendRequest: (request, next) => {
            request.agent = agent;
            return next(request);
          },
        },
      },
    ],
  };
  const port = vault.host.slice(vault.host.indexOf(':'));
  return new SecretClient(`https://sandbox-kv.vault.azure.net${port}`, credential, options);
}

function ourOptions(credential: KeyVaultOptions['credential']): KeyVaultOptions {
  return { credential, hosts: [vault.host], caCertPath: certificate.caPath };
}

function ourClient(credential: KeyVaultOptions['credential']): KeyVaultClient {
  return recordErrors(createKeyVaultClient(vault.origin, ourOptions(credential)));
}

async function failureOf(promise: Promise<unknown>): Promise<Error & { readonly code?: string }> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Error);
  // Of Azure's own errors no promise is made but that a log with the redaction shows no secret.
  transcript.recordForeign('failure', error, defaultRedactor);
  return error as Error;
}

describe("our credential in Azure's own client", () => {
  it('reads a secret, in the newest version and in another one', async () => {
    const client = theirClient(ourCredential());
    const newest = await client.getSecret('test');
    expect(newest.value).toBe(VALUE);
    expect(newest.properties.version).toBe(NEW);
    expect((await client.getSecret('test', { version: OLD })).value).toBe(OLD_VALUE);
    // The client asks once without a token, to be told what for; then one token does for all.
    const authorized = vault.requests.map(({ headers }) => headers.authorization !== undefined);
    expect(authorized).toEqual([false, true, true]);
    expect(entra.requests.length).toBe(1);
  });

  it('is refused as any other', async () => {
    const client = theirClient(ourCredential());
    expect(await failureOf(client.getSecret('missing'))).toMatchObject({ statusCode: 404 });
    expect(await failureOf(client.getSecret('off'))).toMatchObject({ statusCode: 403 });
  });

  it('gives bearer tokens to what takes a function', async () => {
    const scope = 'https://cognitiveservices.azure.com/.default';
    const token = await getBearerTokenProvider(ourCredential(), scope)();
    expect(tokens.find(token)?.resource).toBe('https://cognitiveservices.azure.com');
  });

  it('reads a secret with the tokens of a workspace and of a machine', async () => {
    const client = createWorkspaceClient({
      host: near.origin,
      tokens: { getToken: async () => ({ token: 'own', expiresAt: Date.now() + HOUR_MS }) },
      caCertPath: certificate.caPath,
    });
    const workspace = databricksSource(client);
    const machine = managedIdentitySource({
      endpoint: `${near.origin}/metadata/identity/oauth2/token`,
      env: {},
      caCertPath: certificate.caPath,
    });
    for (const source of [workspace, machine]) {
      const vaultClient = theirClient(
        getServiceCredentialsProvider('sandbox-dbac', { authorize: 'unchecked', source }),
      );
      expect((await vaultClient.getSecret('test')).value).toBe(VALUE);
    }
  });
});

describe("Azure's own credential in our client", () => {
  it('reads a secret, and what its client says of it', async () => {
    const ours = await ourClient(theirCredential()).getSecret('test');
    const theirs = await theirClient(theirCredential()).getSecret('test');
    expect(ours.value).toBe(theirs.value);
    expect(ours.version).toBe(theirs.properties.version);
    expect(ours.contentType).toBe(theirs.properties.contentType);
    expect(ours.expiresAt).toBe(theirs.properties.expiresOn?.getTime());
    expect(ours.createdAt).toBe(theirs.properties.createdOn?.getTime());
    expect(Object.fromEntries(ours.tags)).toEqual(theirs.properties.tags);
    transcript.record('secret', ours);
  });

  it('fails with it', async () => {
    const client = ourClient(theirCredential('a wrong one'));
    expect((await failureOf(client.getSecret('test'))).message).toContain('AADSTS7000215');
  });
});

describe('our credential in our client', () => {
  it('says why a secret is missing', async () => {
    const client = ourClient(ourCredential());
    const failures = {
      missing: await failureOf(client.getSecret('missing')),
      off: await failureOf(client.getSecret('off')),
    };
    expect(failures.missing.code).toBe('ERR_SECRET_NOT_FOUND');
    expect(failures.off.code).toBe('ERR_SECRET_FORBIDDEN');
    vault.readers.clear();
    const forbidden = await failureOf(client.getSecret('test'));
    vault.readers.add(CLIENT.id);
    expect(forbidden.code).toBe('ERR_SECRET_FORBIDDEN');
    expect(transcript.recorded('error')).toBeGreaterThan(2);
  });

  it('gets another token when the server refuses the one that it has', async () => {
    const client = ourClient(ourCredential());
    expect((await client.getSecret('test')).value).toBe(VALUE);
    tokens.revoke(tokens.all().at(-1) ?? '');
    expect((await client.getSecret('test')).value).toBe(VALUE);
  });

  it('links a scope for who may use the credential', async () => {
    const permission = definePermission(
      { name: 'sales', types: 'ServiceCredential', actions: 'ACCESS', policy: roles('sales') },
      { vocabulary: databricksVocabulary },
    );
    const authorizer = createAuthorizer({
      vocabulary: databricksVocabulary,
      permissions: [permission],
      onDecision: (decision) => transcript.record('decision', decision),
    });
    const options = { ...ourOptions(ourCredential()), credential: ourCredential() };
    const subject = { username: 'ann', roles: ['sales'] };
    const scope = recordErrors(
      createLinkedSecretScope({
        ...options,
        scope: 'sales',
        vault: vault.origin,
        authorize: { authorizer, subject },
      }),
    );
    expect(await scope.getSecret({ scope: 'sales', key: 'test' })).toBe(VALUE);
  });
});

it('what a developer registers is masked beside what was read', () => {
  const own = `own-${randomBytes(12).toString('hex')}`;
  const remove = addSecretRedaction(own);
  const line = `value ${VALUE}, token ${tokens.all().at(-1)}, own ${own}, ${Buffer.from(VALUE).toString('base64')}`;
  const masked = defaultRedactor.text(line);
  remove();
  const signature = tokens.all().at(-1)?.split('.')[2] ?? '';
  for (const secret of [VALUE, signature, own]) expect(holdsSecret(secret, masked)).toBe(false);
});
