/**
 * What it costs to verify a token: this package with and without its cache, beside @fastify/jwt
 * with and without its cache, and express-oauth2-jwt-bearer, which has none. All verify the same
 * tokens with the same public key, check issuer, audience and times, and no HTTP request is made.
 */
import fastifyJwt from '@fastify/jwt';
import { auth } from 'express-oauth2-jwt-bearer';
import fastify from 'fastify';
import { exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from 'jose';
import { Bench } from 'tinybench';
import type { OidcServerConfig } from '../src/config/auth-config.js';
import type { HttpClient } from '../src/net/http-client.js';
import { type Build, type BuildModules, thisBuild } from './builds.js';
import type { Cost } from './engine-costs.js';
import { median } from './measure.js';

const ISSUER = 'https://login.example/realms/feast';
const AUDIENCE = 'feast-server';
/**
 * Tokens in turn, as of so many users: more than fit into a branch predictor, fewer than into a
 * cache.
 */
const TOKENS = 1000;
const ROUNDS = 3;
const ROUND_MS = 300;

type CreateAuthenticator = BuildModules['./identity']['createAuthenticator'];
type Algorithm = 'RS256' | 'ES256';
type Verify = (token: string) => Promise<unknown>;

interface Issued {
  readonly algorithm: Algorithm;
  readonly jwk: JWK;
  readonly pem: string;
  readonly tokens: readonly string[];
}

/**
 * Microseconds for each verification: median of the rounds' medians, all verifiers in turn in each
 * round.
 */
export async function benchIdentity(): Promise<Cost[]> {
  const { createAuthenticator } = await thisBuild.load('./identity');
  return costsOf(async (issued) => [
    ...createOwnVerifiers(issued, createAuthenticator),
    ...(await createOtherVerifiers(issued)),
  ]);
}

/** The same of the verifiers of one build, and of those alone. */
export async function IDENTITY_JOB(_: number, __: number, build: Build): Promise<Cost[]> {
  const { createAuthenticator } = await build.load('./identity');
  return costsOf(async (issued) => createOwnVerifiers(issued, createAuthenticator));
}

type NamedVerifier = readonly [name: string, verify: Verify];

async function costsOf(
  create: (issued: Issued) => Promise<readonly NamedVerifier[]>,
): Promise<Cost[]> {
  const costs: Cost[] = [];
  for (const algorithm of ['RS256', 'ES256'] as const) {
    const issued = await issueTokens(algorithm);
    const verifiers = new Map(await create(issued));
    await assertVerifiers(verifiers, issued);
    for (const [name, microseconds] of await measure(verifiers, issued.tokens)) {
      costs.push({ name: `${algorithm}: ${name}`, value: microseconds, unit: 'µs' });
    }
  }
  return costs;
}

async function issueTokens(algorithm: Algorithm): Promise<Issued> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const now = Math.floor(Date.now() / 1000);
  const tokens = await Promise.all(
    Array.from({ length: TOKENS }, (_, user) =>
      new SignJWT({
        preferred_username: `user-${user}`,
        resource_access: { [AUDIENCE]: { roles: ['feature-reader', 'fraud-reader'] } },
        groups: ['risk-team', 'sre'],
      })
        .setProtectedHeader({ alg: algorithm, kid: 'key', typ: 'JWT' })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(`subject-${user}`)
        .setIssuedAt(now)
        .setExpirationTime(now + 3600)
        .sign(privateKey),
    ),
  );
  const jwk = { ...(await exportJWK(publicKey)), kid: 'key', alg: algorithm, use: 'sig' };
  return { algorithm, jwk, pem: await exportSPKI(publicKey), tokens };
}

function createOwnVerifiers(issued: Issued, create: CreateAuthenticator): NamedVerifier[] {
  return [
    ['feast-permissions, cached', createOwn(issued, TOKENS * 2, create)],
    ['feast-permissions, not cached', createOwn(issued, 0, create)],
  ];
}

async function createOtherVerifiers(issued: Issued): Promise<NamedVerifier[]> {
  return [
    ['@fastify/jwt, cached', await createFastify(issued, true)],
    ['@fastify/jwt, not cached', await createFastify(issued, false)],
    ['express-oauth2-jwt-bearer', createExpress(issued)],
  ];
}

