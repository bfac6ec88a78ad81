import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type AuthenticatorOptions,
  createAuthenticator,
  type IdentitySecret,
} from '../../src/identity/index.js';
import {
  clientConfig,
  createSigningKey,
  FakeProvider,
  NOW,
  serverConfig,
} from './fake-provider.js';

const CERTIFICATE = new URL('./fixtures/loopback-cert.pem', import.meta.url);
const KEY = new URL('./fixtures/loopback-key.pem', import.meta.url);

let provider: FakeProvider;
let seconds: number;
const now = (): number => seconds * 1000;

beforeEach(async () => {
  provider = await new FakeProvider().start();
  provider.keys = [await createSigningKey('key')];
  seconds = NOW;
});

afterEach(() => provider.stop());

describe('no_auth', () => {
  it('accepts no caller, whatever they present', async () => {
    const { authenticate, warnings } = createAuthenticator({ type: 'no_auth' });
    await expect(authenticate({ authorization: undefined })).resolves.toBeNull();
    await expect(authenticate({ authorization: 'Bearer abc' })).resolves.toBeNull();
    expect(warnings).toEqual([]);
  });
});

describe('oidc', () => {
  it('asks for a token', async () => {
    const { authenticate } = createAuthenticator(config());
    await expect(authenticate({ authorization: undefined })).rejects.toMatchObject({
      code: 'ERR_IDENTITY_MISSING',
    });
    expect(provider.requests).toEqual([]);
  });

  it("takes a client's section with a discovery address, and no other", async () => {
    const auth = clientConfig({ authDiscoveryUrl: provider.discoveryUrl });
    const { authenticate } = createAuthenticator(auth, { now });
    await expect(authenticate({ token: await provider.sign() })).resolves.toMatchObject({
      username: 'alice',
    });
    expect(() => createAuthenticator(clientConfig({ token: 'x' }))).toThrow(
      '`auth.auth_discovery_url` is needed to verify tokens',
    );
  });

  it.each([
    [{ authDiscoveryUrl: '' }, 'is needed'],
    [{ authDiscoveryUrl: 'not an address' }, 'must be an http or https address'],
    [{ authDiscoveryUrl: 'file:///etc/passwd' }, 'must be an http or https address'],
    [
      { authDiscoveryUrl: 'https://a:b@c.example/.well-known/openid-configuration' },
      'must not hold',
    ],
    [{ audience: '' }, '`auth.audience` is empty'],
    [{ caCertPath: '/nowhere/ca.pem' }, 'cannot be read (ENOENT)'],
  ])('refuses the configuration %j', (overrides, message) => {
    expect(() => createAuthenticator(config(overrides))).toThrow(
      expect.objectContaining({
        code: 'ERR_CONFIG_INVALID',
        message: expect.stringContaining(message) as string,
      }),
    );
  });

  it.each([
    { maxTokenLength: 0 },
    { clockToleranceSeconds: -1 },
    { clockToleranceSeconds: Number.POSITIVE_INFINITY },
    { cache: { maxTokens: -1 } },
    { cache: { ttlSeconds: Number.NaN } },
  ])('refuses the options %j', (options) => {
    expect(() => createAuthenticator(config(), options)).toThrow(TypeError);
  });

  it.each([null, undefined, 'oidc', {}, { type: 'ldap' }, [], [{ type: 'no_auth' }], [null]])(
    'refuses %j in place of a section',
    (auth) => {
      expect(() => createAuthenticator(auth as never)).toThrow(TypeError);
    },
  );

  it('warns of what the configuration leaves open', () => {
    const discoveryUrl = 'http://login.example/.well-known/openid-configuration';
    const open = createAuthenticator(config({ authDiscoveryUrl: discoveryUrl, verifySsl: false }));
    expect(open.warnings).toEqual([
      expect.stringContaining('auth.audience is not set'),
      expect.stringContaining('auth.verify_ssl is false'),
      expect.stringContaining('auth.auth_discovery_url is not https'),
    ]);
    expect(createAuthenticator(config({ audience: 'feast' })).warnings).toEqual([]);
    for (const host of ['localhost', 'a.localhost', '[::1]', '127.1.2.3']) {
      const authDiscoveryUrl = discoveryUrl.replace('login.example', host);
      expect(createAuthenticator(config({ audience: 'a', authDiscoveryUrl })).warnings).toEqual([]);
    }
  });

  it('refuses everything once it is closed', async () => {
    const { authenticate, close } = createAuthenticator(config(), { now });
    const token = await provider.sign();
    await authenticate({ token });
    await close();
    await expect(authenticate({ token })).rejects.toMatchObject({
      code: 'ERR_IDENTITY_UNAVAILABLE',
    });
  });

  it('hands a token of Kubernetes to the review, as it is', async () => {
    const reviewed: string[] = [];
    const { authenticate } = createAuthenticator(config(), {
      now,
      tokenReview: async (token) => {
        reviewed.push(token);
        return { username: 'system:serviceaccount:feast:client', namespaces: ['feast'] };
      },
    });
    const token = await provider.sign({ 'kubernetes.io': {}, preferred_username: 'root' });
    const subject = await authenticate({ token });
    expect(subject).toEqual({
      username: 'system:serviceaccount:feast:client',
      namespaces: ['feast'],
    });
    expect(reviewed).toEqual([token]);
    expect(provider.requests).toEqual([]);
  });

  it('registers accepted tokens to be masked, for as long as they hold, and no others', async () => {
    const secrets: IdentitySecret[] = [];
    const redaction = (secret: IdentitySecret): unknown => secrets.push(secret);
    const { authenticate } = createAuthenticator(config(), { now, redaction });
    const token = await provider.sign();
    await authenticate({ token });
    await authenticate({ token });
    await expect(authenticate({ token: `${token}A` })).rejects.toThrow();
    expect(secrets).toEqual([{ name: 'token', value: token, lifetimeSeconds: 3600 }]);
  });
});

