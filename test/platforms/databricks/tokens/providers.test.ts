import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { CredentialUnavailableError } from 'feast-permissions/errors';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { IdentitySecret } from '../../../../src/identity/index.js';
import { createHttpClient } from '../../../../src/net/http-client.js';
import {
  createEntraProvider,
  createOAuthM2MProvider,
  createStaticTokenProvider,
  createWorkloadIdentityProvider,
  type EntraOptions,
  type OAuthM2MOptions,
} from '../../../../src/platforms/databricks/tokens/index.js';
import { defaultRedactor } from '../../../../src/redaction/index.js';
import {
  type FakeEntra,
  type FakeWorkspace,
  startFakeEntra,
  startFakeWorkspace,
} from '../../../support/databricks/index.js';
import { holdsSecret } from '../../../support/find-secret.js';

const APP = 'app id/with:signs';
const SECRET = 's3cret + of/app:1 ü';
const TENANT = 'b5f1bd52-0000-4000-8000-000000000001';

let workspace: FakeWorkspace;
let entra: FakeEntra;
let masked: IdentitySecret[];
let pauses: number[];
let folder: string;

beforeEach(async () => {
  masked = [];
  pauses = [];
  folder = await mkdtemp(join(tmpdir(), 'feast-permissions-providers-'));
  entra = await startFakeEntra({
    tenantId: TENANT,
    applications: [{ clientId: APP, clientSecret: SECRET, assertions: ['an.assertion.of-github'] }],
  });
  workspace = await startFakeWorkspace({
    servicePrincipals: [{ applicationId: APP, secret: SECRET, federatedTokens: ['a.ci.token'] }],
    accountId: 'account-1',
    entra,
  });
});

afterEach(async () => {
  await workspace.stop();
  await entra.stop();
  await rm(folder, { recursive: true });
});

const common = () => ({
  caCertPath: workspace.caCertPath,
  redaction: (secret: IdentitySecret) => masked.push(secret),
  sleep: async (milliseconds: number) => void pauses.push(milliseconds),
});

function m2m(options: Partial<OAuthM2MOptions> = {}) {
  const { origin: host } = workspace;
  return createOAuthM2MProvider({
    host,
    clientId: APP,
    clientSecret: SECRET,
    ...common(),
    ...options,
  });
}

function ofEntra(options: Partial<EntraOptions> = {}) {
  const proof = 'clientAssertion' in options ? {} : { clientSecret: SECRET };
  return createEntraProvider({
    tenantId: TENANT,
    clientId: APP,
    authority: entra.origin,
    ...proof,
    ...common(),
    ...options,
  });
}

/** Who a token is of, as the workspace sees it. */
async function whoIs(token: string): Promise<unknown> {
  const client = createHttpClient({ caCertPath: workspace.caCertPath, timeoutSeconds: 5 });
  const url = new URL('/api/2.0/preview/scim/v2/Me', workspace.origin);
  const answer = await client({ url, headers: { authorization: `Bearer ${token}` } });
  return (JSON.parse(answer.body) as Record<string, unknown>)['userName'];
}