function createOwn({ jwk }: Issued, maxTokens: number, create: CreateAuthenticator): Verify {
  const documents: Readonly<Record<string, unknown>> = {
    '/certs': { keys: [jwk] },
    '/realms/feast/.well-known/openid-configuration': {
      issuer: ISSUER,
      jwks_uri: 'https://login.example/certs',
    },
  };
  const httpClient: HttpClient = async ({ url }) => ({
    status: 200,
    retryAfter: undefined,
    body: JSON.stringify(documents[url.pathname]),
  });
  const config: OidcServerConfig = {
    type: 'oidc',
    role: 'server',
    authDiscoveryUrl: `${ISSUER}/.well-known/openid-configuration`,
    clientId: AUDIENCE,
    uiClientId: undefined,
    verifySsl: true,
    caCertPath: '',
    audience: AUDIENCE,
    issuer: undefined,
    jwksCacheLifespanSeconds: 300,
    jwksRequestTimeoutSeconds: 10,
  };
  const { authenticate } = create(config, {
    httpClient,
    cache: { maxTokens },
    // What masking costs is measured elsewhere; the others do not mask.
    redaction: () => {},
  });
  return (token) => authenticate({ authorization: `Bearer ${token}` });
}

async function createFastify(issued: Issued, cache: boolean): Promise<Verify> {
  const app = fastify();
  await app.register(fastifyJwt, {
    secret: { public: issued.pem, private: '' },
    verify: {
      algorithms: [issued.algorithm],
      allowedIss: ISSUER,
      allowedAud: AUDIENCE,
      cache: cache ? TOKENS * 2 : false,
    },
  });
  await app.ready();
  return async (token) => app.jwt.verify(token);
}

function createExpress({ algorithm, jwk }: Issued): Verify {
  const middleware = auth({
    issuer: ISSUER,
    audience: AUDIENCE,
    publicKey: jwk as unknown as string,
    tokenSigningAlg: algorithm,
  });
  return (token) =>
    new Promise((resolve, reject) => {
      // What of a request of express the middleware looks at.
      const request = {
        headers: { authorization: `Bearer ${token}` },
        get: (name: string) => (name === 'Host' ? 'feast.example' : undefined),
        protocol: 'https',
        url: '/get-online-features',
        method: 'POST',
        query: {},
        is: () => false,
      };
      const next = (error?: unknown): void => {
        if (error === undefined) resolve(request);
        else reject(error instanceof Error ? error : new Error('refused'));
      };
      void middleware(request as never, {} as never, next);
    });
}

/** A verifier that accepts everything would be fast. */
async function assertVerifiers(
  verifiers: ReadonlyMap<string, Verify>,
  { tokens }: Issued,
): Promise<void> {
  const [good = '', other = ''] = tokens;
  const [header, payload] = good.split('.');
  const forged = `${header}.${payload}.${other.split('.')[2]}`;
  for (const [name, verify] of verifiers) {
    await verify(good);
    const accepted = await verify(forged).then(
      () => true,
      () => false,
    );
    if (accepted) throw new Error(`${name} accepts a forged token`);
  }
}

async function measure(
  verifiers: ReadonlyMap<string, Verify>,
  tokens: readonly string[],
): Promise<readonly (readonly [string, number])[]> {
  const rounds = new Map<string, number[]>([...verifiers.keys()].map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, verify] of verifiers) {
      const bench = new Bench({ time: ROUND_MS, warmup: round === 0, iterations: 1 });
      let next = 0;
      // A hundred at a time: one alone would be lost in the clock's resolution.
      bench.add(name, async () => {
        for (let count = 0; count < 100; count++) {
          await verify(tokens[next] as string);
          next = (next + 1) % tokens.length;
        }
      });
      await bench.run();
      const result = bench.tasks[0]?.result;
      if (result === undefined || !('latency' in result)) throw new Error(`no result for ${name}`);
      rounds.get(name)?.push((result.latency.p50 * 1000) / 100);
    }
  }
  return [...rounds].map(([name, samples]) => [name, median(samples)] as const);
}
