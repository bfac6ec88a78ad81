import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuthConfig } from '../../src/config/auth-config.js';
import {
  createTokenSource,
  type IdentitySecret,
  type TokenSourceOptions,
} from '../../src/identity/index.js';
import { clientConfig, FakeProvider, NOW, sendJson, serverConfig } from './fake-provider.js';

let provider: FakeProvider;
let folder: string;
let seconds: number;
let pauses: number[];

beforeEach(async () => {
  provider = await new FakeProvider().start();
  folder = await mkdtemp(join(tmpdir(), 'feast-permissions-token-'));
  seconds = NOW;
  pauses = [];
});

afterEach(async () => {
  await provider.stop();
  await rm(folder, { recursive: true });
});

describe('order of the sources', () => {
  const kubernetes = { type: 'kubernetes', userToken: 'user' } as const;
  const env = { FEAST_OIDC_TOKEN: 'feast', LOCAL_K8S_TOKEN: 'local', MINE: 'mine', EMPTY: '' };
  const own = { getToken: async () => 'own' };

  it.each([
    ['the function of the program', clientConfig({ token: 'token' }), own, 'own'],
    ['oidc: token', clientConfig({ token: 'token', tokenEnvVar: 'MINE' }), {}, 'token'],
    ['oidc: the named variable', clientConfig({ tokenEnvVar: 'MINE' }), {}, 'mine'],
    ['oidc: FEAST_OIDC_TOKEN', clientConfig({}), {}, 'feast'],
    ["oidc: a server's section", serverConfig({}), {}, 'feast'],
    ['oidc: the mounted file', clientConfig({}), { env: {} }, 'mounted'],
    ['kubernetes: user_token', kubernetes, {}, 'user'],
    ['kubernetes: the mounted file', { ...kubernetes, userToken: undefined }, {}, 'mounted'],
    [
      'kubernetes: LOCAL_K8S_TOKEN',
      { ...kubernetes, userToken: '' },
      { serviceAccountTokenPath: '/nowhere/token' },
      'local',
    ],
  ] as [string, AuthConfig, TokenSourceOptions, string][])(
    '%s',
    async (_, auth, options, token) => {
      const serviceAccountTokenPath = await write('mounted', 'mounted\n');
      const { getToken } = createTokenSource(auth, { env, serviceAccountTokenPath, ...options });
      expect(await getToken()).toBe(token);
    },
  );

  it.each([
    ['the named variable is empty', clientConfig({ tokenEnvVar: 'EMPTY' }), '`EMPTY`'],
    ['the named variable is missing', clientConfig({ tokenEnvVar: 'toString' }), '`toString`'],
    ['there is nothing', clientConfig({}), 'no configured token source returned a token'],
    [
      'there is nothing in Kubernetes',
      { type: 'kubernetes', userToken: undefined },
      'no configured token source',
    ],
  ] as [string, AuthConfig, string][])('ends where %s', async (_, auth, message) => {
    const variables = Object.assign(Object.create(null), { EMPTY: '' }) as Record<string, string>;
    const { getToken } = createTokenSource(auth, {
      env: variables,
      serviceAccountTokenPath: '/nowhere/token',
    });
    await expect(getToken()).rejects.toMatchObject({
      code: 'ERR_CREDENTIAL_UNAVAILABLE',
      message: expect.stringContaining(message) as string,
    });
  });

  it('is absent without authentication, or with half of the credentials', () => {
    expect(() => createTokenSource({ type: 'no_auth' })).toThrow('which uses no tokens');
    expect(() => createTokenSource({} as AuthConfig)).toThrow(TypeError);
    expect(() => createTokenSource(clientConfig({ clientSecret: 'x' }))).toThrow('incomplete');
  });
});

