import { Hono, type MiddlewareHandler } from 'hono';
import { expect, expectTypeOf, test } from 'vitest';
import { callerOf, feastAuth, feastEndpoint, requires } from '../../../src/adapters/hono/index.js';
import { createAuthorizer } from '../../../src/engine/index.js';
import { type Caller, createGate } from '../../../src/gate/index.js';
import { defineVocabulary } from '../../../src/model/index.js';

const models = defineVocabulary({
  name: 'models',
  types: { Model: {} },
  actions: { PREDICT: {} },
});
const authenticator = { authenticate: async () => null };
const gate = createGate({
  authenticator,
  authorizer: createAuthorizer({ permissions: [], projects: ['p'] }),
});
const modelGate = createGate({
  authenticator,
  authorizer: createAuthorizer({ vocabulary: models, permissions: [], projects: ['p'] }),
});
const view = { type: 'FeatureView', name: 'a' } as const;

test('hono', () => {
  const app = new Hono<{ Variables: { own: string } }>();
  expectTypeOf(feastAuth(gate)).toEqualTypeOf<MiddlewareHandler>();
  app.use(feastAuth(modelGate, { unguarded: 'report', onUnguarded: () => {} }));
  app.get(
    '/:name',
    requires('READ_ONLINE', async () => [view]),
    (context) => {
      expectTypeOf(context.var.feast).toEqualTypeOf<Caller | undefined>();
      expectTypeOf(context.get('feast')).toEqualTypeOf<Caller | undefined>();
      expectTypeOf(context.var.own).toEqualTypeOf<string>();
      expectTypeOf(context.req.param('name')).toEqualTypeOf<string>();
      expectTypeOf(callerOf<typeof models>(context)).toEqualTypeOf<
        Caller<typeof models> | undefined
      >();
      return context.text('ok');
    },
  );
  app.post('/push', feastEndpoint({ checkViews: true }), (context) => context.body(null));
  // @ts-expect-error an action that Feast does not have
  expect(() => requires('PREDICT', view)).toThrow(TypeError);
  // @ts-expect-error a type that Feast does not have
  expect(() => requires('READ_ONLINE', { type: 'Model', name: 'a' })).toThrow(TypeError);
  requires('PREDICT', { type: 'Model', name: 'a' }, { vocabulary: models });
});
