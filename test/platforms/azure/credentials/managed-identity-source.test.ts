import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigInvalidError, CredentialUnavailableError } from 'feast-permissions/errors';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  getServiceCredentialsProvider,
  type ManagedIdentityOptions,
  managedIdentitySource,
  type ServiceCredential,
} from '../../../../src/platforms/azure/credentials/index.js';
import {
  type Answer,
  type Fault,
  type LoopbackServer,
  type ReceivedRequest,
  startLoopbackServer,
} from '../../../support/key-vault/loopback-server.js';
import { createTokenBook } from '../../../support/key-vault/token-book.js';
import { failureWithout, watchSecrets } from '../../../support/key-vault/watch-secrets.js';

const VAULT = 'https://vault.azure.net/.default';
const CLIENT = '6731de76-14a6-49ae-97bc-6eba6914391e';
const HEADER = randomBytes(24).toString('hex');
const ARC_KEY = randomBytes(32).toString('base64');
const END_SECONDS = Math.floor(Date.now() / 1000) + 3600;

let folder: string;
let server: LoopbackServer;
let issued = createTokenBook();
let watched = watchSecrets();
let pauses: number[] = [];
let answer: (request: ReceivedRequest) => Answer;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'feast-permissions-arc-'));
  writeFileSync(join(folder, 'one.key'), ARC_KEY);
  writeFileSync(join(folder, 'long.key'), 'x'.repeat(5000));
  writeFileSync(join(folder, 'lines.key'), 'a\r\nb');
  writeFileSync(join(folder, 'other.txt'), ARC_KEY);
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  issued = createTokenBook();
  watched = watchSecrets();
  pauses = [];
  answer = () => give();
  server = await startLoopbackServer(undefined, (request) => answer(request));
});
afterEach(async () => {
  await server.stop();
});

function give(more: object = {}): Answer {
  const token = issued.issue({ resource: VAULT, clientId: CLIENT });
  const body = {
    access_token: token,
    expires_on: String(END_SECONDS),
    expires_in: '86399',
    resource: 'https://vault.azure.net',
    token_type: 'Bearer',
    ...more,
  };
  return { status: 200, body };
}

function connect(more: Partial<ManagedIdentityOptions> = {}): ServiceCredential {
  const source = managedIdentitySource({
    endpoint: `${server.origin}/metadata/identity/oauth2/token`,
    env: {},
    arcKeyFolder: folder,
    redaction: watched.redaction,
    sleep: async (milliseconds) => {
      pauses.push(milliseconds);
    },
    ...more,
  });
  return getServiceCredentialsProvider('machine', { authorize: 'unchecked', source });
}

const failureOf = (promise: Promise<unknown>): Promise<Error> =>
  failureWithout(promise, [HEADER, ARC_KEY, ...issued.all()]);

