import { type Context, Hono } from 'hono';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  callerOf,
  feastAuth,
  feastEndpoint,
  readJson,
  requires,
} from '../../../src/adapters/hono/index.js';
import type { Gate } from '../../../src/gate/index.js';
import { viewsNamed } from '../support/case-resources.js';
import { createTestGate } from '../support/serve.js';

const UNTAGGED = { type: 'FeatureView', name: 'untagged_view' } as const;
const TRANSACTIONS = { type: 'FeatureView', name: 'transaction_features' } as const;

let gate: Gate;
let runs = 0;

beforeAll(async () => {
  gate = await createTestGate();
});
beforeEach(() => {
  runs = 0;
});

const handler = (context: Context): Response => {
  runs += 1;
  return context.text('ok');
};
const mayRead = requires('READ_ONLINE', UNTAGGED);
const as = (name: string): RequestInit => ({ headers: { authorization: `Bearer ${name}-token` } });

describe('what a handler learns', () => {
  test('who asks, and what they may do', async () => {
    const app = new Hono();
    app.use(feastAuth(gate, { publicRoutes: ['GET /public'] }));
    const tell = (context: Context): Response => {
      const { feast } = context.var;
      expect(callerOf(context)).toBe(feast);
      return context.json({
        subject: feast?.subject,
        can: feast?.can('READ_ONLINE', UNTAGGED),
        filtered: feast?.filter('READ_ONLINE', [UNTAGGED, TRANSACTIONS]),
      });
    };
    app.get('/', requires('READ_ONLINE', TRANSACTIONS), tell);
    app.get('/public', tell);
    expect(await (await app.request('/', as('analyst'))).json()).toMatchObject({
      subject: { username: 'ann' },
      can: false,
      filtered: [TRANSACTIONS],
    });
    expect(await (await app.request('/public', as('reader'))).json()).toEqual({});
  });

  test('another variable of that name changes no decision', async () => {
    const app = new Hono();
    app.use(feastAuth(gate));
    const reader = await gate.authenticate('Bearer reader-token');
    app.use(async (context, next) => {
      context.set('feast', reader);
      await next();
    });
    app.get('/', mayRead, handler);
    expect((await app.request('/', as('nobody'))).status).toBe(403);
  });
});

describe('a route that no guard stands before', () => {
  const pass = async (_context: Context, next: () => Promise<void>): Promise<void> => next();
  const withErrorHandler = (): Hono => new Hono().onError((_error, c) => c.text('own', 500));
  const ROUTES: readonly (readonly [name: string, add: (app: Hono) => void])[] = [
    ['has none', (app) => app.get('/x', handler)],
    ['has one too late', (app) => app.get('/x', pass, mayRead, handler)],
    ['is for all methods', (app) => app.all('/x', handler)],
    ['is for all paths', (app) => app.all('*', handler)],
    ['is middleware that cannot pass on', (app) => app.use(handler as never)],
    ['is put in place with use', (app) => app.use('/x', pass)],
    ['is guarded for another method', (app) => app.post('/x', mayRead).get('/x', handler)],
    ['is a pattern', (app) => app.get('/:any', handler)],
    ['is a wildcard', (app) => app.get('*', handler)],
    ['is an optional parameter', (app) => app.get('/x/:any?', handler)],
    ['is one of several', (app) => app.on('GET', ['/x', '/y'], handler)],
    ['is in a mounted app', (app) => app.route('/', new Hono().get('/x', handler))],
    [
      'is in an app with errors of its own',
      (app) => app.route('/', withErrorHandler().get('/x', handler)),
    ],
    [
      'comes after one that passes on',
      (app) => app.get('/x', requires('READ_ONLINE', TRANSACTIONS), pass).get('/:any', handler),
    ],
  ];

  test.each(ROUTES)('is not run, when it %s', async (_name, add) => {
    const errors: unknown[] = [];
    const app = new Hono();
    app.use(feastAuth(gate, { onError: (error) => errors.push(error) }));
    add(app);
    expect((await app.request('/x')).status).toBe(401);
    const answer = await app.request('/x', as('reader'));
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('/x');
    expect(runs).toBe(0);
    expect(errors).toEqual([expect.any(TypeError)]);
    expect(String(errors[0])).toContain('does not say what it requires');
  });

  test('is told to one place, once, and served to who is known', async () => {
    const reported: string[] = [];
    const app = new Hono();
    app.use(feastAuth(gate, { unguarded: 'report', onUnguarded: (route) => reported.push(route) }));
    app.get('/a/:kind/:id', pass, handler);
    for (const path of ['/a/x/1', '/a/y/2']) {
      expect((await app.request(path, as('nobody'))).status).toBe(200);
      expect((await app.request(path)).status).toBe(401);
    }
    expect(reported).toEqual(['GET /a/:kind/:id']);
  });
});