describe('OAuth client credentials', () => {
  test('give a token that the workspace knows, and one request for many callers', async () => {
    const tokens = m2m();
    const given = await Promise.all(Array.from({ length: 1000 }, () => tokens.getToken()));
    const [{ token, expiresAt }] = given as [{ token: string; expiresAt: number }];
    expect(await whoIs(token)).toBe(APP);
    expect(expiresAt).toBeGreaterThan(Date.now() + 3_500_000);
    expect(expiresAt).toBeLessThanOrEqual(Date.now() + 3_600_000);
    expect(workspace.journal.filter(({ path }) => path === '/oidc/v1/token')).toHaveLength(1);
  });

  test('go in the header, encoded, and not in the form', async () => {
    await m2m().getToken();
    const sent = workspace.journal.find(({ path }) => path === '/oidc/v1/token');
    expect(sent?.body).toBe('grant_type=client_credentials&scope=all-apis');
    const basic = Buffer.from(String(sent?.headers.authorization).slice(6), 'base64').toString();
    expect(basic).toBe('app+id%2Fwith%3Asigns:s3cret+%2B+of%2Fapp%3A1+%C3%BC');
  });

  test('of an account are looked up and sent below it', async () => {
    await m2m({ accountId: 'account-1' }).getToken();
    expect(workspace.journal.map(({ path }) => path)).toEqual([
      '/.well-known/databricks-config',
      '/oidc/accounts/account-1/.well-known/oauth-authorization-server',
      '/oidc/accounts/account-1/v1/token',
    ]);
  });

  test('are registered to be masked, and their token for as long as it holds', async () => {
    const { token } = await m2m().getToken();
    const byValue = new Map(masked.map((secret) => [secret.value, secret]));
    expect(byValue.get(SECRET)).toMatchObject({
      name: 'client-secret',
      lifetimeSeconds: undefined,
    });
    expect(byValue.has('s3cret+%2B+of%2Fapp%3A1+%C3%BC')).toBe(true);
    expect(byValue.get(token)?.lifetimeSeconds).toBeCloseTo(3600, -1);
  });

  test('are masked in every log unless another place is given', async () => {
    const { token } = await m2m({ redaction: undefined }).getToken();
    const sent = workspace.journal.find(({ path }) => path === '/oidc/v1/token');
    const log = `${SECRET} ${String(sent?.headers.authorization)} Bearer ${token}`;
    const shown = defaultRedactor.text(log);
    for (const secret of [SECRET, token, 's3cret+%2B+of%2Fapp%3A1+%C3%BC']) {
      expect(holdsSecret(secret, log)).toBe(true);
      expect(holdsSecret(secret, shown)).toBe(false);
    }
  });

  test('are sent again, with growing pauses and an end', async () => {
    const down = { kind: 'status', status: 503 } as const;
    for (const n of [1, 2, 3]) workspace.failAt(n, down, { path: '/oidc/v1/token' });
    await m2m().getToken();
    expect(pauses).toHaveLength(3);
    expect(pauses[2]).toBeGreaterThan(pauses[0] as number);
    for (const n of [1, 2, 3, 4]) workspace.failAt(n, down, { path: '/oidc/v1/token' });
    await expect(m2m().getToken()).rejects.toThrow('answers with status 503');
  });

  test('wait as long as the server asks, and end at once where that is more than 10 s', async () => {
    for (const [n, retryAfter] of [
      [1, '2'],
      [2, '3600'],
    ] as const) {
      workspace.failAt(n, { kind: 'status', status: 429, retryAfter }, { path: '/oidc/v1/token' });
    }
    await expect(m2m().getToken()).rejects.toMatchObject({
      code: 'ERR_CREDENTIAL_UNAVAILABLE',
      message: expect.stringContaining('asks to come back in 3600 s') as string,
    });
    expect(pauses).toEqual([2000]);
  });

  test('count the life of a token from the clock here, whatever the clock there', async () => {
    const now = Date.parse('2001-01-01T00:00:00Z');
    const { expiresAt } = await m2m({ now: () => now }).getToken();
    expect(expiresAt).toBe(now + 3_600_000);
  });

  test.each([
    ['on another server', { token_endpoint: 'https://evil.example/token' }],
    ['on another port', { token_endpoint: 'https://127.0.0.1:1/token' }],
    ['over http', { token_endpoint: 'http://127.0.0.1/token' }],
    ['that is none', { token_endpoint: 'token' }],
    ['that is missing', {}],
  ])('are not sent to an endpoint %s', async (_, document) => {
    workspace.failAt(1, { kind: 'malformed', body: JSON.stringify(document) }, { path: '/oidc/' });
    await expect(m2m().getToken()).rejects.toThrow('no `token_endpoint` on its own server');
    expect(workspace.journal.filter(({ method }) => method === 'POST')).toEqual([]);
  });

  test.each([
    ['on another server', 'https://evil.example/oidc'],
    ['of another cloud', 'https://adb-1.2.databricks.azure.cn/oidc'],
    ['with a user', 'https://user@127.0.0.1/oidc'],
  ])('are not sent to an OAuth %s that the host names', async (_, oidc_endpoint) => {
    const config = { path: '/.well-known/databricks-config' };
    workspace.failAt(1, { kind: 'malformed', body: JSON.stringify({ oidc_endpoint }) }, config);
    await expect(m2m().getToken()).rejects.toThrow('no `oidc_endpoint` on its own server');
    expect(workspace.journal).toHaveLength(1);
  });

  test.each([
    ['is not JSON', { kind: 'malformed', body: '<html>' }],
    ['is empty', { kind: 'malformed', body: '{}' }],
    ['is missing', { kind: 'status', status: 404 }],
    ['is refused', { kind: 'status', status: 401 }],
  ] as const)('go below `/oidc` where what the host says of itself %s', async (_, fault) => {
    workspace.failAt(1, fault, { path: '/.well-known/databricks-config' });
    expect((await m2m().getToken()).token).toMatch(/^oauth-/);
  });
});

