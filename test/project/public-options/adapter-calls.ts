import * as express from '../../../src/adapters/express/index.js';
import * as fastify from '../../../src/adapters/fastify/index.js';
import { flightInterceptor } from '../../../src/adapters/flight/index.js';
import * as grpc from '../../../src/adapters/grpc/index.js';
import * as hono from '../../../src/adapters/hono/index.js';
import { guard } from '../../../src/adapters/http/index.js';
import {
  createFeastFilter,
  createFeastGuard,
  FeastEndpoint,
  feastAuthentication,
  Requires,
} from '../../../src/adapters/nestjs/index.js';
import { createGate } from '../../../src/gate/index.js';
import { createAuthorizer } from '../../../src/index.js';
import {
  createServingEndpointProxy,
  queriedEndpoint,
} from '../../../src/platforms/databricks/serving-endpoint/index.js';
import { assertAllowed, assertDenied, assertFullyCovered } from '../../../src/testing/index.js';
import type { OptionCalls } from './option-calls.js';

const authorizer = createAuthorizer({ permissions: [], resources: [] });
const gate = createGate({ authenticator: { authenticate: async () => null }, authorizer });
const scope = { hasRequestDecorator: () => false } as never;
const resource = { type: 'Entity', name: 'e' } as const;
const question = { subject: null, actions: 'DESCRIBE', resource } as const;
const handler = (): void => {};

/** Functions of the adapters, of the proxy for serving endpoints and of the test helpers. */
export const ADAPTER_CALLS: OptionCalls = {
  'feastAuth of Express': [
    (extra: object) => express.feastAuth(gate, extra),
    'publicRoutes',
    'maxBodyBytes',
    express.feastAuth,
  ],
  'requires of Express': [
    (extra: object) => express.requires('DESCRIBE', resource, extra as never),
    'vocabulary',
    'messages',
    express.requires as never,
  ],
  'feastEndpoint of Express': [
    (extra: object) => express.feastEndpoint(extra),
    'checkViews',
    'entitySql',
    express.feastEndpoint,
  ],
  'feastEndpoint of Express, with a path': [
    (extra: object) => express.feastEndpoint('POST', '/push', extra),
    'checkViews',
    'entitySql',
  ],
  'feastAuth of Fastify': [
    (extra: object) => fastify.feastAuth(scope, { gate, ...extra }),
    'feastEndpoints',
    'prefix',
    fastify.feastAuth,
  ],
  'feastAuth of Fastify, feastEndpoints': [
    (extra: object) => fastify.feastAuth(scope, { gate, feastEndpoints: extra }),
    'checkViews',
    'unguarded',
  ],
  'feastEndpoint of Fastify and node:http': [
    (extra: object) => fastify.feastEndpoint('POST', '/push', extra),
    'checkViews',
    'entitySql',
    fastify.feastEndpoint,
  ],
  'feastAuth of Hono': [
    (extra: object) => hono.feastAuth(gate, extra),
    'maxBodyBytes',
    'feastEndpoints',
    hono.feastAuth,
  ],
  'requires of Hono': [
    (extra: object) => hono.requires('DESCRIBE', resource, extra as never),
    'vocabulary',
    'messages',
    hono.requires as never,
  ],
  'feastEndpoint of Hono': [
    (extra: object) => hono.feastEndpoint(extra),
    'checkViews',
    'entitySql',
    hono.feastEndpoint,
  ],
  guard: [(extra: object) => guard(gate, { routes: {}, ...extra }), 'maxBodyBytes', 'handler'],
  'guard, without a table': [
    (extra: object) => guard(gate, { handler, ...extra }),
    'maxBodyBytes',
    'feastEndpoints',
  ],
  'guard, one route': [
    (extra: object) => guard(gate, { routes: { 'GET /health': { handler, ...extra } } }),
    'requires',
    'maxBodyBytes',
  ],
  'guard, feastEndpoints': [
    (extra: object) => guard(gate, { routes: {}, feastEndpoints: extra }),
    'checkViews',
    'unguarded',
  ],
  Requires: [
    (extra: object) => Requires('DESCRIBE', resource, extra as never),
    'vocabulary',
    'messages',
  ],
  FeastEndpoint: [(extra: object) => FeastEndpoint(extra), 'checkViews', 'entitySql'],
  feastAuthentication: [
    (extra: object) => feastAuthentication(gate, extra),
    'streamGraceSeconds',
    'unguarded',
  ],
  createFeastGuard: [(extra: object) => createFeastGuard(gate, extra), 'unguarded', 'publicRoutes'],
  createFeastFilter: [(extra: object) => createFeastFilter(gate, extra), 'onError', 'unguarded'],
  'requires of gRPC': [
    (extra: object) => grpc.requires('DESCRIBE', resource, extra),
    'messages',
    'methods',
    grpc.requires as never,
  ],
  'requires of gRPC, a function alone': [
    (extra: object) => grpc.requires(() => [], extra),
    'messages',
    'methods',
  ],
  feastInterceptor: [
    (extra: object) => grpc.feastInterceptor(gate, extra),
    'streamGraceSeconds',
    'commands',
  ],
  'feastInterceptor, feast': [
    (extra: object) => grpc.feastInterceptor(gate, { feast: extra }),
    'entitySql',
    'services',
  ],
  flightInterceptor: [
    (extra: object) => flightInterceptor(gate, extra),
    'maxCommandBytes',
    'maxBodyBytes',
  ],
  createServingEndpointProxy: [
    (extra: object) => createServingEndpointProxy(extra as never),
    'maxRequestBytes',
    'maxBodyBytes',
  ],
  queriedEndpoint: [
    (extra: object) =>
      queriedEndpoint({ callerOf: () => undefined, nameOf: () => undefined, ...extra }),
    'resourceOf',
    'target',
  ],
  assertAllowed: [
    (extra: object) => assertAllowed(authorizer, { ...question, ...extra }),
    'actions',
    'types',
  ],
  assertDenied: [
    (extra: object) => assertDenied(authorizer, { ...question, ...extra }),
    'actions',
    'types',
  ],
  assertFullyCovered: [
    (extra: object) => assertFullyCovered(authorizer, extra),
    'actions',
    'subject',
  ],
};
