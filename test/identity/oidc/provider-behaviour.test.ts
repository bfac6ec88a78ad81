import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Authenticator,
  type AuthenticatorOptions,
  createAuthenticator,
  SIGNATURE_ALGORITHMS,
} from '../../../src/identity/index.js';
import {
  createSigningKey,
  FakeProvider,
  NOW,
  type SigningKey,
  sendJson,
  serverConfig,
} from '../fake-provider.js';

let provider: FakeProvider;
let first: SigningKey;
let second: SigningKey;
let seconds: number;

beforeEach(async () => {
  provider = await new FakeProvider().start();
  first = await createSigningKey('first');
  second = await createSigningKey('second');
  provider.keys = [first];
  seconds = NOW;
});

afterEach(() => provider.stop());

describe('a provider that is down', () => {
  it('refuses everyone while it is down at the start, and accepts callers later without a restart', async () => {
    const token = await provider.sign();
    const authenticator = create();
    await provider.stop();
    await expectUnavailable(authenticator, token);
    await provider.start();
    // The pause after a failure: no request before its end.
    await expectUnavailable(authenticator, token);
    expect(provider.requests).toEqual([]);
    seconds += 2;
    await expectAccepted(authenticator, token);
  });

  it('later: known keys are used for a while, and no longer', async () => {
    const token = await provider.sign({ exp: NOW + 100_000 });
    const authenticator = create({ keys: { maxStaleSeconds: 600 } });
    await expectAccepted(authenticator, token);
    await provider.stop();
    seconds += 300 + 599;
    await expectAccepted(authenticator, token);
    seconds += 1;
    await expectUnavailable(authenticator, token);
    await provider.start();
    seconds += 2;
    await expectAccepted(authenticator, token);
  });

  it('later, where no stale key may be used', async () => {
    const token = await provider.sign();
    const authenticator = create({ keys: { maxStaleSeconds: 0 } });
    await expectAccepted(authenticator, token);
    await provider.stop();
    seconds += 300;
    await expectUnavailable(authenticator, token);
  });

  it('while a token names an unseen key', async () => {
    const authenticator = create();
    await expectAccepted(authenticator, await provider.sign());
    await provider.stop();
    seconds += 60;
    await expectUnavailable(authenticator, await provider.sign({}, { key: second }));
  });

  it('for a token that expired meanwhile', async () => {
    const token = await provider.sign({ exp: NOW + 400 });
    const authenticator = create();
    await expectAccepted(authenticator, token);
    await provider.stop();
    seconds += 500;
    await expectInvalid(authenticator, token);
  });
});

describe('a provider that is slow', () => {
  it('is given up after the timeout, and asked again later', async () => {
    const token = await provider.sign();
    const authenticator = create({}, { jwksRequestTimeoutSeconds: 1 });
    provider.misbehave = () => true;
    const error = await expectUnavailable(authenticator, token);
    expect(error.message).toContain('did not answer within 1 s');
    provider.misbehave = () => false;
    seconds += 2;
    await expectAccepted(authenticator, token);
  });

  it('is given up when the answer trickles', async () => {
    const timers: NodeJS.Timeout[] = [];
    provider.misbehave = (_, response) => {
      response.writeHead(200);
      timers.push(setInterval(() => response.write(' '), 10));
      return true;
    };
    const authenticator = create({}, { jwksRequestTimeoutSeconds: 0.2 });
    const error = await expectUnavailable(authenticator, await provider.sign());
    for (const timer of timers) clearInterval(timer);
    expect(error.message).toContain('did not answer within 0.2 s');
  });

  it('is asked once by a thousand who wait', async () => {
    const token = await provider.sign();
    const authenticator = create();
    await Promise.all(Array.from({ length: 1000 }, () => expectAccepted(authenticator, token)));
    expect(provider.requests).toHaveLength(2);
  });
});

