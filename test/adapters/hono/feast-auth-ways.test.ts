import { type Context, Hono } from 'hono';
import { every } from 'hono/combine';
import { methodOverride } from 'hono/method-override';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { feastAuth, feastEndpoint, requires } from '../../../src/adapters/hono/index.js';
import type { Gate } from '../../../src/gate/index.js';
import { createTestGate } from '../support/serve.js';

const UNTAGGED = { type: 'FeatureView', name: 'untagged_view' } as const;

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
const pass = async (_context: Context, next: () => Promise<void>): Promise<void> => next();
const mayRead = requires('READ_ONLINE', UNTAGGED);
const as = (name: string, method = 'GET'): RequestInit => ({
  method,
  headers: { authorization: `Bearer ${name}-token` },
});

describe('a way to a handler', () => {
  const other = (): Hono => new Hono().all('*', handler);
  const WAYS: readonly (readonly [name: string, add: (app: Hono) => void, path?: string])[] = [
    ['an app that is mounted', (app) => app.mount('/x', other().fetch)],
    ['a base path', (app) => app.basePath('/x').get('/', handler)],
    ['a pattern', (app) => app.get('/:id{[a-z]+}', handler)],
    ['a rest of a path', (app) => app.get('/:id{.+}', handler)],
    ['a list of methods', (app) => app.on(['GET', 'POST'], '/x', handler)],
    ['all methods, by name', (app) => app.on('ALL', '/x', handler)],
    ['middleware that answers', (app) => app.use('/x/*', async (context, _) => handler(context))],
    ['two routes', (app) => app.get('/x', handler).get('/x', mayRead, handler)],
    ['an encoded path', (app) => app.get('/x', handler), '/%78'],
    ['a path with dots', (app) => app.get('/x', handler), '/public/../x'],
    ['a path with a fragment', (app) => app.get('/x', handler), '/x#/public'],
  ];

  const ways = WAYS.map(([name, add, path = '/x']) => ({ name, add, path }));
  test.each(ways)('is closed: $name', async ({ add, path }) => {
    const app = new Hono();
    app.use(feastAuth(gate, { publicRoutes: ['GET /public'] }));
    add(app);
    for (const method of ['GET', 'HEAD']) {
      expect((await app.request(path, { method })).status).toBe(401);
      expect((await app.request(path, as('nobody', method))).status).toBeOneOf([404, 500]);
    }
    expect(runs).toBe(0);
  });

  test.each([
    ['without strict', new Hono({ strict: false }), '/x/'],
    ['with paths of its own', new Hono({ getPath: ({ url }) => url.slice(-2) }), '/public/x'],
  ])('is guarded in an app %s', async (_name, app, path) => {
    app.use(feastAuth(gate, { publicRoutes: ['GET /x'] }));
    app.get('/x', mayRead, handler);
    expect((await app.request(path)).status).toBe(401);
    expect((await app.request(path, as('nobody'))).status).toBe(403);
    expect(runs).toBe(0);
    expect((await app.request(path, as('reader'))).status).toBe(200);
  });

  test('is guarded where a public path leads to it', async () => {
    const app = new Hono({ getPath: ({ url }) => new URL(url).pathname.replace('health', 'open') });
    app.use(feastAuth(gate, { unguarded: 'allow', publicRoutes: ['GET /health', 'GET /up'] }));
    app.get('/open', handler).get('/up', handler);
    expect((await app.request('/health')).status).toBe(500);
    expect(runs).toBe(0);
    expect((await app.request('/up')).status).toBe(200);
  });

  test('is guarded where another method takes the place of the one that was sent', async () => {
    const app = new Hono();
    app.use(methodOverride({ app, header: 'x-method' }));
    app.use(feastAuth(gate, { publicRoutes: ['POST /x'] }));
    app.post('/x', handler).delete('/x', mayRead, handler);
    const sent = { method: 'POST', headers: { 'x-method': 'DELETE' } };
    expect((await app.request('/x', sent)).status).toBe(401);
    expect(runs).toBe(0);
  });

  test('is guarded by the gate of its own app', async () => {
    const one = new Hono().use(feastAuth(gate)).get('/', mayRead, handler);
    const two = new Hono().use(feastAuth(await createTestGate())).get('/', handler);
    const app = new Hono().route('/one', one).route('/two', two);
    expect((await app.request('/one', as('nobody'))).status).toBe(403);
    expect((await app.request('/two', as('reader'))).status).toBe(500);
    expect(runs).toBe(0);
    expect((await app.request('/one', as('reader'))).status).toBe(200);
  });
});

describe('a fragment in what was sent', () => {
  test('makes no path public', async () => {
    // Where a path ends is for the app to say: routers have taken the fragment as a part of it.
    const app = new Hono({ getPath: ({ url }) => new URL(url).pathname + new URL(url).hash });
    app.use(feastAuth(gate, { unguarded: 'allow', publicRoutes: ['GET /health'] }));
    app.get('/:any', handler);
    expect((await app.request('http://x/health#a')).status).toBe(401);
    expect(runs).toBe(0);
    expect((await app.request('http://x/health')).status).toBe(200);
  });

  test('is refused: rule and handler might read another query', async () => {
    const app = new Hono();
    app.use(feastAuth(gate));
    app.get('/feature_views/:name', feastEndpoint({ server: 'registry-rest' }), handler);
    const path = '/feature_views/untagged_view';
    for (const end of ['?project=credit_scoring#a', '#?project=credit_scoring', '#']) {
      expect((await app.request(`${path}${end}`)).status).toBe(401);
      expect((await app.request(`${path}${end}`, as('reader'))).status).toBe(422);
    }
    expect(runs).toBe(0);
    expect((await app.request(`${path}?project=credit_scoring`, as('reader'))).status).toBe(200);
  });
});

describe('a function around the authentication', () => {
  // The last is what `every` of older versions of Hono does.
  const WRAPPED: readonly (readonly [name: string, wrap: (app: Hono) => void])[] = [
    ['of one request', (app) => app.use((context, next) => feastAuth(gate)(context, next))],
    ['that runs several', (app) => app.use(every(pass, pass, feastAuth(gate)))],
    [
      'that counts functions of its own',
      (app) =>
        app.use((context, next) => {
          context.req.routeIndex = 1;
          return feastAuth(gate)(context, next);
        }),
    ],
  ];

  test.each(WRAPPED)('hides no route: one %s', async (_name, wrap) => {
    const app = new Hono();
    wrap(app);
    app.get('/x', handler).get('/x', mayRead, handler).get('/y', mayRead, handler);
    expect((await app.request('/x')).status).toBe(401);
    expect((await app.request('/x', as('nobody'))).status).toBe(500);
    expect((await app.request('/y', as('nobody'))).status).toBe(403);
    expect(runs).toBe(0);
    expect((await app.request('/y', as('reader'))).status).toBe(200);
  });
});

test('a handler that answers nothing is an error of the app, as without the gate', async () => {
  const app = new Hono();
  app.onError((_error, context) => context.text('caught', 500));
  app.use(feastAuth(gate));
  app.get('/x', mayRead, (async () => {}) as never);
  const answer = await app.request('/x', as('reader'));
  expect(answer).toBeInstanceOf(Response);
  expect([answer.status, await answer.text()]).toEqual([500, 'caught']);
});
