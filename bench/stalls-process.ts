/**
 * A server whose event loop is watched: a route of Fastify behind a gate that decides on the views
 * that a body names, or a Flight server that decides on the flights of an answer. Started by
 * `stalls.ts`, with the case and the folder of the build; asked for the longest delay by messages.
 */
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';
import fastify from 'fastify';
import { openBuild, thisBuild } from './builds.js';
import { STALL_CASES } from './stall-cases.js';
import { listenForFlights } from './stalls-flight.js';

/**
 * What is said once the server listens, and to each question for the longest delay since the last
 * one.
 */
export type StallMessage = { readonly port: number } | { readonly longestMs: number };

const [, , name = '', folder] = process.argv;
const build = folder === undefined ? thisBuild : openBuild(folder);
const stallCase = STALL_CASES.find((one) => one.name === name);
if (stallCase === undefined) throw new Error(`no case is called ${name}`);

const { createAuthorizer } = await build.load('.');
const { createGate } = await build.load('./gate');

const { permissions, registered = [], readsReasons, inAnswer = false } = stallCase;
const resources = registered.map((view) => ({ type: 'FeatureView' as const, name: view }));
let heard = 0;
const gate = createGate({
  authenticator: { authenticate: async () => ({ username: 'user', roles: ['role-1'] }) },
  authorizer: createAuthorizer({ permissions, resources }),
  telemetry: false,
  onDecision: readsReasons
    ? ({ decision }) => {
        heard += decision.explanation.length;
      }
    : undefined,
});

async function listenForViews(): Promise<number> {
  const { feastAuth, requires } = await build.load('./fastify');
  const app = fastify();
  await app.register(feastAuth, { gate });
  const viewsOf = requires('READ_ONLINE', ({ body }: { readonly body: unknown }) =>
    (body as readonly string[]).map((view) => ({ type: 'FeatureView', name: view })),
  );
  app.post('/views', { config: { requires: viewsOf } }, async () => ({ heard }));
  await app.listen({ port: 0, host: '127.0.0.1' });
  return (app.server.address() as AddressInfo).port;
}

async function listenInFlight(): Promise<number> {
  const { flightInterceptor, flightRequires } = await build.load('./flight');
  const paths = flightRequires('READ_ONLINE', ({ path: [view = ''] }) => ({
    type: 'FeatureView',
    name: view,
  }));
  return listenForFlights(flightInterceptor(gate, { paths }));
}

const port = await (inAnswer ? listenInFlight() : listenForViews());
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
process.on('message', () => {
  process.send?.({ longestMs: delay.max / 1e6 } satisfies StallMessage);
  delay.reset();
});
process.on('disconnect', () => process.exit());
process.send?.({ port } satisfies StallMessage);