describe('a token file', () => {
  it('is read again when it changes', async () => {
    const tokenFile = await write('token', ' one\n');
    const { getToken } = createTokenSource(clientConfig({}), { tokenFile });
    expect(await getToken()).toBe('one');
    await write('token', 'two');
    expect(await getToken()).toBe('two');
  });

  it.each([
    ['is empty', ' \n', 'is empty'],
    ['is too long', 'x'.repeat(64 * 1024 + 1), 'has more than 65536 bytes'],
  ])('that %s is an error', async (_, content, message) => {
    const tokenFile = await write('token', content);
    const { getToken } = createTokenSource(clientConfig({}), { tokenFile });
    await expect(getToken()).rejects.toThrow(message);
  });

  it.each([
    ['is missing', 'missing', 'has none'],
    ['is a folder', '.', 'cannot be read (EISDIR)'],
  ])('that %s is an error', async (_, name, message) => {
    const tokenFile = join(folder, name);
    const { getToken } = createTokenSource(clientConfig({}), { tokenFile });
    await expect(getToken()).rejects.toThrow(message);
  });
});

describe('a function of the program', () => {
  it('is asked again shortly before the end of its token', async () => {
    let asked = 0;
    const getToken = async (): Promise<{ token: string; expiresAt: number }> => {
      asked += 1;
      return { token: `token-${asked}`, expiresAt: (seconds + 100) * 1000 };
    };
    const source = createTokenSource(clientConfig({}), { getToken, now: () => seconds * 1000 });
    expect(await source.getToken()).toBe('token-1');
    seconds += 69;
    expect(await source.getToken()).toBe('token-1');
    seconds += 1;
    expect(await source.getToken()).toBe('token-2');
  });

  it('is asked each time where no end is known', async () => {
    let asked = 0;
    const { getToken } = createTokenSource(clientConfig({}), {
      getToken: async () => `opaque ${++asked}`,
    });
    expect(await getToken()).toBe('opaque 1');
    expect(await getToken()).toBe('opaque 2');
  });

  it.each(['', undefined, null, 5, { token: '' }])('must give a token, not %j', async (given) => {
    const { getToken } = createTokenSource(clientConfig({}), {
      getToken: async () => given as string,
    });
    await expect(getToken()).rejects.toThrow();
  });
});

