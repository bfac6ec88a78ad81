import type { RequestListener } from 'node:http';
import express, { type RequestHandler } from 'express';
import fastify, { type FastifyRequest } from 'fastify';
import { expect, expectTypeOf, test } from 'vitest';
import * as onExpress from '../../src/adapters/express/index.js';
import * as onFastify from '../../src/adapters/fastify/index.js';
import * as onHttp from '../../src/adapters/http/index.js';
import { createAuthorizer } from '../../src/engine/index.js';
import { createGate, type Gate } from '../../src/gate/index.js';
import { defineVocabulary, type Subject } from '../../src/model/index.js';

const models = defineVocabulary({
  name: 'models',
  types: { Model: {} },
  actions: { PREDICT: {}, TRAIN: {} },
});
const authorizer = createAuthorizer({ permissions: [], projects: ['p'] });
const gate = createGate({ authenticator: { authenticate: async () => null }, authorizer });
const modelGate = createGate({
  authenticator: { authenticate: async () => null },
  authorizer: createAuthorizer({ vocabulary: models, permissions: [], projects: ['p'] }),
});
const view = { type: 'FeatureView', name: 'a' } as const;

test('fastify', () => {
  const app = fastify();
  void app.register(onFastify.feastAuth, { gate, unguarded: 'refuse', feastEndpoints: true });
  void app.register(onFastify.feastAuth, { gate: modelGate });
  // @ts-expect-error without a gate there is nothing to ask
  void app.register(onFastify.feastAuth, {});
  const rule = onFastify.requires('READ_ONLINE', (request) => {
    expectTypeOf(request).toEqualTypeOf<FastifyRequest>();
    return view;
  });
  app.get<{ Params: { name: string } }>('/', { config: { requires: [rule] } }, (request) => {
    expectTypeOf(request.subject).toEqualTypeOf<Subject | null>();
    expectTypeOf(request.can('READ_ONLINE', view)).toEqualTypeOf<boolean>();
    expectTypeOf(request.params.name).toEqualTypeOf<string>();
    // @ts-expect-error no action of Feast
    request.can('PREDICT', view);
    // @ts-expect-error who asks is not for the app to say
    request.subject = null;
  });
  app.get('/health', { config: { requires: 'public' } }, () => 'ok');
  // @ts-expect-error a misspelt rule
  app.get('/misspelt', { config: { requires: 'publik' } }, () => 'ok');
  // @ts-expect-error a type that Feast does not have
  onFastify.requires('READ_ONLINE', { type: 'Model', name: 'a' });
  onFastify.requires<typeof models>('PREDICT', { type: 'Model', name: 'a' });
});

test('express', () => {
  const app = express();
  expectTypeOf(onExpress.feastAuth(gate)).toEqualTypeOf<RequestHandler>();
  expectTypeOf(onExpress.feastAuth(modelGate)).toEqualTypeOf<RequestHandler>();
  app.get(
    '/:name',
    onExpress.requires('READ_ONLINE', async ({ params }) => [
      { ...view, name: String(params['name']) },
    ]),
    ({ feast }, response) => {
      expectTypeOf(feast?.subject).toEqualTypeOf<Subject | null | undefined>();
      response.json(feast?.filter('DESCRIBE', [view]));
    },
  );
  // @ts-expect-error an action that Feast does not have
  expect(() => onExpress.requires('PREDICT', view)).toThrow(TypeError);
  const model = { type: 'Model', name: 'a' } as const;
  onExpress.requires('PREDICT', model, { vocabulary: models });
  // @ts-expect-error an action that the vocabulary does not have
  const other = () => onExpress.requires('READ_ONLINE', model, { vocabulary: models });
  expect(other).toThrow(TypeError);
});

test('node:http', () => {
  const handler: onHttp.GuardedHandler = (request, response) => {
    expectTypeOf(request.params).toEqualTypeOf<Readonly<Record<string, string>>>();
    expectTypeOf(request.body).toEqualTypeOf<unknown>();
    response.end();
  };
  const listener = onHttp.guard(gate, { requires: onHttp.requires('DESCRIBE', view), handler });
  expectTypeOf(listener).toEqualTypeOf<RequestListener>();
  const ofBody = onHttp.requires('READ_ONLINE', ({ params }) => ({
    ...view,
    name: String(params['n']),
  }));
  onHttp.guard(gate, { routes: { 'GET /:n': { requires: ofBody, handler } } });
  const ofModel = onHttp.requires<typeof models>('PREDICT', { type: 'Model', name: 'a' });
  onHttp.guard(modelGate, { routes: { 'GET /:n': { requires: ofModel, handler } } });
  // @ts-expect-error a handler is needed
  const withoutHandler: Parameters<typeof onHttp.guard>[1] = { requires: 'public' };
  expectTypeOf(withoutHandler).toBeObject();
});

test('a gate of any vocabulary', () => {
  expectTypeOf(modelGate).toEqualTypeOf<Gate<typeof models>>();
});
