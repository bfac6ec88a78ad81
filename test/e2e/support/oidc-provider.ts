import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import Provider, { type Configuration } from 'oidc-provider';
import { findFreePort } from './running-process.js';

/**
 * The npm package `oidc-provider` on the loopback interface, with one client and JWT access tokens.
 */
export interface OidcProvider {
  readonly issuer: string;
  readonly discoveryUrl: string;
  /** The audience of its tokens unless another is asked for. */
  readonly audience: string;
  readonly client: { readonly id: string; readonly secret: string };
  /** An access token of the client, for `resource`. */
  readonly requestToken: (resource?: string) => Promise<string>;
  /** Signs with a new key from now on; publishes the old ones beside it, or not. */
  readonly rotateKey: (keepOld: boolean) => Promise<void>;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const CLIENT = { id: 'feast client', secret: 's3cret/with:signs' };
const AUDIENCE = 'urn:feast:registry';

/**
 * Starts the provider. Its tokens hold for `tokenSeconds`.
 *
 * @param rolesOf the roles in each token that is made
 */
export async function startOidcProvider(
  tokenSeconds: number,
  rolesOf: () => readonly string[] = () => ['feature-reader'],
): Promise<OidcProvider> {
  const port = await findFreePort();
  const issuer = `http://127.0.0.1:${port}`;
  let keys: readonly JWK[] = [];
  let respond: ReturnType<Provider['callback']>;
  let server: Server | undefined;

  // Its keys are fixed when it is made: a rotation is a new provider behind the same address.
  const rotateKey = async (keepOld: boolean): Promise<void> => {
    keys = [await createKey(), ...(keepOld ? keys : [])];
    respond = new Provider(issuer, configure(keys, tokenSeconds, rolesOf)).callback();
  };
  const start = async (): Promise<void> => {
    server = createServer((request, response) => void respond(request, response));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const stop = async (): Promise<void> => {
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
    server = undefined;
  };
  const requestToken = async (resource?: string): Promise<string> => {
    const pair = [CLIENT.id, CLIENT.secret].map(encodeURIComponent).join(':');
    const form = {
      grant_type: 'client_credentials',
      ...(resource === undefined ? {} : { resource }),
    };
    const response = await fetch(`${issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` },
      body: new URLSearchParams(form),
    });
    const answer = (await response.json()) as { readonly access_token?: string };
    if (answer.access_token === undefined) throw new Error(JSON.stringify(answer));
    return answer.access_token;
  };

  await rotateKey(false);
  await start();
  const discoveryUrl = `${issuer}/.well-known/openid-configuration`;
  return {
    issuer,
    discoveryUrl,
    audience: AUDIENCE,
    client: CLIENT,
    requestToken,
    rotateKey,
    start,
    stop,
  };
}

let keyCount = 0;

async function createKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  keyCount += 1;
  return { ...(await exportJWK(privateKey)), kid: `key-${keyCount}`, alg: 'RS256', use: 'sig' };
}

function configure(
  keys: readonly JWK[],
  tokenSeconds: number,
  rolesOf: () => readonly string[],
): Configuration {
  return {
    jwks: { keys: [...keys] } as NonNullable<Configuration['jwks']>,
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        getResourceServerInfo: (_context, resource) => ({
          scope: '',
          audience: resource,
          accessTokenFormat: 'jwt',
          accessTokenTTL: tokenSeconds,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    extraTokenClaims: () => ({
      preferred_username: 'pipeline',
      resource_access: { 'feast-server': { roles: rolesOf() } },
      groups: ['batch'],
    }),
  };
}