describe('a guard', () => {
  const GUARDED: readonly (readonly [name: string, add: (app: Hono) => void])[] = [
    ['of the route', (app) => app.get('/x', mayRead, handler)],
    ['of all methods', (app) => app.all('/x', mayRead).get('/x', handler)],
    ['above the path', (app) => app.use('/x/*', mayRead).get('/x', handler)],
    ['above all paths', (app) => app.use(mayRead).get('/:any', handler)],
    ['in a mounted app', (app) => app.route('/x', new Hono().get('/', mayRead, handler))],
    [
      'in an app with errors of its own',
      (app) =>
        app.route(
          '/',
          new Hono().onError((_error, c) => c.text('own', 500)).get('/x', mayRead, handler),
        ),
    ],
    ['after middleware', (app) => app.use(async (_c, next) => next()).get('/x', mayRead, handler)],
    [
      'and one more: both',
      (app) => app.get('/x', requires('DESCRIBE', UNTAGGED), mayRead, handler),
    ],
  ];

  test.each(GUARDED)('counts: %s', async (_name, add) => {
    const app = new Hono();
    app.use(feastAuth(gate));
    add(app);
    expect((await app.request('/x')).status).toBe(401);
    expect((await app.request('/x', as('nobody'))).status).toBe(403);
    expect((await app.request('/x', { ...as('nobody'), method: 'HEAD' })).status).toBe(403);
    expect(runs).toBe(0);
    expect((await app.request('/x', as('reader'))).status).toBe(200);
    expect(runs).toBe(1);
  });

  test('behind two authentications refuses', async () => {
    const app = new Hono();
    app.use(feastAuth(gate));
    app.use('/x/*', feastAuth(gate));
    app.get('/x', mayRead, handler);
    expect((await app.request('/x', as('reader'))).status).toBe(500);
    expect(runs).toBe(0);
  });

  test('without authentication before it refuses', async () => {
    const app = new Hono().get('/x', mayRead, handler);
    expect((await app.request('/x', as('reader'))).status).toBe(500);
    expect(runs).toBe(0);
  });

  test('refuses on a public route, where the caller is unknown', async () => {
    const app = new Hono();
    app.use(feastAuth(gate, { publicRoutes: ['GET /x'] }));
    app.get('/x', mayRead, handler);
    expect((await app.request('/x', as('reader'))).status).toBe(500);
    expect(runs).toBe(0);
  });
});

test('where nothing is guarded nothing is served, to who is known', async () => {
  const app = new Hono();
  app.notFound((context) => context.text('nothing here', 404));
  app.use(feastAuth(gate));
  app.use(async (context, _next) => context.text('served by middleware'));
  expect((await app.request('/y')).status).toBe(401);
  const answer = await app.request('/y', as('nobody'));
  expect([answer.status, await answer.text()]).toEqual([404, 'nothing here']);
  const open = new Hono().use(feastAuth(gate, { unguarded: 'allow' }));
  open.use(async (context, _next) => context.text('served by middleware'));
  expect((await open.request('/y', as('nobody'))).status).toBe(200);
});