describe('tokens that have just ended', () => {
  it('are masked for a while after they were accepted', async () => {
    const secrets: IdentitySecret[] = [];
    const redaction = (secret: IdentitySecret): unknown => secrets.push(secret);
    const { authenticate } = createAuthenticator(config(), {
      now,
      redaction,
      clockToleranceSeconds: 30,
    });
    await authenticate({ token: await provider.sign({ exp: NOW - 20 }) });
    expect(secrets).toMatchObject([{ lifetimeSeconds: 90 }]);
  });
});

describe('maxTokenLength', () => {
  const kubernetes = { type: 'kubernetes', userToken: undefined } as const;

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '100' as never])(
    'cannot be %j',
    (maxTokenLength) => {
      for (const auth of [config(), kubernetes, { type: 'no_auth' } as const]) {
        expect(() => createAuthenticator(auth, { maxTokenLength })).toThrow(TypeError);
      }
    },
  );

  it('holds for Kubernetes, too, whose own option comes first', async () => {
    const refuses = (options: AuthenticatorOptions, length: number): Promise<void> =>
      expect(
        createAuthenticator(kubernetes, options).authenticate({ token: 'x'.repeat(length + 1) }),
      ).rejects.toThrow(`longer than ${length} characters`);
    await refuses({ maxTokenLength: 10 }, 10);
    await refuses({ maxTokenLength: 10, kubernetes: { maxTokenLength: undefined } }, 10);
    await refuses({ maxTokenLength: 10, kubernetes: { maxTokenLength: 20 } }, 20);
    await refuses({}, 16_384);
  });
});

