import express from 'express';
import createFastify from 'fastify';
import { Hono } from 'hono';
import { afterEach, describe, expect, test } from 'vitest';
import * as onExpress from '../../../../src/adapters/express/index.js';
import * as onFastify from '../../../../src/adapters/fastify/index.js';
import * as onHono from '../../../../src/adapters/hono/index.js';
import { guard } from '../../../../src/adapters/http/index.js';
import * as onNest from '../../../../src/adapters/nestjs/index.js';
import type { Gate } from '../../../../src/gate/index.js';
import {
  CAN_QUERY,
  type EndpointResourceOf,
  queriedEndpoint,
  requiresEndpointQuery,
  type ServingEndpointProxyOptions,
} from '../../../../src/platforms/databricks/serving-endpoint/index.js';
import {
  type DatabricksVocabulary,
  databricksVocabulary,
} from '../../../../src/platforms/databricks/vocabulary/index.js';
import { createNodeServer } from '../../../adapters/hono/node-server.js';
import { asController, decorate, onRoute, serveApp } from '../../../adapters/nestjs/nest-app.js';
import { type Served, serve } from '../../../adapters/support/serve.js';
import { createEndpointGate, endpointNamed } from './endpoint-gate.js';

type EndpointGate = ServingEndpointProxyOptions['gate'];
type Start = (gate: EndpointGate, resourceOf?: EndpointResourceOf) => Promise<Served>;

const PATH = '/score/:name';

const startHttp: Start = (gate, resourceOf) =>
  serve(
    guard(gate, {
      routes: {
        [`GET ${PATH}`]: {
          requires: requiresEndpointQuery(resourceOf),
          handler: (_, response) => response.end('scored'),
        },
      },
    }),
  );

const startExpress: Start = (gate, resourceOf) => {
  const endpoint = queriedEndpoint<express.Request>({
    callerOf: ({ feast }) => feast,
    nameOf: ({ params }) => params['name'],
    resourceOf,
  });
  const app = express();
  app.use(onExpress.feastAuth(gate));
  const rule = onExpress.requires(CAN_QUERY, endpoint, { vocabulary: databricksVocabulary });
  app.get(PATH, rule, (_, response) => void response.send('scored'));
  return serve(app);
};

const startHono: Start = async (gate, resourceOf) => {
  const endpoint = queriedEndpoint<Parameters<typeof onHono.callerOf>[0]>({
    callerOf: onHono.callerOf,
    nameOf: ({ req }) => req.param('name'),
    resourceOf,
  });
  const app = new Hono();
  app.use(onHono.feastAuth(gate));
  const rule = onHono.requires(CAN_QUERY, endpoint, { vocabulary: databricksVocabulary });
  app.get(PATH, rule, (context) => context.text('scored'));
  return serve(await createNodeServer(app));
};

const startFastify: Start = async (gate, resourceOf) => {
  const endpoint = queriedEndpoint<Parameters<typeof onFastify.callerOf>[0]>({
    callerOf: onFastify.callerOf,
    nameOf: ({ params }) => (params as { readonly name?: unknown }).name,
    resourceOf,
  });
  const app = createFastify();
  await app.register(onFastify.feastAuth, { gate });
  const rule = onFastify.requires<DatabricksVocabulary>(CAN_QUERY, endpoint);
  app.get(PATH, { config: { requires: rule } }, async () => 'scored');
  await app.ready();
  return serve(app.server);
};

const startNest: Start = (gate, resourceOf) => {
  const endpoint = queriedEndpoint<onNest.FeastHttpRequest>({
    callerOf: onNest.callerOf,
    nameOf: ({ params }) => params['name'],
    resourceOf,
  });
  class Scores {
    score() {
      return 'scored';
    }
  }
  const rule = onNest.Requires(CAN_QUERY, endpoint, { vocabulary: databricksVocabulary });
  decorate(Scores, 'score', onRoute('GET', PATH), rule);
  return serveApp(gate as unknown as Gate, [asController(Scores)]);
};

const ADAPTERS: readonly (readonly [name: string, start: Start])[] = [
  ['node:http', startHttp],
  ['express', startExpress],
  ['hono', startHono],
  ['fastify', startFastify],
  ['nestjs', startNest],
];

let close = async (): Promise<void> => {};
afterEach(() => close());

describe.each(ADAPTERS)('on %s', (_, start) => {
  const statusesOf = async (
    served: Served,
    asked: readonly (readonly [path: string, token?: string])[],
  ): Promise<readonly number[]> => {
    close = served.close;
    const answers = asked.map(([path, token]) => served.get(path, token));
    return (await Promise.all(answers)).map(({ status }) => status);
  };

  test('only callers who may query the endpoint reach the handler', async () => {
    const served = await start(createEndpointGate());
    const statuses = await statusesOf(served, [
      ['/score/fraud', 'token-of-caller'],
      ['/score/fraud', 'token-of-viewer'],
      ['/score/open', 'token-of-caller'],
      ['/score/fraud'],
      ['/score/fraud', 'another-token'],
      ['/score/a%2fb', 'token-of-caller'],
    ]);
    expect(statuses).toEqual([200, 403, 403, 401, 401, 404]);
  });

  test('an endpoint that no permission covers is closed to everyone', async () => {
    const served = await start(createEndpointGate({ unsecured: 'allow' }));
    const statuses = await statusesOf(served, [
      ['/score/open', 'token-of-caller'],
      ['/score/fraud', 'token-of-caller'],
    ]);
    expect(statuses).toEqual([403, 200]);
  });

  test('where nothing is enforced nothing is granted', async () => {
    const served = await start(createEndpointGate({ auth: { type: 'no_auth' } }));
    expect(await statusesOf(served, [['/score/fraud', 'token-of-caller']])).toEqual([403]);
  });

  test('permissions are asked for by the name that is told', async () => {
    const resourceOf: EndpointResourceOf = (name) =>
      name === 'mine' ? endpointNamed('fraud') : undefined;
    const served = await start(createEndpointGate(), resourceOf);
    const statuses = await statusesOf(served, [
      ['/score/mine', 'token-of-caller'],
      ['/score/mine', 'token-of-viewer'],
      ['/score/fraud', 'token-of-caller'],
    ]);
    expect(statuses).toEqual([200, 403, 404]);
  });
});

test('finds no endpoint without a caller', () => {
  const endpoint = queriedEndpoint<string>({ callerOf: () => undefined, nameOf: (name) => name });
  expect(() => endpoint('fraud')).toThrow(TypeError);
  const nameless = queriedEndpoint<unknown>({ callerOf: () => undefined, nameOf: (name) => name });
  expect(() => nameless(['fraud'])).toThrow('the endpoint does not exist');
});