describe('Entra', () => {
  test('gives a token that the workspace knows', async () => {
    const { token, headers } = await ofEntra().getToken();
    expect(await whoIs(token)).toBe(APP);
    expect(headers).toBeUndefined();
    const form = new URLSearchParams(entra.journal[0]?.body);
    expect(Object.fromEntries(form)).toEqual({
      grant_type: 'client_credentials',
      client_id: APP,
      client_secret: SECRET,
      scope: '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default',
    });
  });

  test('adds a token for management where the workspace does not know the principal', async () => {
    const workspaceResourceId = '/subscriptions/s/resourceGroups/g/providers/p/workspaces/w';
    const { headers } = await ofEntra({ workspaceResourceId }).getToken();
    expect(headers?.['X-Databricks-Azure-Workspace-Resource-Id']).toBe(workspaceResourceId);
    const management = headers?.['X-Databricks-Azure-SP-Management-Token'] ?? '';
    expect(entra.readToken(management)?.scope).toBe(
      'https://management.core.windows.net//.default',
    );
    expect(masked.map(({ value }) => value)).toContain(management);
  });

  test('gives both for as long as both hold', async () => {
    const body = JSON.stringify({ access_token: 'short', token_type: 'Bearer', expires_in: 60 });
    entra.failAt(2, { kind: 'malformed', body });
    const now = () => 1_800_000_000_000;
    const { expiresAt } = await ofEntra({
      workspaceResourceId: '/subscriptions/s',
      now,
    }).getToken();
    expect(expiresAt).toBe(now() + 60_000);
  });

  test.each(['file', 'env', 'function'])('takes an assertion from a %s', async (kind) => {
    const file = join(folder, 'assertion');
    await writeFile(file, 'an.assertion.of-github\n');
    const sources = {
      file: { file },
      env: { env: 'ASSERTION' },
      function: async () => 'an.assertion.of-github',
    };
    const clientAssertion = sources[kind as keyof typeof sources];
    const env = { ASSERTION: 'an.assertion.of-github' };
    const { token } = await ofEntra({ clientAssertion, env }).getToken();
    expect(await whoIs(token)).toBe(APP);
    expect(masked.map(({ value }) => value)).toContain('an.assertion.of-github');
  });

  const passing: [string, string][] = [
    ['no JSON', 'Bad Request'],
    ['an unknown error', '{"error":"server_error"}'],
    ['a busy service', '{"error":"temporarily_unavailable"}'],
    ['a number that passes', '{"error":"invalid_request","error_codes":[90033]}'],
  ];
  test.each(passing)('is asked again after a 400 with %s, and not for ever', async (_, body) => {
    entra.failAt(1, { kind: 'malformed', status: 400, body });
    await ofEntra().getToken();
    expect(entra.journal).toHaveLength(2);
    for (const n of [1, 2, 3, 4]) entra.failAt(n, { kind: 'malformed', status: 400, body });
    await expect(ofEntra().getToken()).rejects.toThrow('status 400');
    expect(entra.journal).toHaveLength(6);
  });

  const final: [string, number, string, string][] = [
    [
      'a wrong secret',
      401,
      '{"error":"invalid_client","error_codes":[7000215]}',
      'invalid_client, AADSTS7000215',
    ],
    ['a wrong secret as 400', 400, '{"error":"invalid_client"}', '(invalid_client)'],
    [
      'an unknown application',
      400,
      '{"error":"unauthorized_client","error_codes":[700016]}',
      'AADSTS700016',
    ],
    [
      'a final number and an unknown word',
      400,
      '{"error":"x","error_codes":[700016]}',
      '(AADSTS700016)',
    ],
    [
      'a final number beside one that passes',
      400,
      '{"error_codes":[90033,7000215]}',
      'AADSTS7000215',
    ],
    ['a wrong scope', 400, '{"error":"invalid_scope"}', '(invalid_scope)'],
  ];
  test.each(final)('is not asked again after %s', async (_, status, body, message) => {
    entra.failAt(1, { kind: 'malformed', status, body });
    await expect(ofEntra().getToken()).rejects.toThrow(message);
    expect(entra.journal).toHaveLength(1);
  });

  test.each([
    ['no proof', { clientSecret: undefined }],
    ['two proofs', { clientAssertion: { env: 'A' }, clientSecret: 'both' }],
    ['no client', { clientId: '' }],
    ['no tenant', { tenantId: '' }],
  ] as [string, Partial<EntraOptions>][])('needs to know the client: %s', (_, options) => {
    expect(() => ofEntra(options)).toThrow(TypeError);
  });

  test.each([
    { tenantId: 'a/b' },
    { tenantId: '..' },
    { tenantId: 'a?b' },
    { authority: 'http://login.example.org' },
    { authority: 'https://user@login.example.org' },
    { authority: 'login' },
    { authority: 'ftp://127.0.0.1' },
    { authority: 'https://:pass@login.example.org' },
  ])('is asked at a safe address only: %o', (options) => {
    expect(() => ofEntra(options)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID' }) as Error,
    );
  });
});

