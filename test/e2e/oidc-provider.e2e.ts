import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAuth } from './support/auth-section.js';
import type { OidcProvider } from './support/oidc-provider.js';
import { createAuthenticator, createTokenSource } from './support/recorded-identity.js';
import { transcript } from './support/recording.js';
import { startOidcProvider } from './support/watched-providers.js';

const TOKEN_SECONDS = 60;
const CLIENT = 'feast-server';

let provider: OidcProvider;
let server: ReturnType<typeof parseAuth>;

beforeAll(async () => {
  provider = await startOidcProvider(TOKEN_SECONDS);
  server = parseAuth({
    type: 'oidc',
    auth_discovery_url: provider.discoveryUrl,
    client_id: CLIENT,
    audience: provider.audience,
    jwks_cache_lifespan_seconds: 1,
  });
});

afterAll(() => provider?.stop());

const keys = { unknownKeyCooldownSeconds: 0.2, retryPauseSeconds: 0.1, maxStaleSeconds: 1 };
const refused = { code: 'ERR_IDENTITY_INVALID' };
const unavailable = { code: 'ERR_IDENTITY_UNAVAILABLE' };
const pipeline = { username: 'pipeline', roles: ['feature-reader'], groups: ['batch'] };

describe('access tokens', () => {
  test('make a subject', async () => {
    const token = await provider.requestToken();
    expect(headerOf(token)).toMatchObject({ typ: 'at+jwt', alg: 'RS256' });
    const authenticator = createAuthenticator(server);
    expect(authenticator.warnings).toEqual([]);
    await expect(
      authenticator.authenticate({ authorization: `Bearer ${token}` }),
    ).resolves.toMatchObject({ ...pipeline, namespaces: [] });
  });

  test('for another resource are refused, and accepted with a warning where no audience is set', async () => {
    const token = await provider.requestToken('urn:another:resource');
    await expect(createAuthenticator(server).authenticate({ token })).rejects.toMatchObject(
      refused,
    );
    const open = createAuthenticator(
      parseAuth({ type: 'oidc', auth_discovery_url: provider.discoveryUrl, client_id: CLIENT }),
    );
    await expect(open.authenticate({ token })).resolves.toMatchObject(pipeline);
    expect(open.warnings).toEqual([expect.stringContaining('audience')]);
  });

  test('of another issuer are refused, whatever its keys are called', async () => {
    const other = await startOidcProvider(TOKEN_SECONDS);
    try {
      const token = await other.requestToken();
      await expect(createAuthenticator(server).authenticate({ token })).rejects.toMatchObject(
        refused,
      );
      const renamed = parseAuth({
        type: 'oidc',
        auth_discovery_url: other.discoveryUrl,
        client_id: CLIENT,
        audience: provider.audience,
        issuer: provider.issuer,
      });
      await expect(createAuthenticator(renamed).authenticate({ token })).rejects.toMatchObject(
        refused,
      );
    } finally {
      await other.stop();
    }
  });

  test('of two providers side by side are each verified with their own keys', async () => {
    const other = await startOidcProvider(TOKEN_SECONDS);
    try {
      const second = parseAuth({
        type: 'oidc',
        auth_discovery_url: other.discoveryUrl,
        client_id: CLIENT,
        audience: other.audience,
      });
      if (server.type !== 'oidc' || second.type !== 'oidc') throw new TypeError('not oidc');
      const authenticator = createAuthenticator([server, second]);
      for (const from of [provider, other]) {
        const token = await from.requestToken();
        await expect(authenticator.authenticate({ token })).resolves.toMatchObject(pipeline);
      }
    } finally {
      await other.stop();
    }
  });
});

describe('keys', () => {
  test('are rotated while the authenticator runs', async () => {
    const authenticator = createAuthenticator(server, { keys });
    const before = await provider.requestToken();
    await authenticator.authenticate({ token: before });
    await provider.rotateKey(true);
    const after = await provider.requestToken();
    expect(headerOf(after)['kid']).not.toBe(headerOf(before)['kid']);
    await sleep(300);
    await expect(authenticator.authenticate({ token: after })).resolves.toMatchObject(pipeline);
    await expect(authenticator.authenticate({ token: before })).resolves.toMatchObject(pipeline);
  });

  test('that are withdrawn end the tokens that they signed, also those that were accepted before', async () => {
    const authenticator = createAuthenticator(server, { keys });
    const token = await provider.requestToken();
    await expect(authenticator.authenticate({ token })).resolves.toMatchObject(pipeline);
    await provider.rotateKey(false);
    await sleep(1_300);
    await expect(authenticator.authenticate({ token })).rejects.toMatchObject(refused);
  });
});

describe('a provider that is down', () => {
  test('refuses everyone at the start, and accepts callers afterwards', async () => {
    const authenticator = createAuthenticator(server, { keys });
    const token = await provider.requestToken();
    await provider.stop();
    await expect(authenticator.authenticate({ token })).rejects.toMatchObject(unavailable);
    await provider.start();
    await sleep(200);
    await expect(authenticator.authenticate({ token })).resolves.toMatchObject(pipeline);
  });

  test('is done without for as long as its keys may be stale', async () => {
    const authenticator = createAuthenticator(server, { keys, cache: { maxTokens: 0 } });
    const token = await provider.requestToken();
    await authenticator.authenticate({ token });
    await provider.stop();
    await sleep(1_200);
    await expect(authenticator.authenticate({ token })).resolves.toMatchObject(pipeline);
    await sleep(1_200);
    await expect(authenticator.authenticate({ token })).rejects.toMatchObject(unavailable);
    await provider.start();
    await sleep(200);
    await expect(authenticator.authenticate({ token })).resolves.toMatchObject(pipeline);
  });
});

describe('a token source', () => {
  test('gets tokens by client credentials, and a new one before the old one ends', async () => {
    const { id, secret } = provider.client;
    const auth = parseAuth({
      type: 'oidc',
      auth_discovery_url: provider.discoveryUrl,
      client_id: id,
      client_secret: secret,
    });
    let now = Date.now();
    const { getToken } = createTokenSource(auth, { env: {}, now: () => now });
    const [first, second] = await Promise.all([getToken(), getToken()]);
    expect(second).toBe(first);
    await expect(createAuthenticator(server).authenticate({ token: first })).resolves.toMatchObject(
      pipeline,
    );
    now += (TOKEN_SECONDS - 29) * 1000;
    expect(await getToken()).not.toBe(first);
  });

  test('with a wrong secret has an error without the secret', async () => {
    transcript.watchSecret('wr0ng-secret', 'wrong secret');
    const auth = parseAuth({
      type: 'oidc',
      auth_discovery_url: provider.discoveryUrl,
      client_id: provider.client.id,
      client_secret: 'wr0ng-secret',
    });
    await expect(createTokenSource(auth, { env: {} }).getToken()).rejects.toMatchObject({
      code: 'ERR_CREDENTIAL_UNAVAILABLE',
    });
    expect(transcript.recorded('error')).toBeGreaterThan(0);
    expect(transcript.search()).toEqual([]);
  });
});

function headerOf(token: string): Record<string, unknown> {
  const text = Buffer.from(token.split('.')[0] ?? '', 'base64url').toString('utf8');
  return JSON.parse(text) as Record<string, unknown>;
}
