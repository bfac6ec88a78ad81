import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHttpClient, type HttpClient, HttpError } from '../../../../src/net/http-client.js';
import {
  createOAuthM2MProvider,
  createStaticTokenProvider,
  type TokenProvider,
} from '../../../../src/platforms/databricks/tokens/index.js';
import {
  createWorkspaceClient,
  type WorkspaceClient,
  type WorkspaceClientOptions,
  type WorkspaceRequest,
} from '../../../../src/platforms/databricks/workspace/index.js';
import {
  type FakeWorkspace,
  type Fault,
  startFakeWorkspace,
} from '../../../support/databricks/index.js';
import { holdsSecret } from '../../../support/find-secret.js';

const SECRET = 'the-secret-of-the-app';
const READ: WorkspaceRequest = { method: 'GET', path: '/api/2.0/secrets/scopes/list' };
const CREATE: WorkspaceRequest = {
  method: 'POST',
  path: '/api/2.0/token/create',
  body: { comment: 'c' },
};
const PUT_ACL: WorkspaceRequest = {
  method: 'POST',
  path: '/api/2.0/secrets/acls/put',
  body: { scope: 's', principal: 'users', permission: 'READ' },
  idempotent: true,
};

let workspace: FakeWorkspace;
let pauses: number[];

beforeEach(async () => {
  pauses = [];
  workspace = await startFakeWorkspace({
    servicePrincipals: [{ applicationId: 'app', secret: SECRET, groups: ['admins'] }],
  });
  await client().secrets.createScope('s');
  workspace.clearFaults();
});

afterEach(() => workspace.stop());

function client(options: Partial<WorkspaceClientOptions> = {}): WorkspaceClient {
  return createWorkspaceClient({
    host: workspace.origin,
    caCertPath: workspace.caCertPath,
    tokens: createStaticTokenProvider(workspace.adminToken, { redaction: () => {} }),
    sleep: async (milliseconds) => void pauses.push(milliseconds),
    redaction: () => {},
    ...options,
  });
}

function oauth(): TokenProvider {
  const { origin: host, caCertPath } = workspace;
  const redaction = () => {};
  return createOAuthM2MProvider({
    host,
    caCertPath,
    redaction,
    clientId: 'app',
    clientSecret: SECRET,
  });
}

const sent = (path: string) => workspace.journal.filter((entry) => entry.path === path);
const busy: Fault = { kind: 'status', status: 503, errorCode: 'TEMPORARILY_UNAVAILABLE' };
const limited: Fault = {
  kind: 'status',
  status: 429,
  retryAfter: '3',
  errorCode: 'REQUEST_LIMIT_EXCEEDED',
};

describe('a failure that passes', () => {
  test.each([
    ['GET', READ, busy, 2],
    ['GET', READ, { kind: 'kill-before' }, 2],
    ['GET', READ, { kind: 'kill-after' }, 2],
    ['GET', READ, limited, 2],
    ['a POST that may be done twice', PUT_ACL, busy, 2],
    ['a POST that may be done twice', PUT_ACL, { kind: 'kill-after' }, 2],
    ['a POST that may not, which was not done', CREATE, limited, 2],
  ] as [string, WorkspaceRequest, Fault, number][])(
    '%s: is asked again (%#)',
    async (_, request, fault, times) => {
      const before = sent(request.path).length;
      workspace.failAt(1, fault);
      await client().request(request);
      expect(sent(request.path).length - before).toBe(times);
      expect(pauses).toHaveLength(1);
      if (fault === limited) expect(pauses).toEqual([3000]);
    },
  );

  test('is asked again where the method is one that may be done twice', async () => {
    const mine = client();
    const { token_info: info } = await mine.tokens.create();
    workspace.failAt(1, busy);
    await mine.permissions.patch('authorization', 'tokens', []);
    workspace.failAt(1, busy);
    await mine.tokens.delete(info.token_id);
    workspace.failAt(1, busy);
    await expect(mine.secrets.createScope('t')).rejects.toMatchObject({ status: 503 });
    expect(pauses).toHaveLength(2);
  });

  test.each([
    ['503', busy, 503, 'TEMPORARILY_UNAVAILABLE'],
    ['a lost connection', { kind: 'kill-before' }, 0, undefined],
    ['a lost answer', { kind: 'kill-after' }, 0, undefined],
  ] as [string, Fault, number, string | undefined][])(
    '%s: a token is never created a second time',
    async (_, fault, status, errorCode) => {
      workspace.failAt(1, fault);
      await expect(client().tokens.create()).rejects.toMatchObject({
        code: 'ERR_WORKSPACE',
        retriable: true,
        status,
        errorCode,
      });
      expect(sent(CREATE.path)).toHaveLength(1);
      expect((await client().tokens.list()).length).toBe(fault.kind === 'kill-after' ? 1 : 0);
    },
  );

  test.each([
    ['whose connection was never made', true, 2],
    ['whose connection broke', false, 1],
  ])('a POST %s is sent so often', async (_, notSent, times) => {
    const own = createHttpClient({ caCertPath: workspace.caCertPath, timeoutSeconds: 10 });
    let attempts = 0;
    const httpClient: HttpClient = async (request) => {
      attempts += 1;
      if (attempts === 1) throw new HttpError('the server cannot be reached', { notSent });
      return own(request);
    };
    const asked = client({ httpClient }).request(CREATE);
    if (notSent) await asked;
    else await expect(asked).rejects.toMatchObject({ code: 'ERR_WORKSPACE', status: 0 });
    expect(attempts).toBe(times);
  });

  test('is not waited for where the service asks for longer than a request waits', async () => {
    workspace.failAt(1, { ...limited, retryAfter: '60' } as Fault);
    await expect(client().request(READ)).rejects.toMatchObject({
      code: 'ERR_WORKSPACE',
      status: 429,
      retriable: true,
      message: expect.stringContaining('asks to come back in 60 s') as string,
    });
    expect(pauses).toEqual([]);
  });

  test('is given up at last', async () => {
    for (const n of [1, 2, 3, 4, 5]) workspace.failAt(n, limited);
    await expect(client().request(READ)).rejects.toMatchObject({ status: 429, retriable: true });
    expect(sent(READ.path)).toHaveLength(4);
    expect(pauses).toHaveLength(3);
  });
});

