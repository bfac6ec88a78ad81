import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { ConfigInvalidError, CredentialUnavailableError } from 'feast-permissions/errors';
import { defaultRedactor } from 'feast-permissions/redaction';
import { SecretForbiddenError, SecretNotFoundError } from 'feast-permissions/secrets';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  createKeyVaultClient,
  getKeyVaultSecret,
  type KeyVaultClient,
  type KeyVaultOptions,
} from '../../../../src/platforms/azure/key-vault/index.js';
import {
  createTestCertificate,
  type TestCertificate,
} from '../../../support/key-vault/certificates.js';
import type { Fault } from '../../../support/key-vault/loopback-server.js';
import { createTokenBook } from '../../../support/key-vault/token-book.js';
import { startVaultServer, type VaultServer } from '../../../support/key-vault/vault-server.js';
import { failureWithout, watchSecrets } from '../../../support/key-vault/watch-secrets.js';

const VALUE = `pa55-${randomBytes(12).toString('hex')}`;
const OLD = 'ab'.repeat(16);
const NEW = 'cd'.repeat(16);

let certificate: TestCertificate;
let server: VaultServer;
let tokens = createTokenBook();
let watched = watchSecrets();
let pauses: number[] = [];
let asked: { scope: string; tenantId: string | undefined }[] = [];

beforeAll(() => {
  certificate = createTestCertificate();
});
afterAll(() => certificate.remove());
beforeEach(async () => {
  tokens = createTokenBook();
  watched = watchSecrets();
  pauses = [];
  asked = [];
  server = await startVaultServer({ certificate, tokens });
  server.readers.add('reader');
  server.secrets.set('test', {
    versions: [
      { id: OLD, value: 'an older value' },
      { id: NEW, value: VALUE },
    ],
    contentType: 'text/plain',
    tags: { owner: 'sales', __proto__x: 'y' },
    attributes: { exp: 1_900_000_000, nbf: 1_600_000_000, updated: 1_700_000_001 },
  });
});
afterEach(async () => {
  await server.stop();
});

const credential: KeyVaultOptions['credential'] = {
  getToken: async (scope, options) => {
    asked.push({ scope, tenantId: options?.tenantId });
    const resource = scope.slice(0, -'/.default'.length);
    return { token: tokens.issue({ resource, clientId: 'reader' }) };
  },
};

function options(more: Partial<KeyVaultOptions> = {}): KeyVaultOptions {
  return {
    credential,
    hosts: [server.host],
    caCertPath: certificate.caPath,
    redaction: watched.redaction,
    sleep: async (milliseconds) => {
      pauses.push(milliseconds);
    },
    ...more,
  };
}

function connect(more: Partial<KeyVaultOptions> = {}): KeyVaultClient {
  return createKeyVaultClient(server.origin, options(more));
}

const failureOf = (reading: Promise<unknown>): Promise<Error> =>
  failureWithout(reading, [VALUE, ...tokens.all()]);

describe('a secret that is there', () => {
  test('is given with what is known of it', async () => {
    const secret = await connect().getSecret('test');
    expect(secret.value).toBe(VALUE);
    expect(secret).toMatchObject({
      name: 'test',
      version: NEW,
      contentType: 'text/plain',
      expiresAt: 1_900_000_000_000,
      notBefore: 1_600_000_000_000,
      createdAt: 1_700_000_000_000,
      updatedAt: 1_700_000_001_000,
    });
    expect([...secret.tags]).toEqual([
      ['owner', 'sales'],
      ['__proto__x', 'y'],
    ]);
    expect(server.requests.map(({ url }) => url.pathname + url.search)).toEqual([
      '/secrets/test?api-version=7.4',
    ]);
    expect(asked).toEqual([{ scope: 'https://vault.azure.net/.default', tenantId: undefined }]);
  });

  test('is registered to be masked, and shown by nothing that prints it', async () => {
    const secret = await connect().getSecret('test');
    expect(watched.registered).toEqual([
      { name: 'secret', value: VALUE, lifetimeSeconds: undefined },
    ]);
    for (const shown of [
      inspect(secret, { depth: 10, showHidden: true }),
      JSON.stringify(secret),
      JSON.stringify({ ...secret }),
      String(secret),
    ]) {
      expect(shown).not.toContain(VALUE);
    }
    expect(() => Object.assign(secret, { value: 'other' })).toThrow(TypeError);
  });

  test('is masked by the redaction of the process unless another is given', async () => {
    const { redaction: _, ...rest } = options();
    await getKeyVaultSecret(server.origin, 'test', rest);
    expect(defaultRedactor.text(`a log with ${VALUE} in it`)).not.toContain(VALUE);
  });

  test('is given in an older version and with another API version', async () => {
    const vault = connect({ apiVersion: '2025-07-01' });
    expect((await vault.getSecret('TEST', { version: OLD.toUpperCase() })).value).toBe(
      'an older value',
    );
    expect(server.requests[0]?.url.search).toBe('?api-version=2025-07-01');
  });

  test('getKeyVaultSecret reads one', async () => {
    const { value } = await getKeyVaultSecret(server.origin, 'test', {
      ...options(),
      version: OLD,
    });
    expect(value).toBe('an older value');
  });
});