describe('a virtual machine', () => {
  test('is asked for its own identity', async () => {
    const { token, expiresOnTimestamp } = await connect().getToken(VAULT);
    expect(issued.all()).toEqual([token]);
    expect(expiresOnTimestamp).toBe(END_SECONDS * 1000);
    const [request] = server.requests;
    expect(request?.url.pathname).toBe('/metadata/identity/oauth2/token');
    expect([...(request?.url.searchParams ?? [])]).toEqual([
      ['api-version', '2018-02-01'],
      ['resource', 'https://vault.azure.net'],
    ]);
    expect(request?.headers['metadata']).toBe('true');
    expect(watched.values()).toEqual([token]);
  });

  test('is asked for another identity, and must not answer for a third', async () => {
    answer = () => give({ client_id: CLIENT.toUpperCase() });
    await connect({ clientId: CLIENT }).getToken(VAULT);
    expect(server.requests[0]?.url.searchParams.get('client_id')).toBe(CLIENT);
    answer = () => give({ client_id: 'another' });
    const error = await failureOf(connect({ clientId: CLIENT }).getToken(VAULT));
    expect(error.message).toContain('for another identity');
  });

  test.each([
    [{ expires_on: '2099-01-01T00:00:00Z' }, Date.parse('2099-01-01T00:00:00Z')],
    [{ expires_on: END_SECONDS }, END_SECONDS * 1000],
    [{ expires_on: undefined, expires_in: '60' }, 1_000_000 + 60_000],
  ])('says when a token ends: %j', async (fields, end) => {
    answer = () => give(fields);
    const { expiresOnTimestamp } = await connect({ now: () => 1_000_000 }).getToken(VAULT);
    expect(expiresOnTimestamp).toBe(end);
  });

  test.each([404, 410, 429, 500, 503])('is asked again after %i', async (status) => {
    server.failNext({ status }, { status });
    await connect().getToken(VAULT);
    expect(pauses.length).toBe(2);
  });

  test('is asked again for 70 s while it is updated, as its documentation says', async () => {
    server.failNext(...new Array<Fault>(7).fill({ status: 410 }));
    await connect().getToken(VAULT);
    expect(pauses).toEqual(new Array(7).fill(10_000));
  });

  test('is asked five times with growing pauses while it is busy, as its documentation says', async () => {
    server.failNext(...new Array<Fault>(5).fill({ status: 404 }));
    await expect(connect().getToken(VAULT)).rejects.toThrow('status 404');
    expect(pauses).toEqual([2000, 4000, 8000, 16_000]);
  });

  test('is asked as often as `maxAttempts` says', async () => {
    server.failNext(...new Array<Fault>(3).fill({ status: 410 }));
    await expect(connect({ maxAttempts: 2 }).getToken(VAULT)).rejects.toThrow('status 410');
    expect(pauses).toHaveLength(1);
  });

  test.each<[string, Fault, string]>([
    ['no identity', { status: 400, body: { error: 'invalid_request' } }, 'status 400'],
    ['always busy', { status: 410 }, 'status 410'],
    ['no token', { status: 200, body: {} }, 'without one'],
    ['no JSON', { status: 200, body: '<html>' }, 'without one'],
    [
      'no token for a header',
      { status: 200, body: { access_token: 'a\nb', expires_in: 60 } },
      'without one',
    ],
    ['no end', { status: 200, body: { access_token: 'opaque' } }, 'has already expired'],
    [
      'an end that is none',
      { status: 200, body: { access_token: 'opaque', expires_on: 'soon' } },
      'has already expired',
    ],
    ['a redirect', { status: 302, headers: { location: '/' } }, 'status 302'],
    ['nobody', 'reset', 'cannot be reached'],
  ])('says why a token is missing: %s', async (_, fault, message) => {
    server.failNext(fault);
    const error = await failureOf(connect({ maxAttempts: 1 }).getToken(VAULT));
    expect(error).toBeInstanceOf(CredentialUnavailableError);
    expect(error.message).toContain(message);
  });
});

describe('an App Service', () => {
  test('is asked with its secret header', async () => {
    const env = { IDENTITY_ENDPOINT: `${server.origin}/msi/token`, IDENTITY_HEADER: HEADER };
    await connect({ env, endpoint: undefined, clientId: CLIENT }).getToken(VAULT);
    const [request] = server.requests;
    expect(request?.url.pathname).toBe('/msi/token');
    expect(request?.url.searchParams.get('api-version')).toBe('2019-08-01');
    expect(request?.headers['x-identity-header']).toBe(HEADER);
    expect(request?.headers['metadata']).toBeUndefined();
    expect(watched.values()).toContain(HEADER);
    server.failNext({ status: 404, body: HEADER });
    const error = await failureOf(connect({ env, endpoint: undefined }).getToken(VAULT));
    expect(error.message).toContain('status 404');
  });
});

