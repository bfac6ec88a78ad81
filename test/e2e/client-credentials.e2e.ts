import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuthConfig } from '../../src/config/auth-config.js';
import {
  createOAuthM2MProvider,
  type TokenCache,
} from '../../src/platforms/databricks/tokens/index.js';
import { holdsSecret } from '../support/find-secret.js';
import { parseAuth } from './support/auth-section.js';
import type { Keycloak } from './support/keycloak.js';
import type { OidcProvider } from './support/oidc-provider.js';
import { createAuthenticator } from './support/recorded-identity.js';
import { recordErrors, transcript } from './support/recording.js';
import { startKeycloak, startOidcProvider } from './support/watched-providers.js';

const TOKEN_SECONDS = 60;

/**
 * A provider whose addresses are those of a Databricks workspace: what comes in goes to it as it
 * is, and back.
 */
interface Front {
  readonly origin: string;
  /** How many forms came. */
  readonly forms: () => number;
  readonly stop: () => Promise<void>;
}

async function startFront(discoveryUrl: string): Promise<Front> {
  const discovery = (await (await fetch(discoveryUrl)).json()) as {
    readonly token_endpoint: string;
  };
  let forms = 0;
  let origin = '';
  const server = createServer((request, response) => void respond(request, response));
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.url === '/oidc/.well-known/oauth-authorization-server') {
      response.end(JSON.stringify({ ...discovery, token_endpoint: `${origin}/oidc/v1/token` }));
      return;
    }
    // Of hosts that say where their OAuth is. This one has it where workspaces have it.
    if (request.url === '/.well-known/databricks-config') {
      response.writeHead(404).end();
      return;
    }
    forms += 1;
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { authorization = '', 'content-type': type = '' } = request.headers;
    const headers = { authorization, 'content-type': type };
    const answer = await fetch(discovery.token_endpoint, { method: 'POST', headers, body });
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(await answer.text());
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { origin, forms: () => forms, stop };
}

interface Setting {
  readonly front: Front;
  readonly client: { readonly id: string; readonly secret: string };
  /** Who accepts the tokens. */
  readonly server: AuthConfig;
  readonly scope: string;
  /** What the tokens say about the client. */
  readonly subject: object;
}

/** What holds for every provider. */
function describeProvider(setting: () => Setting): void {
  let now: number;
  const create = (secret?: string): TokenCache => {
    now = Date.now();
    const { front, client, scope } = setting();
    return recordErrors(
      createOAuthM2MProvider({
        host: front.origin,
        clientId: client.id,
        clientSecret: secret ?? client.secret,
        scope,
        now: () => now,
      }),
    );
  };

  test('a thousand callers get one token, which a server accepts', async () => {
    const before = setting().front.forms();
    const tokens = create();
    const given = await Promise.all(Array.from({ length: 1000 }, () => tokens.getToken()));
    const [token = ''] = new Set(given.map((each) => each.token));
    expect(new Set(given).size).toBe(1);
    expect(setting().front.forms() - before).toBe(1);
    const { server, subject } = setting();
    await expect(createAuthenticator(server).authenticate({ token })).resolves.toMatchObject(
      subject,
    );
  });

  test('a token is renewed in the background in the second half of its life', async () => {
    const tokens = create();
    const first = await tokens.getToken();
    expect(first.expiresAt - now).toBe(TOKEN_SECONDS * 1000);
    now += TOKEN_SECONDS * 500;
    expect(tokens.state()).toBe('stale');
    expect(await tokens.getToken()).toBe(first);
    await expect.poll(() => tokens.state()).toBe('fresh');
    const second = await tokens.getToken();
    expect(second.token).not.toBe(first.token);
    now += TOKEN_SECONDS * 1000;
    expect(tokens.state()).toBe('expired');
    expect((await tokens.getToken()).token).not.toBe(second.token);
  });

  test('a wrong secret ends at once, with an error without it', async () => {
    const before = setting().front.forms();
    const wrong = 'wr0ng-secret/with:signs';
    transcript.watchSecret(wrong, 'a wrong client secret');
    const error: unknown = await create(wrong)
      .getToken()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ERR_CREDENTIAL_UNAVAILABLE' });
    expect(String(error)).toMatch(/status 40[01] \((invalid|unauthorized)_client\)/);
    expect(holdsSecret(wrong, inspect(error, { depth: 10 }))).toBe(false);
    expect(setting().front.forms() - before).toBe(1);
  });
}

describe('oidc-provider', () => {
  let provider: OidcProvider;
  let setting: Setting;

  beforeAll(async () => {
    provider = await startOidcProvider(TOKEN_SECONDS);
    const server = parseAuth({
      type: 'oidc',
      auth_discovery_url: provider.discoveryUrl,
      client_id: 'feast-server',
      audience: provider.audience,
    });
    const front = await startFront(provider.discoveryUrl);
    const subject = { username: 'pipeline', roles: ['feature-reader'], groups: ['batch'] };
    setting = { front, client: provider.client, server, scope: '', subject };
  });

  afterAll(async () => {
    await setting?.front.stop();
    await provider?.stop();
  });

  describeProvider(() => setting);
});

describe('Keycloak', () => {
  let keycloak: Keycloak;
  let setting: Setting;

  beforeAll(async () => {
    keycloak = await startKeycloak();
    const server = parseAuth({
      type: 'oidc',
      auth_discovery_url: keycloak.discoveryUrl,
      client_id: keycloak.client.id,
      audience: keycloak.client.id,
    });
    const front = await startFront(keycloak.discoveryUrl);
    const subject = { username: 'service-account-feast-server', roles: ['fraud-writer'] };
    setting = { front, client: keycloak.client, server, scope: 'profile', subject };
  }, 3_000_000);

  afterAll(async () => {
    await setting?.front.stop();
    await keycloak?.stop();
  }, 90_000);

  describeProvider(() => setting);
});