describe('a secret that cannot be had', () => {
  const notFound = { status: 404, body: { error: { code: 'SecretNotFound', message: 'x' } } };
  const forbidden = (code: string): Fault => ({
    status: 403,
    body: { error: { code: 'Forbidden', message: VALUE, innererror: { code } } },
  });
  const bundle = (more: object): Fault => ({
    status: 200,
    body: { value: VALUE, id: `https://x/secrets/test/${NEW}`, ...more },
  });
  test.each<[string, Fault, new (message: string) => Error, string]>([
    ['not there', notFound, SecretNotFoundError, 'does not exist'],
    ['no role', forbidden('ForbiddenByRbac'), SecretForbiddenError, 'no role that reads it'],
    ['no policy', forbidden('ForbiddenByPolicy'), SecretForbiddenError, 'an access policy'],
    ['firewall', forbidden('ForbiddenByFirewall'), SecretForbiddenError, 'the firewall'],
    ['disabled', forbidden('SecretDisabled'), SecretForbiddenError, 'it is disabled'],
    ['own words', forbidden(VALUE), SecretForbiddenError, 'is denied'],
    ['no body', { status: 403, body: '<html>' }, SecretForbiddenError, 'is denied'],
    ['bad request', { status: 400, body: VALUE }, CredentialUnavailableError, '(status 400)'],
    ['no JSON', { status: 200, body: VALUE }, CredentialUnavailableError, 'without a secret'],
    ['no value', { status: 200, body: {} }, CredentialUnavailableError, 'without a secret'],
    ['no text', bundle({ value: 7 }), CredentialUnavailableError, 'without a secret'],
    [
      'too long',
      bundle({ value: VALUE.repeat(3000) }),
      CredentialUnavailableError,
      'that is too long',
    ],
    ['no id', bundle({ id: undefined }), CredentialUnavailableError, 'not asked for'],
    [
      'another secret',
      bundle({ id: `https://x/secrets/other/${NEW}` }),
      CredentialUnavailableError,
      'not asked for',
    ],
    [
      'too much',
      { status: 200, body: 'x'.repeat(300_000) },
      CredentialUnavailableError,
      'more than 262144 bytes',
    ],
    ['half an answer', 'half', CredentialUnavailableError, 'cannot be reached'],
    ['no answer', 'reset', CredentialUnavailableError, 'cannot be reached'],
  ])('says so: %s', async (_, fault, kind, message) => {
    server.failNext(fault);
    const error = await failureOf(connect({ maxAttempts: 1 }).getSecret('test'));
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toContain(message);
    expect(watched.registered).toEqual([]);
  });

  test('refuses another version than the one that was asked for', async () => {
    server.failNext(bundle({}));
    const error = await failureOf(connect().getSecret('test', { version: OLD }));
    expect(error.message).toContain('not asked for');
  });

  test('does not wait for a vault that hangs', async () => {
    server.failNext('hang');
    const error = await failureOf(
      connect({ maxAttempts: 1, requestTimeoutSeconds: 0.05 }).getSecret('test'),
    );
    expect(error.message).toContain('did not answer within 0.05 s');
  });

  test('is not waited for any longer by who leaves', async () => {
    server.failNext('hang');
    const controller = new AbortController();
    const reason = new Error('left');
    const reading = connect().getSecret('test', { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 50);
    expect(await failureOf(reading)).toBe(reason);
    await expect(connect().getSecret('test', { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
    expect(tokens.all().length).toBe(1);
  });

  test('does not trust a certificate of strangers', async () => {
    const error = await failureOf(
      connect({ caCertPath: undefined, maxAttempts: 1 }).getSecret('test'),
    );
    expect(error).toBeInstanceOf(CredentialUnavailableError);
    expect(server.requests).toEqual([]);
  });
});

describe('a vault that is busy or failing', () => {
  const busy: Fault = { status: 429, headers: { 'retry-after': '3' } };
  test('is asked again when it says, or after longer and longer pauses', async () => {
    server.failNext(busy, { status: 503 }, 'reset');
    expect((await connect().getSecret('test')).value).toBe(VALUE);
    expect(pauses.length).toBe(3);
    expect(pauses[0]).toBe(3000);
    expect(pauses[2]).toBeGreaterThanOrEqual(500);
  });

  test.each([429, 500, 502, 503, 504, 507, 520, 599])('is asked again after %i', async (status) => {
    server.failNext({ status });
    expect((await connect().getSecret('test')).value).toBe(VALUE);
    expect(server.requests.length).toBe(2);
    expect(pauses.length).toBe(1);
  });

  test.each([400, 403, 404, 501, 505])('is not asked again after %i', async (status) => {
    server.failNext({ status });
    await failureOf(connect().getSecret('test'));
    expect(server.requests.length).toBe(1);
  });

  test('is asked again without a clock of the test', async () => {
    server.failNext({ status: 503, headers: { 'retry-after': '0' } });
    expect((await connect({ sleep: undefined }).getSecret('test')).value).toBe(VALUE);
  });

  test('is not waited for where it asks for longer than a request waits', async () => {
    server.failNext({ status: 429, headers: { 'retry-after': '999' } });
    const error = await failureOf(connect().getSecret('test'));
    expect(error).toBeInstanceOf(CredentialUnavailableError);
    expect(error.message).toContain('status 429 and asks to come back in 999 s');
    expect(pauses).toEqual([]);
  });

  test('is not asked for ever', async () => {
    server.failNext(...new Array<Fault>(9).fill({ status: 429, headers: { 'retry-after': '9' } }));
    const error = await failureOf(connect({ maxAttempts: 3 }).getSecret('test'));
    expect(error).toBeInstanceOf(CredentialUnavailableError);
    expect(error.message).toContain('(status 429)');
    expect(pauses).toEqual([9000, 9000]);
    expect(server.requests.length).toBe(3);
  });
});

test.each([301, 302, 307, 308])('follows no redirect: %i', async (status) => {
  const other = await startVaultServer({ certificate, tokens });
  try {
    for (const location of ['/secrets/other', `${other.origin}/secrets/test?api-version=7.4`]) {
      server.failNext({ status, headers: { location } });
      const error = await failureOf(connect().getSecret('test'));
      expect(error.message).toContain(`(status ${status})`);
    }
    expect(server.requests.length).toBe(2);
    expect(other.requests).toEqual([]);
  } finally {
    await other.stop();
  }
});

describe('a vault that refuses the token', () => {
  const challenge = (resource: string, authority: string): Fault => ({
    status: 401,
    headers: { 'www-authenticate': `Bearer authorization="${authority}", resource="${resource}"` },
  });
  test('gets one for what it asks, and is asked so from then on', async () => {
    const china = await startVaultServer({
      certificate,
      tokens,
      resource: 'https://vault.azure.cn',
      authority: 'https://login.chinacloudapi.cn/tenant-cn',
    });
    china.readers.add('reader');
    china.secrets.set('test', { versions: [{ id: NEW, value: VALUE }] });
    try {
      const vault = createKeyVaultClient(china.origin, options({ hosts: [china.host] }));
      expect((await vault.getSecret('test')).value).toBe(VALUE);
      expect((await vault.getSecret('test')).value).toBe(VALUE);
      expect(asked).toEqual([
        { scope: 'https://vault.azure.net/.default', tenantId: undefined },
        { scope: 'https://vault.azure.cn/.default', tenantId: 'tenant-cn' },
        { scope: 'https://vault.azure.cn/.default', tenantId: 'tenant-cn' },
      ]);
    } finally {
      await china.stop();
    }
  });

  test.each([
    ['https://management.azure.com', 'https://login.microsoftonline.com/t'],
    ['https://vault.azure.net', 'https://evil.example/t'],
  ])('gets no other token for %s of %s', async (resource, authority) => {
    server.failNext(challenge(resource, authority));
    const error = await failureOf(connect().getSecret('test'));
    expect(error).toBeInstanceOf(CredentialUnavailableError);
    expect(asked.length).toBe(1);
    expect(server.requests.length).toBe(1);
  });

  test('is not asked twice with the same token', async () => {
    const token = tokens.issue({ resource: 'https://other', clientId: 'reader' });
    const discarded: string[] = [];
    const vault = connect({
      credential: {
        getToken: async () => ({ token }),
        discard: (refused) => discarded.push(refused),
      },
    });
    const error = await failureOf(vault.getSecret('test'));
    expect(error).toBeInstanceOf(SecretForbiddenError);
    expect(error.message).toContain('refuses the token');
    expect(server.requests.length).toBe(1);
    expect(discarded).toEqual([token]);
  });

  test('is asked twice at most, and neither token is kept', async () => {
    const refuse = challenge('https://vault.azure.net', 'https://login.microsoftonline.com/t');
    server.failNext(refuse, refuse, refuse);
    const discarded: string[] = [];
    const vault = connect({
      credential: { ...credential, discard: (token) => discarded.push(token) },
    });
    expect(await failureOf(vault.getSecret('test'))).toBeInstanceOf(SecretForbiddenError);
    expect(server.requests.length).toBe(2);
    expect(discarded).toEqual(tokens.all());
  });

  test('and the next one is asked again as before', async () => {
    const cn = challenge('https://vault.azure.cn', 'https://login.chinacloudapi.cn/t');
    server.failNext(cn, cn);
    const vault = connect();
    expect(await failureOf(vault.getSecret('test'))).toBeInstanceOf(SecretForbiddenError);
    expect((await vault.getSecret('test')).value).toBe(VALUE);
    expect(asked.map(({ scope }) => scope)).toEqual([
      'https://vault.azure.net/.default',
      'https://vault.azure.cn/.default',
      'https://vault.azure.net/.default',
    ]);
  });

  test.each<[string, Fault]>([
    ['does not say what it takes', { status: 401 }],
    ['asks for what it must not have', challenge('https://management.azure.com', 'https://x/t')],
  ])('and %s makes the token no better', async (_, fault) => {
    server.failNext(fault);
    const discarded: string[] = [];
    const vault = connect({
      credential: { ...credential, discard: (token) => discarded.push(token) },
    });
    expect(await failureOf(vault.getSecret('test'))).toBeInstanceOf(CredentialUnavailableError);
    expect(discarded).toEqual(tokens.all());
  });

  test('who may not read is forbidden', async () => {
    server.readers.clear();
    expect(await failureOf(connect().getSecret('test'))).toBeInstanceOf(SecretForbiddenError);
  });
});

describe('wrong use', () => {
  test.each(['', 'a_b', 'a.b', 'a/b', '../x', 'a%2fb', 'a?b', 'ä', 'a'.repeat(128), 7, null])(
    'no name of a secret: %j',
    async (name) => {
      await expect(connect().getSecret(name as string)).rejects.toThrow(TypeError);
      expect(asked).toEqual([]);
    },
  );

  test.each(['', 'latest', '../x', 'g'.repeat(32), 'a'.repeat(31), null])(
    'no version: %j',
    async (version) => {
      const reading = connect().getSecret('test', { version: version as string });
      await expect(reading).rejects.toThrow(TypeError);
      expect(server.requests).toEqual([]);
    },
  );

  test.each([
    { apiVersion: '7.4&x=1' },
    { apiVersion: '' },
    { credential: undefined },
    { credential: {} },
    { maxAttempts: 0 },
    { maxAttempts: Number.NaN },
    { requestTimeoutSeconds: 0 },
    { requestTimeoutSeconds: Number.NaN },
    { requestTimeoutSeconds: 1e9 },
  ])('no options: %j', (more) => {
    expect(() => connect(more as never)).toThrow(TypeError);
  });

  test('no file of certificates', () => {
    expect(() => connect({ caCertPath: '/no/such/file' })).toThrow(ConfigInvalidError);
  });

  test('a vault that is not configured gets no token', () => {
    expect(() => connect({ hosts: [] })).toThrow(ConfigInvalidError);
    expect(asked).toEqual([]);
  });

  test.each([null, {}, { token: '' }, { token: 7 }, { token: 'a\r\nb: c' }])(
    'no token: %j',
    async (given) => {
      const vault = connect({ credential: { getToken: async () => given as never } });
      const error = await failureOf(vault.getSecret('test'));
      expect(error).toBeInstanceOf(CredentialUnavailableError);
      expect(server.requests).toEqual([]);
    },
  );

  test.each([
    [new Error(`AADSTS7000215: invalid secret ${VALUE}`), 'for the vault (AADSTS7000215)'],
    [new Error(VALUE), 'for the vault'],
    [VALUE, 'for the vault'],
    [undefined, 'for the vault'],
  ])('a credential that fails is not repeated: %#', async (thrown, message) => {
    const getToken = (): Promise<never> => Promise.reject(thrown);
    const error = await failureOf(connect({ credential: { getToken } }).getSecret('test'));
    expect(error).toBeInstanceOf(CredentialUnavailableError);
    expect(error.message.endsWith(message)).toBe(true);
  });
});