describe('a workload', () => {
  const own = (env: Record<string, string>, options = {}) =>
    createWorkloadIdentityProvider({ host: workspace.origin, env, ...common(), ...options });

  test.each([
    ['DATABRICKS_OIDC_TOKEN', { DATABRICKS_OIDC_TOKEN: 'a.ci.token' }],
    ['the variable that is named', { DATABRICKS_OIDC_TOKEN_ENV: 'CI', CI: 'a.ci.token' }],
  ])('exchanges the token of %s', async (_, env) => {
    const { token } = await own(env as unknown as Record<string, string>).getToken();
    expect(await whoIs(token)).toBe(APP);
    expect(masked.map(({ value }) => value)).toContain('a.ci.token');
    const form = new URLSearchParams(
      workspace.journal.find(({ method }) => method === 'POST')?.body,
    );
    expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:token-exchange');
    expect(form.has('client_id')).toBe(false);
  });

  test('reads its file anew for each token', async () => {
    const file = join(folder, 'token');
    await writeFile(file, 'of.another.day');
    const tokens = own(
      {},
      { subjectToken: { file }, clientId: APP, cache: { failurePauseSeconds: 0 } },
    );
    await expect(tokens.getToken()).rejects.toThrow('invalid_grant');
    await writeFile(file, 'a.ci.token\n');
    expect(await whoIs((await tokens.getToken()).token)).toBe(APP);
  });

  test.each([
    ['variable', undefined, 'the variable `DATABRICKS_OIDC_TOKEN`'],
    ['file', { file: '/nowhere/token' }, 'the file `/nowhere/token`'],
    ['function', async () => '', 'the token function'],
  ])('without a token in its %s is told so', async (_, subjectToken, message) => {
    const tokens = own({}, { subjectToken });
    await expect(tokens.getToken()).rejects.toThrow(`no token: ${message} has none`);
    expect(workspace.journal).toEqual([]);
  });
});

