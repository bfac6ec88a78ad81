import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

/** Who there is, and the roles that they have. */
export const USERS = { alice: ['super-reader'], bob: [], admin: ['feast-admin'] } as const;

export type UserName = keyof typeof USERS;

const CLIENT = 'feast-server';
const TOKEN_LIFETIME = '1h';

/**
 * Stands in for an identity provider: publishes a key that is made when it starts, and signs tokens
 * with it. It asks nobody for a password, and hands tokens to its own process only.
 */
export class IdentityProvider {
  readonly #server: Server;
  readonly #privateKey: CryptoKey;
  readonly #issuer: string;

  private constructor(server: Server, privateKey: CryptoKey, issuer: string) {
    this.#server = server;
    this.#privateKey = privateKey;
    this.#issuer = issuer;
  }

  /** Starts on a free port of the loopback interface. */
  static async start(): Promise<IdentityProvider> {
    const { publicKey, privateKey } = await generateKeyPair('RS256');
    const jwk: JWK = { ...(await exportJWK(publicKey)), kid: 'example', alg: 'RS256', use: 'sig' };
    const documents = new Map<string | undefined, unknown>([['/keys', { keys: [jwk] }]]);
    const server = createServer(({ url }, response) => {
      const document = documents.get(url);
      response.writeHead(document === undefined ? 404 : 200, {
        'content-type': 'application/json',
      });
      response.end(JSON.stringify(document ?? {}));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const metadata = { issuer, jwks_uri: `${issuer}/keys`, token_endpoint: `${issuer}/token` };
    documents.set('/.well-known/openid-configuration', metadata);
    return new IdentityProvider(server, privateKey, issuer);
  }

  get discoveryUrl(): string {
    return `${this.#issuer}/.well-known/openid-configuration`;
  }

  /** A token as Keycloak makes them, with the roles that the user has for the feature server. */
  sign(user: UserName): Promise<string> {
    return new SignJWT({
      preferred_username: user,
      resource_access: { [CLIENT]: { roles: USERS[user] } },
    })
      .setProtectedHeader({ alg: 'RS256', kid: 'example' })
      .setIssuer(this.#issuer)
      .setSubject(user)
      .setIssuedAt()
      .setExpirationTime(TOKEN_LIFETIME)
      .sign(this.#privateKey);
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}