test.each<readonly [string, readonly string[], unknown]>([
  ['none', [], undefined],
  ['one', ['Bearer a'], 'Bearer a'],
  ['two', ['Bearer a', 'Bearer b'], ['Bearer a', ' Bearer b']],
  ['one that is empty', ['Bearer a', ''], ['Bearer a', '']],
])('the gate is given all Authorization headers: %s', async (_name, values, expected) => {
  const given: unknown[] = [];
  const asked: Gate = {
    ...gate,
    refuse: (error) => gate.refuse(error),
    authenticate: async (authorization) => {
      given.push(authorization);
      return gate.authenticate('Bearer reader-token');
    },
  };
  const app = new Hono().use(feastAuth(asked));
  const headers = new Headers();
  for (const value of values) headers.append('authorization', value);
  await app.request('/', { headers });
  expect(given).toEqual([expected]);
});

test('what a handler throws is for the error handler of the app', async () => {
  const app = new Hono();
  app.onError((error, context) => context.text(`caught ${error.message}`, 500));
  app.use(feastAuth(gate));
  app.get('/x', mayRead, () => {
    throw new Error('own');
  });
  expect(await (await app.request('/x', as('reader'))).text()).toBe('caught own');
});

type Sent = string | Uint8Array<ArrayBuffer> | ReadableStream;

describe('a body', () => {
  const ofBody = requires('READ_ONLINE', async (context) => viewsNamed(await readJson(context)));
  const echo = async (context: Context): Promise<Response> => {
    runs += 1;
    return context.json(await context.req.json());
  };
  const post = (app: Hono, body: Sent, headers: Record<string, string> = {}) =>
    app.request('/views', {
      method: 'POST',
      headers: {
        authorization: 'Bearer reader-token',
        'content-type': 'application/json',
        ...headers,
      },
      body,
      duplex: 'half',
    } as RequestInit);
  const createApp = (maxBodyBytes?: number): Hono => {
    const app = new Hono();
    app.use(feastAuth(gate, { maxBodyBytes }));
    return app.post('/views', ofBody, ofBody, echo);
  };
  const VALID = '{"views":["untagged_view"]}';
  const streamOf = (...chunks: readonly string[]): ReadableStream =>
    new ReadableStream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
        controller.close();
      },
    });

  test('is read once, for guards and handler', async () => {
    expect(await (await post(createApp(), VALID)).json()).toEqual({ views: ['untagged_view'] });
    const streamed = await post(createApp(), streamOf('{"views":["unta', 'gged_view"]}'));
    expect(await streamed.json()).toEqual({ views: ['untagged_view'] });
  });

  test('that a middleware has read is the same for all', async () => {
    const app = new Hono();
    app.use(feastAuth(gate));
    app.use(async ({ req }, next) => {
      await req.text();
      await next();
    });
    app.post('/views', ofBody, echo);
    expect(await (await post(app, VALID)).json()).toEqual({ views: ['untagged_view'] });
    expect((await post(app, '{"views":')).status).toBe(422);
  });

  const BROKEN: readonly (readonly [name: string, body: () => Sent, length?: string])[] = [
    ['too long', () => `${VALID}${' '.repeat(40)}`],
    ['too long in pieces', () => streamOf(VALID, ' '.repeat(40), VALID)],
    ['said to be too long', () => streamOf(VALID), '1000'],
    ['no JSON', () => '{"views":'],
    ['no UTF-8', () => new Uint8Array([0x22, 0xff, 0x22])],
    ['without an end', () => new ReadableStream({ start: (c) => c.error(new Error('gone')) })],
  ];

  test.each(BROKEN.map(([name, body, length]) => ({ name, body, length })))(
    'is refused: $name',
    async ({ body, length }) => {
      const headers = length === undefined ? {} : { 'content-length': length };
      const answer = await post(createApp(VALID.length + 10), body(), headers);
      expect(answer.status).toBe(422);
      expect(await answer.json()).toMatchObject({ code: 'ERR_REQUEST_INVALID' });
      expect(runs).toBe(0);
    },
  );

  test('is refused before it is read when it is not JSON by its type', async () => {
    const body = streamOf(VALID);
    const answer = await post(createApp(), body, { 'content-type': 'text/plain' });
    expect(answer.status).toBe(415);
    expect(await answer.json()).toMatchObject({ code: 'ERR_MEDIA_TYPE_UNSUPPORTED' });
    expect(body.locked).toBe(false);
  });

  test('without an end is not read for ever', async () => {
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1000)),
    });
    expect((await post(createApp(10_000), endless)).status).toBe(422);
  });

  test('that a middleware has read is not decided on when it is too long', async () => {
    const app = new Hono();
    app.use(feastAuth(gate, { maxBodyBytes: 10 }));
    app.use('*', async ({ req }, next) => {
      await req.text();
      await next();
    });
    app.post('/views', ofBody, echo);
    expect((await post(app, VALID)).status).toBe(422);
  });

  test('is copied once, however many rules ask for it', async () => {
    const headers = {
      authorization: 'Bearer reader-token',
      'content-type': 'application/json',
    };
    const request = new Request('http://x/views', { method: 'POST', headers, body: VALID });
    let copies = 0;
    const clone = () => {
      copies += 1;
      return Request.prototype.clone.call(request);
    };
    Object.defineProperty(request, 'clone', { value: clone });
    expect((await createApp().fetch(request)).status).toBe(200);
    expect(copies).toBe(1);
  });

  test('that is not there is not invented', async () => {
    const app = new Hono();
    const seen: unknown[] = [];
    app.use(feastAuth(gate));
    const look = requires('READ_ONLINE', async (context) => {
      seen.push(await readJson(context));
      return UNTAGGED;
    });
    app.get('/', look, handler);
    expect((await app.request('/', as('reader'))).status).toBe(200);
    expect(seen).toEqual([undefined]);
    await expect(readJson({} as Context)).rejects.toThrow(TypeError);
  });
});