describe('a machine under Azure Arc', () => {
  const env = (): Record<string, string> => ({
    IDENTITY_ENDPOINT: `${server.origin}/metadata/identity/oauth2/token`,
    IMDS_ENDPOINT: `${server.origin}`,
  });
  const demandKey =
    (realm: string, more: object = {}) =>
    ({ headers }: ReceivedRequest): Answer =>
      headers.authorization === `Basic ${ARC_KEY}`
        ? give(more)
        : { status: 401, headers: { 'www-authenticate': `Basic realm=${realm}` } };

  test('is asked with the key of its agent', async () => {
    answer = demandKey(join(folder, 'one.key'));
    await connect({ env: env(), endpoint: undefined }).getToken(VAULT);
    expect(server.requests.length).toBe(2);
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
    expect(server.requests[1]?.url.searchParams.get('api-version')).toBe('2020-06-01');
    expect(watched.values()).toContain(ARC_KEY);
  });

  test.each([
    'one.key',
    '/etc/passwd',
    '/etc/one.key',
    '<folder>/../<name>/one.key',
    '<folder>/./one.key',
    '<folder>/sub/one.key',
    '<folder>/other.txt',
    '<folder>/missing.key',
    '<folder>/long.key',
    '<folder>/lines.key',
    '<folder>/',
    '',
  ])('has no key in %s', async (path) => {
    const name = folder.slice(folder.lastIndexOf('/') + 1);
    answer = demandKey(path.replace('<folder>', folder).replace('<name>', name));
    const error = await failureOf(connect({ env: env(), endpoint: undefined }).getToken(VAULT));
    expect(error).toBeInstanceOf(CredentialUnavailableError);
    expect(error.message).toMatch(/key file/);
    expect(server.requests.length).toBe(1);
  });

  test('has its key in the folder of the agent, unless another is given', async () => {
    answer = demandKey('/var/opt/azcmagent/tokens/not-on-this-machine.key');
    const credential = connect({ env: env(), endpoint: undefined, arcKeyFolder: undefined });
    const error = await failureOf(credential.getToken(VAULT));
    expect(error.message).toBe('no token: the key file of the agent holds no key');
    answer = demandKey(join(folder, 'one.key'));
    expect((await failureOf(credential.getToken(VAULT))).message).toContain('key file');
  });

  test('must say for which identity it answers', async () => {
    const path = join(folder, 'one.key');
    const credential = (): ServiceCredential =>
      connect({ env: env(), endpoint: undefined, clientId: CLIENT });
    answer = demandKey(path, { client_id: CLIENT });
    await credential().getToken(VAULT);
    answer = demandKey(path);
    const error = await failureOf(credential().getToken(VAULT));
    expect(error.message).toContain('for another identity');
  });
});

test.each([
  'http://example.org/token',
  'http://10.0.0.4/token',
  'http://169.254.169.254.evil.example/',
  'https://user@example.org/',
  'https://:pass@example.org/',
  'ftp://127.0.0.1/',
  'nowhere',
])('asks no endpoint %s', (endpoint) => {
  expect(() => connect({ endpoint })).toThrow(ConfigInvalidError);
  const env = { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: HEADER };
  expect(() => connect({ env, endpoint: undefined })).toThrow(ConfigInvalidError);
});

test.each(['a\r\nx-forged: 1', 'a b', 'ä'])('sends no secret header %j', (header) => {
  const env = { IDENTITY_ENDPOINT: `${server.origin}/msi/token`, IDENTITY_HEADER: header };
  expect(() => connect({ env, endpoint: undefined })).toThrow(ConfigInvalidError);
});

test('does not take Service Fabric for an App Service', () => {
  const env = {
    IDENTITY_ENDPOINT: 'https://127.0.0.1:2377/metadata/identity/oauth2/token',
    IDENTITY_HEADER: HEADER,
    IDENTITY_SERVER_THUMBPRINT: 'aa',
  };
  expect(() => connect({ env, endpoint: undefined })).toThrow(ConfigInvalidError);
});