describe('an answer', () => {
  test.each([
    ['no JSON', 'Sign in', 200],
    ['a list', '[]', 200],
    ['half of it', '{"scopes":[', 200],
  ])('that is %s is an error', async (_, body, status) => {
    workspace.failAt(1, { kind: 'malformed', body });
    await expect(client().request(READ)).rejects.toMatchObject({
      code: 'ERR_WORKSPACE',
      status,
      retriable: false,
    });
  });

  test('that is empty is an empty object', async () => {
    workspace.failAt(1, { kind: 'malformed', body: '' });
    await expect(client().request(READ)).resolves.toEqual({});
  });

  test('of another form names the field and not what is in it', async () => {
    workspace.failAt(1, { kind: 'malformed', body: `{"scopes":[{"name":["${SECRET}"]}]}` });
    const error = (await client()
      .secrets.listScopes()
      .catch((reason: unknown) => reason)) as Error;
    expect(error.message).toBe(
      'the workspace answers a list of scopes with an unusable `scopes.0.name`',
    );
    expect(holdsSecret(SECRET, inspect(error))).toBe(false);
  });

  test.each([
    ['the words of the service', 404, 'RESOURCE_DOES_NOT_EXIST', 'RESOURCE_DOES_NOT_EXIST', false],
    ['a number', 400, '400', undefined, false],
    ['a text that is no code', 400, SECRET, undefined, false],
    ['its busy state', 500, 'INTERNAL_ERROR', 'INTERNAL_ERROR', true],
  ] as const)(
    'with %s as the code of its error',
    async (_, status, given, errorCode, retriable) => {
      workspace.failAt(1, { kind: 'status', status, errorCode: given, message: SECRET });
      const error: unknown = await client({ maxAttempts: 1 })
        .request(READ)
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'ERR_WORKSPACE', status, errorCode, retriable });
      expect(holdsSecret(SECRET, inspect(error, { depth: 10 }))).toBe(false);
    },
  );

  test('that does not come is waited for so long', async () => {
    workspace.failAt(1, { kind: 'hang' });
    const hasty = client({ requestTimeoutSeconds: 0.1, maxAttempts: 1 });
    await expect(hasty.request(READ)).rejects.toMatchObject({ status: 0, retriable: true });
  });
});

