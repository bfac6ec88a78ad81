import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import type { OidcClientConfig, OidcServerConfig } from '../../src/config/auth-config.js';

/** A moment in seconds since 1970 at which the tests' clocks stand still. */
export const NOW = 1_800_000_000;

export interface SigningKey {
  readonly jwk: JWK;
  readonly privateKey: CryptoKey;
}

export async function createSigningKey(kid: string, alg = 'ES256'): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' }, privateKey };
}

/** Answers in place of the provider; `false`: leave it to the provider. */
export type Misbehaviour = (
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
) => boolean;

/** An identity provider on loopback that does what a test tells it. */
export class FakeProvider {
  readonly requests: string[] = [];
  keys: SigningKey[] = [];
  /** Members of the discovery document in place of the usual ones; `undefined` takes one away. */
  metadata: Record<string, unknown> = {};
  misbehave: Misbehaviour = () => false;
  answerToken: (form: URLSearchParams, request: IncomingMessage) => [number, unknown] = () => [
    400,
    { error: 'unsupported_grant_type' },
  ];
  #server: Server | undefined;
  #port = 0;

  get issuer(): string {
    return `http://127.0.0.1:${this.#port}/realms/feast`;
  }

  get discoveryUrl(): string {
    return `${this.issuer}/.well-known/openid-configuration`;
  }

  /** Requests to a path that ends like this. */
  count(end: string): number {
    return this.requests.filter((path) => path.endsWith(end)).length;
  }

  /** Starts, at the same port as before where there was one. */
  async start(): Promise<this> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => this.#answer(request, response, Buffer.concat(chunks).toString()));
    });
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    return this;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  /** A token of this provider, signed with its first key. */
  sign(
    claims: Record<string, unknown> = {},
    {
      header = {},
      key = this.keys[0],
    }: { header?: Record<string, unknown>; key?: SigningKey } = {},
  ): Promise<string> {
    if (key === undefined) throw new Error('the provider has no key');
    return new SignJWT({
      iss: this.issuer,
      sub: 'subject',
      preferred_username: 'alice',
      iat: NOW - 5,
      exp: NOW + 3600,
      ...claims,
    })
      .setProtectedHeader({ alg: key.jwk.alg as string, kid: key.jwk.kid as string, ...header })
      .sign(key.privateKey);
  }

  #answer(request: IncomingMessage, response: ServerResponse, body: string): void {
    const path = request.url ?? '';
    this.requests.push(path);
    if (this.misbehave(request, response, body)) return;
    const [status, answer] = this.#answerTo(path, request, body);
    sendJson(response, status, answer);
  }

  #answerTo(path: string, request: IncomingMessage, body: string): [number, unknown] {
    if (path.endsWith('/openid-configuration')) return [200, this.#document()];
    if (path.endsWith('/certs')) return [200, { keys: this.keys.map(({ jwk }) => jwk) }];
    if (path.endsWith('/token')) return this.answerToken(new URLSearchParams(body), request);
    return [404, {}];
  }

  #document(): unknown {
    return {
      issuer: this.issuer,
      jwks_uri: `${this.issuer}/certs`,
      token_endpoint: `${this.issuer}/token`,
      ...this.metadata,
    };
  }
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

export function serverConfig(overrides: Partial<OidcServerConfig>): OidcServerConfig {
  return { ...SETTINGS, role: 'server', authDiscoveryUrl: '', ...overrides };
}

export function clientConfig(overrides: Partial<OidcClientConfig>): OidcClientConfig {
  return {
    ...SETTINGS,
    role: 'client',
    authDiscoveryUrl: undefined,
    username: undefined,
    password: undefined,
    clientSecret: undefined,
    token: undefined,
    tokenEnvVar: undefined,
    tokenRefreshMarginSeconds: 30,
    ...overrides,
  };
}

const SETTINGS = {
  type: 'oidc',
  clientId: 'feast-server',
  uiClientId: undefined,
  verifySsl: true,
  caCertPath: '',
  audience: undefined,
  issuer: undefined,
  jwksCacheLifespanSeconds: 300,
  jwksRequestTimeoutSeconds: 10,
} as const;