describe('a provider that answers with garbage', () => {
  it.each([
    ['an error', (path: string) => (path.endsWith('certs') ? [500, {}] : undefined)],
    ['a page', () => [200, '<html>']],
    ['a list', () => [200, []]],
    ['null', () => [200, null]],
    ['no keys', (path: string) => (path.endsWith('certs') ? [200, {}] : undefined)],
    [
      'keys that are no list',
      (path: string) => (path.endsWith('certs') ? [200, { keys: {} }] : undefined),
    ],
  ] as const)('%s: refused, and accepted when it is well again', async (_, answer) => {
    const token = await provider.sign();
    const authenticator = create();
    provider.misbehave = (request, response) => {
      const given = answer(request.url ?? '');
      if (given === undefined) return false;
      sendJson(response, given[0] as number, given[1]);
      return true;
    };
    await expectUnavailable(authenticator, token);
    provider.misbehave = () => false;
    seconds += 2;
    await expectAccepted(authenticator, token);
  });

  it('does not lose the keys that it had', async () => {
    const token = await provider.sign({ exp: NOW + 100_000 });
    const authenticator = create();
    await expectAccepted(authenticator, token);
    provider.misbehave = (_, response) => {
      sendJson(response, 200, { keys: 'garbage' });
      return true;
    };
    seconds += 1000;
    await expectAccepted(authenticator, token);
  });

  it.each([
    ['more than a megabyte', 'answers with more than', (size: number) => ' '.repeat(size)],
    ['no address for its keys', 'has no `jwks_uri`', () => undefined],
  ])('%s', async (_, reason, make) => {
    provider.metadata = { jwks_uri: undefined, padding: make(1_100_000) };
    const error = await expectUnavailable(create(), await provider.sign());
    expect(error.message).toContain(reason);
  });

  it.each([
    ['that is compressed', 200, { 'content-encoding': 'gzip' }, 'compressed'],
    ['elsewhere', 302, { location: 'http://localhost:1/' }, 'redirects to another server'],
    ['nowhere', 302, { location: 'http://[' }, 'redirects without a valid address'],
    ['in a circle', 302, { location: '?again' }, 'redirects more than 3 times'],
    ['moved without saying where', 302, {}, 'status 302'],
  ])('an answer %s', async (_, status, headers, reason) => {
    provider.misbehave = (_request, response) => {
      response.writeHead(status, headers);
      response.end('{}');
      return true;
    };
    const error = await expectUnavailable(create(), await provider.sign());
    expect(error.message).toContain(reason);
  });

  it('an answer that breaks off', async () => {
    provider.misbehave = (_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{');
      setImmediate(() => response.destroy());
      return true;
    };
    await expectUnavailable(create(), await provider.sign());
  });

  it('follows a redirect within the same server', async () => {
    provider.misbehave = (request, response) => {
      if (!request.url?.endsWith('openid-configuration')) return false;
      response.writeHead(302, { location: '/moved' });
      response.end();
      provider.misbehave = (again, answer) => {
        if (again.url !== '/moved') return false;
        sendJson(answer, 200, { issuer: provider.issuer, jwks_uri: `${provider.issuer}/certs` });
        return true;
      };
      return true;
    };
    await expectAccepted(create(), await provider.sign());
  });
});

describe('keys', () => {
  it.each(SIGNATURE_ALGORITHMS)(
    'for %s are used for that, and with their own name',
    async (alg) => {
      const key = await createSigningKey('key', alg);
      provider.keys = [key];
      const authenticator = create({ algorithms: [alg] });
      await expectAccepted(authenticator, await provider.sign({}, { key }));
      const others = SIGNATURE_ALGORITHMS.filter((other) => other !== alg);
      await expectInvalid(create({ algorithms: others }), await provider.sign({}, { key }));
    },
  );

  it('may go by either name of Ed25519, and need not name an algorithm', async () => {
    const key = await createSigningKey('key', 'EdDSA');
    for (const alg of ['Ed25519', undefined]) {
      provider.keys = [{ ...key, jwk: { ...key.jwk, alg } as SigningKey['jwk'] }];
      await expectAccepted(create(), await provider.sign({}, { key }));
    }
    provider.keys = [{ ...key, jwk: { ...key.jwk, alg: 'EdDSA' } }];
    await expectAccepted(create(), await provider.sign({}, { key, header: { alg: 'Ed25519' } }));
  });

  it('are taken from a key set that has others in it', async () => {
    const weird = [
      null,
      5,
      {},
      { kty: 'oct', k: 'AAAA', kid: 'first' },
      { kty: 'AKP', kid: 'first' },
      { ...second.jwk, kid: 5 },
      { ...second.jwk, kid: undefined },
      { ...second.jwk, use: 'enc' },
      { ...second.jwk, key_ops: ['sign'] },
      { ...second.jwk, key_ops: 'verify' },
      { ...second.jwk, alg: 7 },
      { ...second.jwk, x: 5 },
    ];
    provider.misbehave = (request, response) => {
      if (!request.url?.endsWith('certs')) return false;
      sendJson(response, 200, { keys: [...weird, first.jwk, first.jwk] });
      return true;
    };
    const authenticator = create();
    await expectAccepted(authenticator, await provider.sign());
    await expectInvalid(authenticator, await provider.sign({}, { key: second }));
  });

  it('of which two fit are refused', async () => {
    provider.keys = [first, { ...second, jwk: { ...second.jwk, kid: 'first' } }];
    await expect(create().authenticate({ token: await provider.sign() })).rejects.toMatchObject({
      code: 'ERR_IDENTITY_INVALID',
      message: expect.stringContaining('several keys under the `kid` of the token'),
    });
  });

  it('that cannot be loaded verify nothing', async () => {
    provider.keys = [{ ...first, jwk: { ...first.jwk, x: 'AAAA' } }];
    const authenticator = create();
    const token = await provider.sign();
    await expectInvalid(authenticator, token);
    await expectInvalid(authenticator, token);
  });

  it('are asked for again at the end of their lifespan', async () => {
    const authenticator = create({}, { jwksCacheLifespanSeconds: 60 });
    const token = await provider.sign();
    await expectAccepted(authenticator, token);
    seconds += 59;
    await expectAccepted(authenticator, token);
    expect(provider.count('/certs')).toBe(1);
    seconds += 1;
    await expectAccepted(authenticator, token);
    expect(provider.count('/certs')).toBe(2);
  });

  it('that are new are found by the first token that names them, by one request', async () => {
    const authenticator = create();
    await expectAccepted(authenticator, await provider.sign());
    seconds += 1;
    provider.keys = [second, first];
    const token = await provider.sign({}, { key: second });
    await Promise.all(Array.from({ length: 100 }, () => expectAccepted(authenticator, token)));
    expect(provider.count('/certs')).toBe(2);
  });

  it('that are made up are asked for once in each cool-down', async () => {
    const authenticator = create();
    await expectAccepted(authenticator, await provider.sign());
    const token = await provider.sign({}, { header: { kid: 'made-up' } });
    for (let round = 0; round < 3; round++) {
      seconds += 10;
      for (let count = 0; count < 50; count++) await expectInvalid(authenticator, token);
    }
    expect(provider.count('/certs')).toBe(4);
  });

  it('that are made up do not delay a new one by more than the pause between two requests', async () => {
    const authenticator = create({ keys: { unknownKeyCooldownSeconds: 0.05 } });
    await expectAccepted(authenticator, await provider.sign());
    seconds += 1;
    await expectInvalid(authenticator, await provider.sign({}, { header: { kid: 'made-up' } }));
    provider.keys = [second, first];
    // The clock stands still: the request of the made-up key has just been answered.
    await expectAccepted(authenticator, await provider.sign({}, { key: second }));
    expect(provider.count('/certs')).toBe(3);
  });

  it('that are made up by the hundred wait for one request', async () => {
    const authenticator = create({ keys: { unknownKeyCooldownSeconds: 0.05 } });
    await expectAccepted(authenticator, await provider.sign());
    const tokens = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        provider.sign({}, { header: { kid: `made-up-${index}` } }),
      ),
    );
    await Promise.all(tokens.map((token) => expectInvalid(authenticator, token)));
    expect(provider.count('/certs')).toBe(2);
  });

  it('that are unknown to more tokens than may wait are not looked for', async () => {
    const authenticator = create({ keys: { unknownKeyCooldownSeconds: 0.05 } });
    await expectAccepted(authenticator, await provider.sign());
    const token = await provider.sign({}, { header: { kid: 'made-up' } });
    const outcomes = await Promise.all(
      Array.from({ length: 1_001 }, () =>
        authenticator
          .authenticate({ token })
          .catch((error: { readonly code: string }) => error.code),
      ),
    );
    expect(outcomes.filter((code) => code === 'ERR_IDENTITY_UNAVAILABLE')).toHaveLength(1);
  });

  it('that are revoked count no more, not even for tokens that were verified before', async () => {
    const authenticator = create({ cache: { ttlSeconds: 100_000 } });
    const token = await provider.sign({ exp: NOW + 100_000 });
    await expectAccepted(authenticator, token);
    provider.keys = [second];
    seconds += 299;
    await expectAccepted(authenticator, token);
    seconds += 1;
    await expectInvalid(authenticator, token);
  });

  it('that are replaced under the same name count no more', async () => {
    const authenticator = create({ cache: { ttlSeconds: 100_000 } });
    const token = await provider.sign({ exp: NOW + 100_000 });
    await expectAccepted(authenticator, token);
    provider.keys = [{ ...second, jwk: { ...second.jwk, kid: 'first' } }];
    seconds += 300;
    await expectInvalid(authenticator, token);
    await expectAccepted(authenticator, await provider.sign());
  });

  it('are asked for again when the clock is set back', async () => {
    const authenticator = create();
    const token = await provider.sign({ iat: NOW - 100_000 });
    await expectAccepted(authenticator, token);
    seconds -= 50_000;
    await expectAccepted(authenticator, token);
    expect(provider.count('/certs')).toBe(2);
  });

  it.each([{ maxStaleSeconds: -1 }, { retryPauseSeconds: Number.NaN }])(
    'cannot be kept for %j',
    (keys) => {
      expect(() => create({ keys })).toThrow(TypeError);
    },
  );
});