describe('a token', () => {
  test('that is refused is asked for anew, once', async () => {
    const tokens = oauth();
    const mine = client({ tokens });
    await mine.request(READ);
    workspace.failAt(1, { kind: 'status', status: 401, errorCode: '401' }, { path: READ.path });
    await mine.request(READ);
    expect(sent('/oidc/v1/token')).toHaveLength(2);
    expect(new Set(sent(READ.path).map(({ headers }) => headers.authorization)).size).toBe(2);
    for (const n of [1, 2])
      workspace.failAt(n, { kind: 'status', status: 401 }, { path: READ.path });
    await expect(mine.request(READ)).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_UNAVAILABLE' });
    expect(sent('/oidc/v1/token')).toHaveLength(3);
  });

  test('that is refused to many at the same time is asked for anew once', async () => {
    const tokens = oauth();
    const mine = client({ tokens });
    await mine.request(READ);
    const before = sent(READ.path).length;
    for (let n = 1; n <= 30; n++) {
      workspace.failAt(n, { kind: 'status', status: 401 }, { path: READ.path });
    }
    await Promise.all(Array.from({ length: 30 }, () => mine.request(READ)));
    expect(sent(READ.path).length - before).toBe(60);
    expect(sent('/oidc/v1/token')).toHaveLength(2);
  });

  test('that is refused is not kept, the second one either', async () => {
    const given: string[] = [];
    const discarded: string[] = [];
    const tokens: TokenProvider = {
      getToken: async () => {
        given.push(`wrong-${given.length}`);
        return { token: String(given.at(-1)), expiresAt: Number.POSITIVE_INFINITY };
      },
      discard: ({ token }) => discarded.push(token),
    };
    await expect(client({ tokens }).request(READ)).rejects.toMatchObject({
      code: 'ERR_CREDENTIAL_UNAVAILABLE',
    });
    expect(given).toEqual(['wrong-0', 'wrong-1']);
    expect(discarded).toEqual(given);
  });

  test('that stays the same is not sent again, and not in the error', async () => {
    const pat = `dapi${'0'.repeat(32)}`;
    const tokens = createStaticTokenProvider(pat, { redaction: () => {} });
    const error: unknown = await client({ tokens })
      .request(READ)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'ERR_CREDENTIAL_UNAVAILABLE',
      message:
        'the workspace does not accept the token for `GET /api/2.0/secrets/scopes/list` (status 403)',
    });
    expect(holdsSecret(pat, inspect(error))).toBe(false);
    expect(sent(READ.path)).toHaveLength(1);
  });

  test('that is accepted and may not do it is another error', async () => {
    workspace.failAt(1, { kind: 'status', status: 403, errorCode: 'PERMISSION_DENIED' });
    await expect(client().request(READ)).rejects.toMatchObject({
      code: 'ERR_WORKSPACE',
      status: 403,
      errorCode: 'PERMISSION_DENIED',
      retriable: false,
    });
  });

  test('goes with the headers that it needs', async () => {
    const headers = { 'X-Databricks-Azure-Workspace-Resource-Id': '/subscriptions/s' };
    const token = { token: workspace.adminToken, expiresAt: Number.POSITIVE_INFINITY, headers };
    await client({ tokens: { getToken: async () => token } }).request(READ);
    expect(sent(READ.path)[0]?.headers['x-databricks-azure-workspace-resource-id']).toBe(
      '/subscriptions/s',
    );
  });

  test.each([
    '//evil.example/api',
    'https://evil.example/api',
    '/\\evil.example/api',
    '/api/../../oidc',
    'api/2.0',
    '/api?token=x',
    '/api#x',
    '',
  ])('is not sent to %j', async (path) => {
    await expect(client().request({ method: 'GET', path })).rejects.toThrow(TypeError);
  });

  test.each(['http://dbc-1.example.com', 'https://u:p@dbc-1.example.com', ''])(
    'is not sent to the host %j',
    (host) => {
      expect(() => client({ host })).toThrow('the host of the workspace');
    },
  );
});

test('a signal ends the wait and the repetitions', async () => {
  const controller = new AbortController();
  workspace.failAt(1, busy);
  const mine = client({ sleep: async () => controller.abort(new Error('left')) });
  await expect(mine.request({ ...READ, signal: controller.signal })).rejects.toThrow('left');
  expect(sent(READ.path)).toHaveLength(1);
});

describe('the number of the workspace', () => {
  test('is that of its answers', async () => {
    expect(await client().getWorkspaceId()).toBe('1234567890123456');
  });

  test.each([undefined, {}, { 'x-databricks-org-id': 'none' }, { 'x-databricks-org-id': '' }])(
    'is an error where it is not said: %o',
    async (headers) => {
      const answer = { status: 200, retryAfter: undefined, body: '{}', headers };
      const silent = client({ httpClient: async () => answer });
      await expect(silent.getWorkspaceId()).rejects.toMatchObject({ code: 'ERR_WORKSPACE' });
    },
  );
});

test.each([
  { maxAttempts: 0 },
  { maxAttempts: Number.NaN },
  { maxAttempts: Number.POSITIVE_INFINITY },
  { requestTimeoutSeconds: 0 },
  { requestTimeoutSeconds: Number.NaN },
  { tokens: undefined as never },
  { tokens: 'dapi0' as never },
])('is not made of %o', (options) => {
  expect(() => client(options)).toThrow(TypeError);
});

test('a signal ends a pause with its own reason', async () => {
  const controller = new AbortController();
  const reason = new Error('left');
  workspace.failAt(1, { ...limited, retryAfter: '10' });
  const asking = client({ sleep: undefined }).request({ ...READ, signal: controller.signal });
  // By then the answer is there, or the request ends: either way with the same reason.
  setTimeout(() => controller.abort(reason), 50);
  await expect(asking).rejects.toBe(reason);
});

test.each([0, -1, 1.5, Number.NaN])('maxPages must be a whole number above 0: %d', (maxPages) => {
  expect(() => client({ maxPages })).toThrow(TypeError);
});
