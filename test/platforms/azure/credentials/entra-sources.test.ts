import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigInvalidError, CredentialUnavailableError } from 'feast-permissions/errors';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type ClientSecretOptions,
  clientSecretSource,
  getServiceCredentialsProvider,
  type ServiceCredential,
  workloadIdentitySource,
} from '../../../../src/platforms/azure/credentials/index.js';
import {
  createTestCertificate,
  type TestCertificate,
} from '../../../support/key-vault/certificates.js';
import { ENTRA_TENANT, startEntraServer } from '../../../support/key-vault/entra-server.js';
import type { LoopbackServer } from '../../../support/key-vault/loopback-server.js';
import { createTokenBook } from '../../../support/key-vault/token-book.js';
import { failureWithout, watchSecrets } from '../../../support/key-vault/watch-secrets.js';

const VAULT = 'https://vault.azure.net/.default';
const CLIENT_SECRET = `s~${randomBytes(16).toString('hex')}/+& `;
const ASSERTION = `federated-${randomBytes(16).toString('hex')}`;

let certificate: TestCertificate;
let folder: string;
let server: LoopbackServer;
let issued = createTokenBook();
let watched = watchSecrets();

beforeAll(() => {
  certificate = createTestCertificate();
  folder = mkdtempSync(join(tmpdir(), 'feast-permissions-federated-'));
});
afterAll(() => {
  certificate.remove();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  issued = createTokenBook();
  watched = watchSecrets();
  const client = { id: 'app', secret: CLIENT_SECRET, assertion: ASSERTION };
  server = await startEntraServer({ certificate, tokens: issued, client });
});
afterEach(async () => {
  await server.stop();
});

function common(): Pick<ClientSecretOptions, 'caCertPath' | 'redaction' | 'sleep'> {
  return { caCertPath: certificate.caPath, redaction: watched.redaction, sleep: async () => {} };
}

const credentialOf = (source: ReturnType<typeof clientSecretSource>): ServiceCredential =>
  getServiceCredentialsProvider('app', { authorize: 'unchecked', source });
const failureOf = (promise: Promise<unknown>): Promise<Error> =>
  failureWithout(promise, [CLIENT_SECRET.trim(), ASSERTION, ...issued.all()]);

describe('an application with a secret', () => {
  const connect = (more: Partial<ClientSecretOptions> = {}): ServiceCredential =>
    credentialOf(
      clientSecretSource({
        tenantId: ENTRA_TENANT,
        clientId: 'app',
        clientSecret: CLIENT_SECRET,
        authority: server.origin,
        ...common(),
        ...more,
      }),
    );

  test('gets a token for each resource', async () => {
    const credential = connect();
    const vault = await credential.getToken(VAULT);
    const sql = await credential.getToken('https://database.windows.net//.default');
    expect(issued.find(vault.token)?.resource).toBe('https://vault.azure.net');
    expect(issued.find(sql.token)?.resource).toBe('https://database.windows.net/');
    expect(vault.expiresOnTimestamp).toBeGreaterThan(Date.now() + 3_500_000);
    expect(server.requests.length).toBe(2);
    expect(watched.values()).toEqual(expect.arrayContaining([CLIENT_SECRET, vault.token]));
  });

  test('gets none with a wrong secret, and does not reveal the secret', async () => {
    const error = await failureOf(connect({ clientSecret: 'a wrong one' }).getToken(VAULT));
    expect(error).toBeInstanceOf(CredentialUnavailableError);
    expect(error.message).toContain('invalid_client');
    expect(error.message).not.toContain('a wrong one');
    expect(server.requests.length).toBe(1);
  });

  test.each([
    [{ tenantId: '' }, TypeError],
    [{ tenantId: '../x' }, ConfigInvalidError],
    [{ clientId: '' }, TypeError],
    [{ clientSecret: '' }, TypeError],
    [{ authority: 'http://login.example' }, ConfigInvalidError],
  ])('is not made of %j', (more, kind) => {
    expect(() => connect(more)).toThrow(kind);
  });
});

describe('a workload with a token of its own', () => {
  const env = (): Record<string, string> => ({
    AZURE_TENANT_ID: ENTRA_TENANT,
    AZURE_CLIENT_ID: 'app',
    AZURE_FEDERATED_TOKEN_FILE: join(folder, 'token'),
    AZURE_AUTHORITY_HOST: `${server.origin}/`,
  });

  test('gets one of Entra for it, by what its environment says', async () => {
    writeFileSync(join(folder, 'token'), `${ASSERTION}\n`);
    const source = workloadIdentitySource({ env: env(), ...common() });
    const { token } = await credentialOf(source).getToken(VAULT);
    expect(issued.all()).toEqual([token]);
    expect(watched.values()).toEqual(expect.arrayContaining([ASSERTION, token]));
  });

  test('reads its token anew each time', async () => {
    const file = join(folder, 'exchanged');
    writeFileSync(file, 'one that has ended');
    const source = workloadIdentitySource({ env: env(), tokenFile: file, ...common() });
    const first = await failureOf(credentialOf(source).getToken(VAULT));
    expect(first.message).toContain('invalid_client');
    writeFileSync(file, ASSERTION);
    await credentialOf(source).getToken(VAULT);
    expect(issued.all().length).toBe(1);
  });

  test('gets none without its file', async () => {
    const tokenFile = join(folder, 'missing');
    const source = workloadIdentitySource({ env: env(), tokenFile, ...common() });
    const error = await failureOf(credentialOf(source).getToken(VAULT));
    expect(error).toBeInstanceOf(CredentialUnavailableError);
    expect(server.requests).toEqual([]);
  });

  test.each(['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_FEDERATED_TOKEN_FILE'])(
    'must be told %s',
    (variable) => {
      const { [variable]: _, ...rest } = env();
      expect(() => workloadIdentitySource({ env: rest })).toThrow(variable);
      expect(() => workloadIdentitySource({ env: rest })).toThrow(ConfigInvalidError);
    },
  );
});