describe("Feast's endpoints", () => {
  const body = JSON.stringify({
    push_source_name: 'transactions_push',
    df: { a: [1] },
    to: 'online',
  });
  const push = (app: Hono, path: string, name: string) =>
    app.request(path, {
      method: 'POST',
      headers: { ...as(name).headers, 'content-type': 'application/json' },
      body,
    });

  test('may be called something else', async () => {
    const app = new Hono();
    app.use(feastAuth(gate));
    const asPush = feastEndpoint('POST', '/push', { project: 'credit_scoring' });
    app.post('/features/push', asPush, handler);
    expect((await push(app, '/features/push', 'fleet')).status).toBe(200);
    expect((await push(app, '/features/push', 'nobody')).status).toBe(403);
  });

  test('that are invalid are reported', async () => {
    expect(() => feastEndpoint('POST', '/nosuch')).toThrow(TypeError);
    const app = new Hono();
    app.use(feastAuth(gate));
    app.post('/nosuch', feastEndpoint(), handler);
    expect((await push(app, '/nosuch', 'fleet')).status).toBe(500);
    expect(runs).toBe(0);
  });

  test('a list is for who is known, and the handler keeps of it what they may see', async () => {
    const app = new Hono();
    app.use(feastAuth(gate));
    app.get('/v1/vector_stores', feastEndpoint({ project: 'credit_scoring' }), (context) =>
      context.json(context.var.feast?.filter('DESCRIBE', [UNTAGGED, TRANSACTIONS])),
    );
    expect((await app.request('/v1/vector_stores')).status).toBe(401);
    const list = async (name: string) =>
      (await app.request('/v1/vector_stores', as(name))).json() as Promise<unknown>;
    expect(await list('nobody')).toEqual([]);
    expect(await list('analyst')).toEqual([TRANSACTIONS]);
  });
});

test.each<readonly [string, unknown, object?]>([
  ['no gate', undefined],
  ['a gate that is none', {}],
  ['another word', { authenticate: () => {} }, { unguarded: 'ignore' }],
  ['no way to report', { authenticate: () => {} }, { unguarded: 'report' }],
  ['a route without a method', { authenticate: () => {} }, { publicRoutes: ['/health'] }],
  ['routes that are no list', { authenticate: () => {} }, { publicRoutes: 'GET /health' }],
  ['a length below 0', { authenticate: () => {} }, { maxBodyBytes: -1 }],
])('options are refused: %s', (_name, given, options) => {
  expect(() => feastAuth(given as Gate, options as never)).toThrow(TypeError);
});
