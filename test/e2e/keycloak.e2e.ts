import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuthConfig } from '../../src/config/auth-config.js';
import { parseAuth } from './support/auth-section.js';
import type { Keycloak, TokenAnswer } from './support/keycloak.js';
import { createAuthenticator, createTokenSource } from './support/recorded-identity.js';
import { transcript } from './support/recording.js';
import { startKeycloak } from './support/watched-providers.js';

const refused = { code: 'ERR_IDENTITY_INVALID' };

let keycloak: Keycloak;
let server: AuthConfig;

beforeAll(async () => {
  keycloak = await startKeycloak();
  server = parseAuth({
    type: 'oidc',
    auth_discovery_url: keycloak.discoveryUrl,
    client_id: keycloak.client.id,
    audience: keycloak.client.id,
    jwks_cache_lifespan_seconds: 1,
  });
}, 3_000_000);

afterAll(() => keycloak?.stop(), 90_000);

function logIn(): Promise<TokenAnswer> {
  const { name: username, password } = keycloak.user;
  return keycloak.requestTokens({ grant_type: 'password', username, password, scope: 'openid' });
}

function parseClient(fields: Readonly<Record<string, string>> = {}): AuthConfig {
  return parseAuth({
    type: 'oidc',
    auth_discovery_url: keycloak.discoveryUrl,
    client_id: keycloak.client.id,
    client_secret: keycloak.client.secret,
    ...fields,
  });
}

describe('access tokens', () => {
  test('of a user give client roles and groups', async () => {
    const { access_token: token } = await logIn();
    const subject = await createAuthenticator(server).authenticate({
      authorization: `Bearer ${token}`,
    });
    expect(subject).toMatchObject({ username: 'alice', roles: ['fraud-reader'], namespaces: [] });
    expect(subject?.groups?.toSorted()).toEqual(['risk-team', 'sre']);
  });

  test('give realm roles and namespaces where the configuration says so', async () => {
    const { access_token: token } = await logIn();
    const claims = { roles: 'realm_access.roles', namespaces: 'feast.namespaces' };
    const subject = await createAuthenticator(server, { claims }).authenticate({ token });
    expect(subject?.roles).toContain('auditor');
    expect(subject?.roles).not.toContain('fraud-reader');
    expect(subject?.namespaces).toEqual(['fraud']);
  });

  test('of a client are those of its service account', async () => {
    const { access_token: token } = await keycloak.requestTokens({
      grant_type: 'client_credentials',
    });
    await expect(createAuthenticator(server).authenticate({ token })).resolves.toMatchObject({
      username: 'service-account-feast-server',
      roles: ['fraud-writer'],
      groups: [],
    });
  });

  test('for another audience are refused', async () => {
    const { access_token: token } = await logIn();
    const other = parseAuth({
      type: 'oidc',
      auth_discovery_url: keycloak.discoveryUrl,
      client_id: keycloak.client.id,
      audience: 'another-server',
    });
    await expect(createAuthenticator(other).authenticate({ token })).rejects.toMatchObject(refused);
  });

  test('of another realm are refused', async () => {
    const { access_token: token } = await logIn();
    const master = parseAuth({
      type: 'oidc',
      auth_discovery_url: keycloak.discoveryUrl.replace('/realms/feast/', '/realms/master/'),
      client_id: keycloak.client.id,
      audience: keycloak.client.id,
    });
    await expect(createAuthenticator(master).authenticate({ token })).rejects.toMatchObject(
      refused,
    );
  });

  test.each([
    ['id_token', 'by its `typ`'],
    ['refresh_token', 'accepted algorithm'],
  ] as const)('are not the same as an %s', async (kind, reason) => {
    const { [kind]: token } = await logIn();
    expect(token).toEqual(expect.any(String));
    // Without an audience, as an id token may well be for the same client.
    const open = parseAuth({
      type: 'oidc',
      auth_discovery_url: keycloak.discoveryUrl,
      client_id: keycloak.client.id,
    });
    await expect(createAuthenticator(open).authenticate({ token })).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining(reason),
    });
  });
});

test('a key that is replaced ends the tokens that it signed, and those of the new one are accepted', async () => {
  const authenticator = createAuthenticator(server, { keys: { unknownKeyCooldownSeconds: 0.2 } });
  const before = await logIn();
  await expect(authenticator.authenticate({ token: before.access_token })).resolves.toMatchObject({
    username: 'alice',
  });
  await keycloak.rotateKey();
  const after = await logIn();
  await sleep(300);
  await expect(authenticator.authenticate({ token: after.access_token })).resolves.toMatchObject({
    username: 'alice',
  });
  await sleep(1_100);
  await expect(authenticator.authenticate({ token: before.access_token })).rejects.toMatchObject(
    refused,
  );
});

describe('a token source', () => {
  test('gets tokens by client credentials', async () => {
    const token = await createTokenSource(parseClient(), { env: {} }).getToken();
    await expect(createAuthenticator(server).authenticate({ token })).resolves.toMatchObject({
      roles: ['fraud-writer'],
    });
  });

  test('gets tokens of a user, one for many callers, and a new one before the old one ends', async () => {
    const { name: username, password } = keycloak.user;
    let now = Date.now();
    const { getToken } = createTokenSource(parseClient({ username, password }), {
      env: {},
      now: () => now,
    });
    const tokens = await Promise.all(Array.from({ length: 20 }, () => getToken()));
    const [token = ''] = tokens;
    expect(new Set(tokens).size).toBe(1);
    await expect(createAuthenticator(server).authenticate({ token })).resolves.toMatchObject({
      username: 'alice',
    });
    now += 31_000;
    expect(await getToken()).not.toBe(token);
  });

  test('of a user who is switched off has an error without the password', async () => {
    const { name: username, password } = keycloak.user;
    await keycloak.enableUser(false);
    try {
      const source = createTokenSource(parseClient({ username, password }), { env: {} });
      await expect(source.getToken()).rejects.toMatchObject({
        code: 'ERR_CREDENTIAL_UNAVAILABLE',
        message: expect.stringContaining('invalid_grant'),
      });
      expect(transcript.recorded('error')).toBeGreaterThan(0);
      expect(transcript.search()).toEqual([]);
    } finally {
      await keycloak.enableUser(true);
    }
  });
});
