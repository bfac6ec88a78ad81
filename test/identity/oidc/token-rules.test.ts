import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AuthenticatorOptions, createAuthenticator } from '../../../src/identity/index.js';
import { createSigningKey, FakeProvider, NOW, serverConfig } from '../fake-provider.js';

const now = (): number => NOW * 1000;

let provider: FakeProvider;

beforeEach(async () => {
  provider = await new FakeProvider().start();
  provider.keys = [await createSigningKey('key')];
});

afterEach(() => provider.stop());

interface Case {
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
  readonly options?: AuthenticatorOptions;
  readonly audience?: string;
}

/** The user name, or why the token is refused. */
async function answer({
  claims,
  header = {},
  options,
  audience,
}: Case): Promise<string | undefined> {
  const auth = serverConfig({ authDiscoveryUrl: provider.discoveryUrl, audience });
  const authenticator = createAuthenticator(auth, { now, ...options });
  return authenticator.authenticate({ token: await provider.sign(claims, { header }) }).then(
    (subject) => subject?.username,
    (error: Error & { readonly code?: string }) => {
      expect(error.code).toBe('ERR_IDENTITY_INVALID');
      return error.message;
    },
  );
}

describe('kinds of tokens', () => {
  it.each([
    ['nonce', { nonce: 'n' }],
    ['at_hash', { at_hash: 'h' }],
    ['token_use', { token_use: 'id' }],
    ['typ', { typ: 'ID' }],
  ])(
    'an ID token is refused with the claim `%s` and the option that accepts it',
    async (name, claims) => {
      const message = await answer({ claims });
      expect(message).toContain(`by its \`${name}\``);
      expect(message).toContain('allowIdTokens');
      await expect(answer({ claims, options: { allowIdTokens: true } })).resolves.toBe('alice');
    },
  );

  it.each([
    ['a refresh token', { typ: 'Refresh' }],
    ['an offline token', { typ: 'Offline' }],
    ['a token for something else', { token_use: 'other' }],
    ['a logout token', { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }],
  ])('%s is refused whatever is allowed', async (_, claims) => {
    const message = await answer({ claims, options: { allowIdTokens: true } });
    expect(message).toContain('expected an access token');
  });

  it.each([
    [{ header: { typ: 'at+jwt' } }, 'alice'],
    [{ claims: { typ: 'Bearer' } }, 'alice'],
    [{ claims: { token_use: 'access' } }, 'alice'],
    [{}, expect.stringContaining('requireAccessToken')],
    [{ header: { typ: 'JWT' } }, expect.stringContaining('requireAccessToken')],
  ])('with `requireAccessToken`, %j is %s', async (given, outcome) => {
    await expect(answer({ ...given, options: { requireAccessToken: true } })).resolves.toEqual(
      outcome,
    );
  });

  it('cannot be required and allowed at the same time', () => {
    const auth = serverConfig({ authDiscoveryUrl: provider.discoveryUrl });
    expect(() =>
      createAuthenticator(auth, { requireAccessToken: true, allowIdTokens: true }),
    ).toThrow(TypeError);
  });
});

describe('tokens that are bound to a key', () => {
  it.each([
    ['cnf', { cnf: { jkt: 'thumbprint' } }],
    ['cnf', { cnf: null }],
    ['typ', { typ: 'DPoP' }],
  ])('are refused by their `%s`: %j', async (name, claims) => {
    const message = await answer({ claims });
    expect(message).toContain(`bound to a key (\`${name}\`)`);
    expect(message).toContain('senderConstrainedTokens');
  });

  it('are accepted where a proxy checks the proof', async () => {
    const options = { senderConstrainedTokens: 'checked-upstream' } as const;
    await expect(answer({ claims: { cnf: { jkt: 'x' } }, options })).resolves.toBe('alice');
    await expect(answer({ claims: { typ: 'DPoP' }, options })).resolves.toBe('alice');
  });

  it('leave no other choice', () => {
    const auth = serverConfig({ authDiscoveryUrl: provider.discoveryUrl });
    expect(() => createAuthenticator(auth, { senderConstrainedTokens: 'accept' as never })).toThrow(
      TypeError,
    );
  });
});

describe('audiences', () => {
  it.each([[['feast', 5]], [['feast', null]], [5], [{ feast: true }], [[['feast']]]])(
    '%j is refused, whether or not one is configured',
    async (aud) => {
      await expect(answer({ claims: { aud }, audience: 'feast' })).resolves.toContain('`aud`');
      await expect(answer({ claims: { aud } })).resolves.toContain('`aud`');
    },
  );

  it.each([[undefined], [null], [[]]])('%j is refused with what to do about it', async (aud) => {
    const message = await answer({ claims: { aud }, audience: 'feast' });
    expect(message).toContain('audience mapper');
    expect(message).toContain('requiredClaims');
  });
});

describe('required claims', () => {
  const options: AuthenticatorOptions = {
    requiredClaims: { client_id: ['app-1', 'app-2'], mfa: [true] },
  };

  it.each([
    [{ client_id: 'app-1', mfa: true }, 'alice'],
    [{ client_id: ['other', 'app-2'], mfa: true }, 'alice'],
    [{ client_id: 'app-3', mfa: true }, expect.stringContaining("the token's `client_id`")],
    [{ client_id: 'app-1', mfa: 'true' }, expect.stringContaining("the token's `mfa`")],
    [{ client_id: [], mfa: true }, expect.stringContaining("the token's `client_id`")],
    [{ mfa: true }, expect.stringContaining('no `client_id`')],
  ])('decide about %j: %s', async (claims, outcome) => {
    await expect(answer({ claims, options })).resolves.toEqual(outcome);
  });

  it.each([
    { requiredClaims: { client_id: 'app' } },
    { requiredClaims: { client_id: [] } },
    { requiredClaims: { client_id: [5] } },
    { requiredClaims: [] },
  ])('cannot be %j', (given) => {
    const auth = serverConfig({ authDiscoveryUrl: provider.discoveryUrl });
    expect(() => createAuthenticator(auth, given as never)).toThrow(TypeError);
  });

  it('of a client stand for an audience, and others do not', () => {
    const auth = serverConfig({ authDiscoveryUrl: provider.discoveryUrl });
    expect(createAuthenticator(auth, options).warnings).toEqual([]);
    const domain = createAuthenticator(auth, { requiredClaims: { hd: ['example.com'] } });
    expect(domain.warnings).toEqual([expect.stringContaining('auth.audience is not set')]);
  });
});

describe('issuer aliases', () => {
  const options = { issuerAliases: ['accounts.example.com'] };

  it('are accepted besides the issuer, and nothing else is', async () => {
    const iss = 'accounts.example.com';
    await expect(answer({ claims: { iss }, options })).resolves.toBe('alice');
    await expect(answer({ options })).resolves.toBe('alice');
    await expect(answer({ claims: { iss } })).resolves.toContain('another issuer');
    await expect(answer({ claims: { iss: `x${iss}` }, options })).resolves.toContain(
      'another issuer',
    );
  });

  it.each(['x', [''], [5]])('cannot be %j', (issuerAliases) => {
    const auth = serverConfig({ authDiscoveryUrl: provider.discoveryUrl });
    expect(() => createAuthenticator(auth, { issuerAliases } as never)).toThrow(TypeError);
  });
});
