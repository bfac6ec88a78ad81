/**
 * The servers that are measured: the same routes in Fastify apps, without a gate and behind one, or
 * behind one with `onRefusal` or a log of decisions in a process of its own, since the apps of a
 * process cost each other some points. Started by `servers.ts`, with the apps and the folder of the
 * build, which asks it for its figures.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import fastify, { type FastifyInstance } from 'fastify';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { readDefinitions } from '../examples/feature-server/definitions.js';
import { readOnlineFeatures } from '../examples/feature-server/online-features.js';
import { OnlineStore } from '../examples/feature-server/online-store.js';
import type { DecisionLog } from '../src/decision-log/index.js';
import type { HttpClient } from '../src/net/http-client.js';
import { openBuild, thisBuild } from './builds.js';

/** An app: without a gate, with one, with one that has `onRefusal` or a log of decisions. */
export type AppName = 'plain' | 'guarded' | 'told' | 'logged';

/** What is said when the apps listen. */
export interface Started {
  readonly ports: Readonly<Partial<Record<AppName, number>>>;
  /** Tokens of callers who may do all that is asked. */
  readonly tokens: readonly string[];
}

/** Of the process, from its start on, in milliseconds. */
export interface Usage {
  /** On a processor. */
  readonly cpu: number;
  /** The event loop busy, and waiting. */
  readonly active: number;
  readonly idle: number;
}

const [, , names = '', folder] = process.argv;
const build = folder === undefined ? thisBuild : openBuild(folder);
const { feastAuth, requires } = await build.load('./fastify');
const { loadGate } = await build.load('./node');

const STORE = 'examples/credit_scoring/feature_store_oidc.yaml';
const ISSUER = 'http://127.0.0.1:18999/realms/master';
const TOKENS = 100;

const PROJECT = 'credit_scoring';
const DATA = 'examples/credit_scoring/data';

const definitions = await readDefinitions(`${DATA}/registry.db`, PROJECT);
const store = OnlineStore.openCopy(`${DATA}/online_store.db`, PROJECT);

const logs = mkdtempSync(join(tmpdir(), 'feast-permissions-bench-'));

/** What `onRefusal` heard of. */
let refusals = 0;

/** One route that does nothing, and one that does what it is there for. */
function addRoutes(app: FastifyInstance): void {
  const config = {
    requires: requires('DESCRIBE', ({ params }) => ({
      type: 'FeatureView',
      name: (params as { readonly name: string }).name,
    })),
  };
  app.get('/views/:name', { config }, async ({ params }) => params);
  app.post('/get-online-features', async ({ body }) =>
    readOnlineFeatures(body, definitions, store),
  );
}

async function listen(app: FastifyInstance): Promise<number> {
  addRoutes(app);
  await app.listen({ port: 0, host: '127.0.0.1' });
  return (app.server.address() as AddressInfo).port;
}

/** A log of decisions in a file. */
async function openLog(): Promise<Pick<DecisionLog, 'onDecision' | 'onRefusal'>> {
  const { createDecisionLog } = await build.load('./decision-log');
  const { openDecisionFile } = await build.load('./node');
  const file = await openDecisionFile(join(logs, 'decisions.jsonl'));
  const { onDecision, onRefusal } = createDecisionLog({ sink: file.sink });
  return { onDecision, onRefusal };
}

async function start(): Promise<Started> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'key', alg: 'RS256', use: 'sig' };
  const httpClient: HttpClient = async ({ url }) => ({
    status: 200,
    retryAfter: undefined,
    body: JSON.stringify(
      url.pathname.endsWith('/certs')
        ? { keys: [jwk] }
        : { issuer: ISSUER, jwks_uri: `${ISSUER}/certs`, token_endpoint: `${ISSUER}/token` },
    ),
  });
  const options = { identity: { httpClient }, telemetry: false } as const;
  const appOf = async (name: AppName): Promise<FastifyInstance> => {
    const app = fastify();
    if (name === 'plain') return app;
    const told = name === 'told' ? { onRefusal: () => (refusals += 1) } : {};
    const logged = name === 'logged' ? await openLog() : {};
    const gate = await loadGate(STORE, { ...options, ...told, ...logged });
    await app.register(feastAuth, { gate, feastEndpoints: { project: PROJECT } });
    return app;
  };

  const tokens = Array.from({ length: TOKENS }, (_, user) =>
    new SignJWT({
      preferred_username: `user-${user}`,
      resource_access: { 'feast-server': { roles: ['super-reader'] } },
      groups: ['risk-team', 'sre'],
    })
      .setProtectedHeader({ alg: 'RS256', kid: 'key' })
      .setIssuer(ISSUER)
      .setSubject(`subject-${user}`)
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(privateKey),
  );
  const ports: Partial<Record<AppName, number>> = {};
  for (const name of names.split(',') as AppName[]) ports[name] = await listen(await appOf(name));
  return { ports, tokens: await Promise.all(tokens) };
}

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  const { active, idle } = performance.eventLoopUtilization();
  process.send?.({ cpu: (user + system) / 1000, active, idle } satisfies Usage);
});
// The one that asks is gone: nothing is left behind.
process.on('disconnect', () => {
  store.close();
  rmSync(logs, { recursive: true });
  process.exit();
});
process.send?.(await start());