describe('a token provider', () => {
  test.each([
    { maxAttempts: 0 },
    { maxAttempts: 1.5 },
    { maxAttempts: Number.NaN },
    { maxAttempts: Number.POSITIVE_INFINITY },
    { requestTimeoutSeconds: 0 },
    { requestTimeoutSeconds: Number.NaN },
    { requestTimeoutSeconds: 1e9 },
  ])('takes no %o', (options) => {
    expect(() => m2m(options)).toThrow(TypeError);
    expect(() => ofEntra(options)).toThrow(TypeError);
  });

  test.each(['a\r\nx-forged: 1', 'a b', '', 'ä'])('gives no token %j', async (token) => {
    const body = JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: 60 });
    workspace.failAt(1, { kind: 'malformed', body }, { path: '/oidc/v1/token' });
    const error = await m2m()
      .getToken()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'ERR_CREDENTIAL_UNAVAILABLE',
      message: 'no token: the token endpoint answers without an access token',
    });
    expect(workspace.journal.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  test('keeps what a client of its own fails with to itself, and asks again', async () => {
    let asked = 0;
    const httpClient = async (): Promise<never> => {
      asked += 1;
      const config = { headers: { authorization: SECRET }, data: SECRET };
      throw Object.assign(new Error(`POST with ${SECRET}`), { code: 'ECONNABORTED', config });
    };
    const error = await m2m({ httpClient })
      .getToken()
      .catch((reason: unknown) => reason);
    const address = `${workspace.origin}/.well-known/databricks-config`;
    expect(error).toMatchObject({
      code: 'ERR_CREDENTIAL_UNAVAILABLE',
      message: `no token: \`${address}\` cannot be reached (ECONNABORTED)`,
    });
    expect(holdsSecret(SECRET, inspect(error, { depth: 10, showHidden: true }))).toBe(false);
    expect(asked).toBe(4);
  });

  test('keeps what a function of its own fails with to itself', async () => {
    const clientAssertion = () => Promise.reject(new Error(`refused Bearer ${SECRET}`));
    const error = await ofEntra({ clientAssertion })
      .getToken()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'ERR_CREDENTIAL_UNAVAILABLE',
      message: 'no token: the token function failed',
    });
    expect(holdsSecret(SECRET, inspect(error, { depth: 10, showHidden: true }))).toBe(false);
    const own = new CredentialUnavailableError('no token today');
    const known = ofEntra({ clientAssertion: () => Promise.reject(own) });
    await expect(known.getToken()).rejects.toBe(own);
  });
});

describe('a token that was made', () => {
  test('is given until its end', async () => {
    let now = 0;
    const tokens = createStaticTokenProvider('dapi123', { expiresAt: 10, now: () => now });
    await expect(tokens.getToken()).resolves.toEqual({ token: 'dapi123', expiresAt: 10 });
    now = 10;
    await expect(tokens.getToken()).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_UNAVAILABLE' });
    await expect(tokens.getToken({ signal: AbortSignal.abort(new Error('left')) })).rejects.toThrow(
      'left',
    );
  });

  test('without an end is given for ever', async () => {
    const { expiresAt } = await createStaticTokenProvider('dapi123').getToken();
    expect(expiresAt).toBe(Number.POSITIVE_INFINITY);
  });

  test.each(['', 'a b', 'a\nb', 'ä'])('must be one that can stand in a header: %j', (token) => {
    expect(() => createStaticTokenProvider(token)).toThrow(TypeError);
  });
});