describe('certificates', () => {
  it('of the file that is configured are trusted, and others only on request', async () => {
    const server = createServer(
      { cert: readFileSync(CERTIFICATE), key: readFileSync(KEY) },
      (request, response) => {
        const keys = { keys: provider.keys.map(({ jwk }) => jwk) };
        const document = { issuer, jwks_uri: `${issuer}/certs` };
        response.end(JSON.stringify(request.url === '/certs' ? keys : document));
      },
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const issuer = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const authDiscoveryUrl = `${issuer}/.well-known/openid-configuration`;
    const token = await provider.sign({ iss: issuer });
    const answer = (overrides: Parameters<typeof serverConfig>[0]): Promise<unknown> =>
      createAuthenticator(config({ authDiscoveryUrl, ...overrides }), { now })
        .authenticate({ token })
        .then(
          (subject) => subject?.username,
          (error: unknown) => (error as { readonly code: string }).code,
        );
    try {
      expect(await answer({})).toBe('ERR_IDENTITY_UNAVAILABLE');
      expect(await answer({ caCertPath: fileURLToPath(CERTIFICATE) })).toBe('alice');
      expect(await answer({ verifySsl: false })).toBe('alice');
    } finally {
      server.close();
    }
  });

  it('are needed for the keys where they were needed for the address of the keys', async () => {
    const { authenticate } = createAuthenticator(
      config({ authDiscoveryUrl: 'https://login.example/.well-known/openid-configuration' }),
      {
        now,
        httpClient: async () => ({
          status: 200,
          retryAfter: undefined,
          body: JSON.stringify({
            issuer: 'https://login.example',
            jwks_uri: 'http://login.example/',
          }),
        }),
      },
    );
    await expect(authenticate({ token: await provider.sign() })).rejects.toThrow(
      'has an unusable `jwks_uri`',
    );
  });
});

describe('several issuers', () => {
  let other: FakeProvider;

  beforeEach(async () => {
    other = await new FakeProvider().start();
    // The same name, as names of keys are only unique within an issuer.
    other.keys = [await createSigningKey('key')];
  });

  afterEach(() => other.stop());

  it('are each verified with their own keys and claims', async () => {
    const { authenticate } = createAuthenticator(
      [
        config(),
        {
          auth: config({ authDiscoveryUrl: other.discoveryUrl }),
          claims: { username: 'email', groups: 'cognito:groups' },
        },
      ],
      { now },
    );
    await expect(authenticate({ token: await provider.sign() })).resolves.toMatchObject({
      username: 'alice',
    });
    const claims = { email: 'bob@example.com', email_verified: true, 'cognito:groups': ['pool'] };
    await expect(authenticate({ token: await other.sign(claims) })).resolves.toMatchObject({
      username: 'bob@example.com',
      groups: ['pool'],
    });
    for (const iss of [provider.issuer, undefined, 'https://attacker.example', '__proto__']) {
      await expect(authenticate({ token: await other.sign({ iss }) })).rejects.toMatchObject({
        code: 'ERR_IDENTITY_INVALID',
      });
    }
  });

  it('keep the options of all where their own are undefined', async () => {
    const { authenticate } = createAuthenticator(
      [{ auth: config(), algorithms: undefined }, config({ authDiscoveryUrl: other.discoveryUrl })],
      { now, algorithms: ['EdDSA'] },
    );
    await expect(authenticate({ token: await provider.sign() })).rejects.toThrow(
      'not signed with an accepted algorithm',
    );
  });

  it('do not need each other', async () => {
    const { authenticate } = createAuthenticator(
      [config(), config({ authDiscoveryUrl: other.discoveryUrl })],
      { now },
    );
    await other.stop();
    await expect(authenticate({ token: await provider.sign() })).resolves.toMatchObject({
      username: 'alice',
    });
    await expect(authenticate({ token: await other.sign() })).rejects.toMatchObject({
      code: 'ERR_IDENTITY_UNAVAILABLE',
    });
  });

  it('must be several', () => {
    expect(() => createAuthenticator([config(), config()])).toThrow('the same issuer');
  });
});

function config(
  overrides: Parameters<typeof serverConfig>[0] = {},
): ReturnType<typeof serverConfig> {
  return serverConfig({ authDiscoveryUrl: provider.discoveryUrl, ...overrides });
}