describe('client credentials', () => {
  const SECRET = 'client secret: 100% + ä';

  it('are sent in the header, encoded as in a form', async () => {
    const seen: [URLSearchParams, IncomingMessage][] = [];
    provider.answerToken = (...request) => {
      seen.push(request);
      return [200, { access_token: 'granted', token_type: 'Bearer', expires_in: 300 }];
    };
    expect(await create().getToken()).toBe('granted');
    const [form, { headers, method }] = seen[0] as (typeof seen)[0];
    expect(method).toBe('POST');
    expect(Object.fromEntries(form)).toEqual({ grant_type: 'client_credentials' });
    const pair = Buffer.from(headers.authorization?.slice(6) ?? '', 'base64').toString();
    expect(pair).toBe('feast-server:client+secret%3A+100%25+%2B+%C3%A4');
  });

  it('are sent in the form where the provider takes nothing else, with the scope', async () => {
    provider.metadata = { token_endpoint_auth_methods_supported: ['client_secret_post'] };
    let form = new URLSearchParams();
    provider.answerToken = (sent, { headers }) => {
      form = sent;
      expect(headers.authorization).toBeUndefined();
      return [200, { access_token: 'granted' }];
    };
    await create({}, { scope: 'feast read' }).getToken();
    expect(Object.fromEntries(form)).toEqual({
      grant_type: 'client_credentials',
      client_id: 'feast-server',
      client_secret: SECRET,
      scope: 'feast read',
    });
  });

  it('come with the user for the password grant', async () => {
    let form = new URLSearchParams();
    provider.answerToken = (sent) => {
      form = sent;
      return [200, { access_token: 'granted', expires_in: '300' }];
    };
    await create({ username: 'alice', password: 'p&=ä' }).getToken();
    expect(Object.fromEntries(form)).toEqual({
      grant_type: 'password',
      username: 'alice',
      password: 'p&=ä',
    });
  });

  it('are used once for a thousand who wait, and again at the margin', async () => {
    grantNumbered(300);
    const { getToken } = create({ tokenRefreshMarginSeconds: 60 });
    const tokens = await Promise.all(Array.from({ length: 1000 }, () => getToken()));
    expect(new Set(tokens)).toEqual(new Set(['token-1']));
    expect(provider.count('/token')).toBe(1);
    seconds += 239;
    expect(await getToken()).toBe('token-1');
    seconds += 1;
    expect(await getToken()).toBe('token-2');
  });

  it('are used each time with an infinite margin', async () => {
    grantNumbered(300);
    const { getToken } = create({ tokenRefreshMarginSeconds: Number.POSITIVE_INFINITY });
    expect(await getToken()).toBe('token-1');
    expect(await getToken()).toBe('token-2');
  });

  it('take the end of a token from the token where the provider does not say', async () => {
    const payload = Buffer.from(JSON.stringify({ exp: NOW + 100 })).toString('base64url');
    provider.answerToken = () => [200, { access_token: `e30.${payload}.${'A'.repeat(4)}` }];
    const { getToken } = create();
    await getToken();
    seconds += 69;
    await getToken();
    expect(provider.count('/token')).toBe(1);
    seconds += 1;
    await getToken();
    expect(provider.count('/token')).toBe(2);
  });

  it('keep the token at hand while the provider is down', async () => {
    grantNumbered(300);
    const { getToken } = create({}, { maxAttempts: 1 });
    await getToken();
    await provider.stop();
    seconds += 280;
    expect(await getToken()).toBe('token-1');
    expect(await getToken()).toBe('token-1');
    seconds += 20;
    await expect(getToken()).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_UNAVAILABLE' });
    await provider.start();
    expect(await getToken()).toBe('token-2');
  });

  it.each([429, 500, 502, 503, 504])('are sent again after a status of %i', async (status) => {
    let attempts = 0;
    provider.answerToken = () =>
      ++attempts < 4 ? [status, {}] : [200, { access_token: 'granted', expires_in: 300 }];
    expect(await create().getToken()).toBe('granted');
    expect(pauses).toHaveLength(3);
    const [first = 0, second = 0, third = 0] = pauses;
    expect(first).toBeGreaterThanOrEqual(125);
    expect(second).toBeGreaterThanOrEqual(250);
    expect(third).toBeLessThanOrEqual(1000);
  });

  it.each([
    ['seconds', '3', 3000],
    ['a date', new Date((NOW + 5) * 1000).toUTCString(), 5000],
    ['a date that is past', new Date((NOW - 5) * 1000).toUTCString(), 0],
  ])('wait as the provider asks: %s', async (_, header, pause) => {
    let attempts = 0;
    provider.misbehave = (request, response) => {
      if (!request.url?.endsWith('/token')) return false;
      attempts += 1;
      if (attempts > 1) return false;
      response.setHeader('retry-after', header);
      sendJson(response, 429, {});
      return true;
    };
    grantNumbered(300);
    await create().getToken();
    expect(pauses).toEqual([pause]);
  });

  it('are sent again without an answer, a limited number of times', async () => {
    await provider.stop();
    const error = await expectUnavailable(create());
    expect(error.message).toContain('cannot be reached (ECONNREFUSED)');
    expect(pauses).toHaveLength(3);
  });

  it.each([
    [
      'the client',
      401,
      { error: 'invalid_client', error_description: SECRET },
      '401 (invalid_client)',
    ],
    ['the user', 400, { error: 'invalid_grant' }, '400 (invalid_grant)'],
    ['for a reason of its own', 400, { error: SECRET }, 'status 400'],
    ['without a token', 200, { token_type: 'Bearer' }, 'without an access token'],
    ['with a list', 200, [], 'without an access token'],
    ['with two headers', 200, { access_token: 'x\r\ny: z' }, 'without an access token'],
    [
      'with another kind',
      200,
      { access_token: 'x', token_type: 'DPoP' },
      'of a type other than `Bearer`',
    ],
  ])('that are refused are not sent again: %s', async (_, status, answer, message) => {
    provider.answerToken = () => [status, answer];
    const error = await expectUnavailable(create());
    expect(error.message).toContain(message);
    expect(provider.count('/token')).toBe(1);
  });

  it('are not sent after a redirect, nor to a provider of another name', async () => {
    provider.misbehave = (request, response) => {
      if (!request.url?.endsWith('/token')) return false;
      response.writeHead(307, { location: '/attacker' });
      response.end();
      return true;
    };
    const redirected = await expectUnavailable(create());
    expect(redirected.message).toContain('answers a POST with a redirect');
    provider.metadata = { issuer: 'https://attacker.example' };
    const before = provider.count('/token');
    await expectUnavailable(create());
    expect(provider.count('/token')).toBe(before);
    expect(provider.count('/attacker')).toBe(0);
  });

  it('need a token endpoint', async () => {
    provider.metadata = { token_endpoint: undefined };
    expect((await expectUnavailable(create())).message).toContain('has no `token_endpoint`');
  });

  it('and what they give are registered to be masked', async () => {
    const secrets: IdentitySecret[] = [];
    grantNumbered(300);
    const redaction = (secret: IdentitySecret): unknown => secrets.push(secret);
    const { getToken } = create({ username: 'alice', password: 'p4ssw0rd' }, { redaction });
    await getToken();
    await getToken();
    expect(secrets).toEqual([
      { name: 'client-secret', value: SECRET },
      { name: 'client-secret', value: 'client+secret%3A+100%25+%2B+%C3%A4' },
      { name: 'password', value: 'p4ssw0rd' },
      { name: 'token', value: 'token-1', lifetimeSeconds: 300 },
    ]);
  });

  it('that a server refused are not used again', async () => {
    grantNumbered(300);
    const source = create();
    const first = await source.getToken();
    source.invalidate('another token');
    expect(await source.getToken()).toBe(first);
    source.invalidate(first);
    expect(await Promise.all([source.getToken(), source.getToken()])).toEqual([
      'token-2',
      'token-2',
    ]);
    // A late answer to a request with the first one does not end the second.
    source.invalidate(first);
    expect(await source.getToken()).toBe('token-2');
  });

  it('that a server refused are not used even without an alternative', async () => {
    grantNumbered(300);
    const source = create();
    source.invalidate(await source.getToken());
    provider.answerToken = () => [400, { error: 'invalid_client' }];
    await expectUnavailable(source);
  });

  it("of a function of one's own are asked for again once they were refused", async () => {
    let count = 0;
    const source = createTokenSource(clientConfig({}), {
      getToken: async () => ({ token: `own-${++count}`, expiresAt: Date.now() + 3_600_000 }),
    });
    expect([await source.getToken(), await source.getToken()]).toEqual(['own-1', 'own-1']);
    source.invalidate('own-1');
    expect(await source.getToken()).toBe('own-2');
  });

  it('are taken back when another takes their place, if their expiry is unknown', async () => {
    const live = new Map<string, number>();
    const redaction = ({ value, lifetimeSeconds }: IdentitySecret): unknown => {
      if (lifetimeSeconds !== undefined) return undefined;
      live.set(value, (live.get(value) ?? 0) + 1);
      return () => live.delete(value);
    };
    let count = 0;
    const source = { getToken: async () => `opaque token ${++count}`, redaction };
    const { getToken } = createTokenSource(clientConfig({}), source);
    for (let times = 0; times < 20; times++) await getToken();
    expect([...live]).toEqual([['opaque token 20', 1]]);
  });

  function create(
    overrides: Parameters<typeof clientConfig>[0] = {},
    options: TokenSourceOptions = {},
  ): ReturnType<typeof createTokenSource> {
    const auth = clientConfig({
      authDiscoveryUrl: provider.discoveryUrl,
      clientSecret: SECRET,
      ...overrides,
    });
    return createTokenSource(auth, {
      now: () => seconds * 1000,
      sleep: async (milliseconds) => {
        pauses.push(milliseconds);
      },
      ...options,
    });
  }

  async function expectUnavailable(source: ReturnType<typeof createTokenSource>): Promise<Error> {
    const error: unknown = await source.getToken().catch((one: unknown) => one);
    expect(error).toMatchObject({ code: 'ERR_CREDENTIAL_UNAVAILABLE' });
    expect(inspect(error, { depth: 10 })).not.toContain(SECRET);
    return error as Error;
  }
});

function grantNumbered(lifetime: number): void {
  let granted = 0;
  provider.answerToken = () => [
    200,
    { access_token: `token-${++granted}`, token_type: 'bearer', expires_in: lifetime },
  ];
}

async function write(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}