describe('the issuer', () => {
  it.each([
    ['another one', 'https://attacker.example'],
    ['one with a longer path', 'LONGER'],
    ['none', undefined],
    ['no text', 5],
    ['an empty one', ''],
  ])('must be where its metadata are: not %s', async (_, issuer) => {
    provider.metadata = { issuer: issuer === 'LONGER' ? `${provider.issuer}/more` : issuer };
    const token = await provider.sign({ iss: provider.metadata['issuer'] });
    const error = await expectUnavailable(create(), token);
    expect(error.message).toContain('issuer');
  });

  it('may end in a slash', async () => {
    const issuer = `${provider.issuer}/`;
    provider.metadata = { issuer };
    await expectAccepted(create(), await provider.sign({ iss: issuer }));
    await expectInvalid(create(), await provider.sign());
  });

  it('may have its metadata between host and path', async () => {
    const { origin, pathname } = new URL(provider.issuer);
    const discovery = '/.well-known/oauth-authorization-server';
    provider.misbehave = (request, response) => {
      if (request.url !== `${discovery}${pathname}`) return false;
      sendJson(response, 200, { issuer: provider.issuer, jwks_uri: `${provider.issuer}/certs` });
      return true;
    };
    const config = { authDiscoveryUrl: `${origin}${discovery}${pathname}` };
    await expectAccepted(create({}, config), await provider.sign());
  });

  it('that is configured wins over the one that is published', async () => {
    const authenticator = create({}, { issuer: 'https://login.example' });
    await expectAccepted(authenticator, await provider.sign({ iss: 'https://login.example' }));
    await expectInvalid(authenticator, await provider.sign());
    await expectInvalid(authenticator, await provider.sign({ iss: undefined }));
  });

  it('may be left out of a token, unless it is required', async () => {
    const token = await provider.sign({ iss: undefined });
    await expectAccepted(create(), token);
    await expectInvalid(create({ requireIssuer: true }), token);
  });

  it('is not guessed from an address that follows no convention', async () => {
    const config = { authDiscoveryUrl: `${provider.issuer}/metadata.json` };
    expect(() => create({}, config)).toThrow('`auth.issuer` must be set');
    provider.misbehave = (request, response) => {
      if (!request.url?.endsWith('/metadata.json')) return false;
      sendJson(response, 200, { jwks_uri: `${provider.issuer}/certs` });
      return true;
    };
    const authenticator = create({}, { ...config, issuer: provider.issuer });
    await expectAccepted(authenticator, await provider.sign());
  });
});

function create(
  options: AuthenticatorOptions = {},
  config: Parameters<typeof serverConfig>[0] = {},
): Authenticator {
  return createAuthenticator(serverConfig({ authDiscoveryUrl: provider.discoveryUrl, ...config }), {
    now: () => seconds * 1000,
    ...options,
  });
}

async function expectAccepted(authenticator: Authenticator, token: string): Promise<void> {
  const subject = await authenticator.authenticate({ authorization: `Bearer ${token}` });
  expect(subject?.username).toBe('alice');
}

async function expectInvalid(authenticator: Authenticator, token: string): Promise<void> {
  await expect(authenticator.authenticate({ token })).rejects.toMatchObject({
    code: 'ERR_IDENTITY_INVALID',
  });
}

async function expectUnavailable(authenticator: Authenticator, token: string): Promise<Error> {
  const error: unknown = await authenticator.authenticate({ token }).catch((one: unknown) => one);
  expect(error).toMatchObject({ code: 'ERR_IDENTITY_UNAVAILABLE' });
  expect(inspect(error, { depth: 10 })).not.toContain(token.slice(-40));
  return error as Error;
}
