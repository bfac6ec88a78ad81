import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  callerOf,
  feastAuth,
  feastEndpoint,
  requires,
} from '../../../src/adapters/express/index.js';
import type { Gate } from '../../../src/gate/index.js';
import { createTestGate, type Served, serve } from '../support/serve.js';

const UNTAGGED = { type: 'FeatureView', name: 'untagged_view' } as const;
const TRANSACTIONS = { type: 'FeatureView', name: 'transaction_features' } as const;

let gate: Gate;
let runs = 0;
let servers: Served[] = [];

beforeAll(async () => {
  gate = await createTestGate();
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
  runs = 0;
});

async function serveApp(app: Express): Promise<Served> {
  const server = await serve(app);
  servers.push(server);
  return server;
}

const handler: RequestHandler = (_request, response) => {
  runs += 1;
  response.send('ok');
};

const mayRead = requires('READ_ONLINE', UNTAGGED);

describe('what a handler learns', () => {
  const tell: RequestHandler = (request, response) => {
    const { feast } = request;
    expect(callerOf(request)?.subject).toBe(feast?.subject);
    expect(callerOf(request)?.can('READ_ONLINE', TRANSACTIONS)).toBe(feast && true);
    response.json({
      subject: feast?.subject,
      can: feast?.can('READ_ONLINE', UNTAGGED),
      allowed: feast?.decide('READ_ONLINE', UNTAGGED).allowed,
      filtered: feast?.filter('READ_ONLINE', [UNTAGGED, TRANSACTIONS]),
    });
  };

  test('who asks, and what they may do', async () => {
    const app = express();
    app.use(feastAuth(gate, { publicRoutes: ['GET /public'] }));
    app.get('/', requires('READ_ONLINE', TRANSACTIONS), tell);
    app.get('/public', tell);
    const server = await serveApp(app);
    expect(JSON.parse((await server.get('/', 'analyst-token')).body)).toMatchObject({
      subject: { username: 'ann' },
      can: false,
      allowed: false,
      filtered: [TRANSACTIONS],
    });
    expect((await server.get('/public', 'reader-token')).body).toBe('{}');
  });
});

describe('a route that does not begin with a guard', () => {
  const before = (app: Express): void =>
    void app.get('/x', (_q, _r, next) => next(), mayRead, handler);
  const ROUTES: readonly (readonly [name: string, add: (app: Express) => void])[] = [
    ['has none', (app) => void app.get('/x', handler)],
    ['has one too late', before],
    ['is for all methods', (app) => void app.all('/x', handler)],
    ['is guarded for another method', (app) => void app.route('/x').post(mayRead).get(handler)],
    ['is a pattern', (app) => void app.get('/{*any}', handler)],
    ['is a regular expression', (app) => void app.get(/x/, handler)],
    ['is one of several', (app) => void app.get(['/x', '/y'], handler)],
    ['is in a router', (app) => void app.use(express.Router().get('/x', handler))],
    ['is in a mounted app', (app) => void app.use('/', express().get('/x', handler))],
    [
      'comes after one that passes on',
      (app) => {
        app.get('/x', requires('READ_ONLINE', TRANSACTIONS), (_request, _response, next) => next());
        app.get('/x', handler);
      },
    ],
  ];

  test.each(ROUTES)('is not run, when it %s', async (_name, add) => {
    const app = express();
    app.use(feastAuth(gate));
    add(app);
    const caught: unknown[] = [];
    const report: ErrorRequestHandler = (error, _request, response, _next) => {
      caught.push(error);
      response.status(500).send('failed');
    };
    app.use(report);
    const server = await serveApp(app);
    expect((await server.get('/x')).status).toBe(401);
    expect((await server.get('/x', 'reader-token')).status).toBe(500);
    expect(runs).toBe(0);
    expect(caught).toEqual([expect.any(TypeError)]);
    expect(String(caught[0])).toContain('does not say what it requires');
  });

  const PASSING_ON: readonly (readonly [string, (app: Express) => void])[] = [
    ['a body parser', (app) => void app.use(express.json())],
    ['a router that has nothing', (app) => void app.use(express.Router())],
    [
      'a router that passes on',
      (app) => void app.use(express.Router().use((_request, _response, next) => next())),
    ],
    [
      'a long row of functions',
      (app) => {
        for (let n = 0; n < 150; n += 1) app.use((_request, _response, next) => next());
      },
    ],
    [
      'what passes on later',
      (app) => void app.use((_request, _response, next) => void setImmediate(next)),
    ],
  ];

  // What is thrown there has no caller that would catch it, and would end the process.
  test.each(PASSING_ON)('goes to the error handlers after %s', async (_name, addBefore) => {
    const app = express();
    app.use(feastAuth(gate));
    addBefore(app);
    app.post('/x', handler);
    const report: ErrorRequestHandler = (error, _request, response, _next) => {
      response.status(500).send(String(error));
    };
    app.use(report);
    const server = await serveApp(app);
    const headers = [
      ['authorization', 'Bearer reader-token'],
      ['content-type', 'application/json'],
    ] as const;
    const answer = await server.send({ method: 'POST', path: '/x', headers, body: '{"a":1}' });
    expect(answer).toMatchObject({
      status: 500,
      body: 'TypeError: route POST /x does not say what it requires: begin it with requires()',
    });
    expect(runs).toBe(0);
  });

  test('is found by every way to it', async () => {
    const app = express();
    const router = express.Router();
    router.get('/x', handler);
    const pass: RequestHandler = (_request, _response, next) => next('route');
    const guarded = express.Router().get('/x', mayRead, pass);
    app.use(feastAuth(gate), guarded, guarded, router);
    const server = await serveApp(app);
    expect((await server.get('/x', 'reader-token')).status).toBe(500);
    expect(runs).toBe(0);
  });

  test('is not run when it was added later', async () => {
    const app = express();
    app.use(feastAuth(gate));
    const server = await serveApp(app);
    expect((await server.get('/x', 'reader-token')).status).toBe(404);
    app.get('/x', handler);
    expect((await server.get('/x', 'reader-token')).status).toBe(500);
    expect(runs).toBe(0);
  });

  test('is told to one place, once', async () => {
    const reported: string[] = [];
    const app = express();
    const onUnguarded = (route: string): void => {
      reported.push(route);
      throw new Error('the log is full');
    };
    app.use(feastAuth(gate, { unguarded: 'report', onUnguarded }));
    app.use('/a/:kind', express.Router().get('/:id', handler));
    const server = await serveApp(app);
    for (const path of ['/a/x/1', '/a/y/2']) {
      expect((await server.get(path, 'nobody-token')).status).toBe(200);
    }
    expect(reported).toEqual(['GET /a/x/:id']);
  });
});

test('a guard for all methods of a route is one for each', async () => {
  const app = express();
  app.use(feastAuth(gate));
  app.route('/x').all(mayRead).get(handler).head(handler);
  const server = await serveApp(app);
  expect((await server.get('/x', 'nobody-token')).status).toBe(403);
  expect((await server.get('/x', 'reader-token')).status).toBe(200);
  const headers = [['authorization', 'Bearer nobody-token']] as const;
  expect((await server.send({ method: 'HEAD', path: '/x', headers })).status).toBe(403);
  expect(runs).toBe(1);
});

test('what Express answers itself is for who is known', async () => {
  const app = express();
  app.use(feastAuth(gate));
  app.get('/x', mayRead, handler);
  const server = await serveApp(app);
  const options = { method: 'OPTIONS', path: '/x' };
  expect((await server.send(options)).status).toBe(401);
  const headers = [['authorization', 'Bearer nobody-token']] as const;
  const answer = await server.send({ ...options, headers });
  expect(answer).toMatchObject({ status: 200, headers: { allow: 'GET, HEAD' } });
  expect(runs).toBe(0);
});

describe('public routes', () => {
  test('are those that are named, as they are written', async () => {
    const app = express();
    app.use(feastAuth(gate, { publicRoutes: ['GET /health'] }));
    app.get('/health', handler);
    app.post('/health', handler);
    const server = await serveApp(app);
    expect((await server.get('/health?x=1')).status).toBe(200);
    for (const path of ['/HEALTH', '/health/', '//health', '/%68ealth', 'http://x/health']) {
      expect((await server.get(path)).status).toBe(401);
    }
    // The same route for who is known, however the path is written.
    expect((await server.get('/HEALTH', 'nobody-token')).status).toBe(200);
    expect((await server.send({ method: 'POST', path: '/health' })).status).toBe(401);
  });

  test('do not open a route that requires something', async () => {
    const app = express();
    app.use(feastAuth(gate, { publicRoutes: ['GET /x'] }));
    app.get('/:name', mayRead, handler);
    const server = await serveApp(app);
    expect((await server.get('/x', 'reader-token')).status).toBe(500);
    expect((await server.get('/y', 'reader-token')).status).toBe(200);
    expect(runs).toBe(1);
  });
});

describe('Feast endpoints', () => {
  const body = '{"push_source_name":"transactions_push","df":{},"to":"online"}';
  const push = (path: string, name: string) => ({
    method: 'POST',
    path,
    body,
    headers: [['authorization', `Bearer ${name}-token`]] as const,
  });

  test('may be called something else', async () => {
    const app = express();
    app.use(feastAuth(gate), express.json());
    const options = { project: 'credit_scoring' };
    app.post('/ingest', feastEndpoint('POST', '/push', options), handler);
    const server = await serveApp(app);
    expect((await server.send(push('/ingest', 'nobody'))).status).toBe(403);
    expect((await server.send(push('/ingest', 'fleet'))).status).toBe(200);
    expect(runs).toBe(1);
  });

  test('are decided on by the query that the handler sees', async () => {
    const app = express();
    app.use(feastAuth(gate), (request, _response, next) => {
      request.url = '/lineage/registry?project=nosuch';
      next();
    });
    app.get('/lineage/registry', feastEndpoint({ server: 'registry-rest' }), handler);
    const server = await serveApp(app);
    const answer = await server.get('/x?project=credit_scoring', 'reader-token');
    expect(JSON.parse(answer.body)).toMatchObject({ detail: 'Project `nosuch` is not known' });
  });

  test('are those of Feast', async () => {
    expect(() => feastEndpoint('POST', '/nosuch')).toThrow(TypeError);
    expect(() => feastEndpoint('GET', '/health')).toThrow(TypeError);
    const app = express();
    app.use(feastAuth(gate), express.json());
    app.post('/nosuch', feastEndpoint(), handler);
    const server = await serveApp(app);
    expect((await server.send(push('/nosuch', 'fleet'))).status).toBe(500);
    expect(runs).toBe(0);
  });

  test('are found by the route, however the path is written', async () => {
    const app = express();
    app.use(feastAuth(gate), express.json());
    app.post('/push', feastEndpoint({ project: 'credit_scoring' }), handler);
    const server = await serveApp(app);
    expect((await server.send(push('/PUSH/', 'nobody'))).status).toBe(403);
    expect((await server.send(push('/PUSH/', 'fleet'))).status).toBe(200);
  });
});

test('a second gate on the way is refused, where each could open what the other guards', async () => {
  const app = express();
  const errors: unknown[] = [];
  const lax = feastAuth(gate, { unguarded: 'allow', onError: (error) => errors.push(error) });
  app.use(feastAuth(gate));
  app.use('/below', lax);
  app.get(['/x', '/below/x'], mayRead, handler);
  const server = await serveApp(app);
  expect((await server.get('/below/x', 'reader-token')).status).toBe(500);
  expect(runs).toBe(0);
  expect(errors).toEqual([new TypeError('feastAuth must be used only once for a request')]);
  expect((await server.get('/x', 'reader-token')).status).toBe(200);
});

test('without feastAuth a guard refuses', async () => {
  const app = express();
  app.get('/', mayRead, handler);
  const server = await serveApp(app);
  const answer = await server.get('/', 'reader-token');
  expect(answer.status).toBe(500);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(runs).toBe(0);
});

test('what fails is told to the log', async () => {
  const errors: unknown[] = [];
  const app = express();
  app.use(feastAuth(gate, { onError: (error) => errors.push(error) }));
  const failing = requires('READ_ONLINE', () => {
    throw new Error('inside');
  });
  app.get('/', failing, handler);
  const server = await serveApp(app);
  expect((await server.get('/', 'reader-token')).body).not.toContain('inside');
  expect(errors).toEqual([new Error('inside')]);
  expect((await server.get('/')).status).toBe(401);
  expect(errors).toHaveLength(1);
});

test('options are looked at', () => {
  expect(() => feastAuth({} as never)).toThrow(TypeError);
  expect(() => feastAuth(gate, { unguarded: 'ignore' as never })).toThrow(TypeError);
  expect(() => feastAuth(gate, { unguarded: 'report' })).toThrow('onUnguarded is needed');
  expect(() => feastAuth(gate, { publicRoutes: ['/health'] })).toThrow(TypeError);
  expect(() => requires([], UNTAGGED)).toThrow(TypeError);
  expect(() => requires('READ_ONLINE', [])).toThrow(TypeError);
});

describe('a request on a public route', () => {
  const rewriteTo =
    (url: string): RequestHandler =>
    (request, _response, next) => {
      request.url = url;
      next();
    };

  test('that is led to another route is not served there', async () => {
    for (const unguarded of ['refuse', 'allow'] as const) {
      const app = express();
      app.use(feastAuth(gate, { unguarded, publicRoutes: ['GET /health', 'GET /docs/a'] }));
      app.use('/health', rewriteTo('/../views'));
      app.use(rewriteTo('/views'));
      app.get('/views', handler);
      const server = await serveApp(app);
      expect((await server.get('/health')).status).toBe(500);
      expect(runs).toBe(0);
    }
  });

  test('is served by a route with a pattern, and in a router', async () => {
    const app = express();
    app.use(feastAuth(gate, { publicRoutes: ['GET /docs/a', 'GET /api/docs/a'] }));
    app.get('/docs/:page', handler);
    app.use('/api', express.Router().get('/docs/:page', handler));
    const server = await serveApp(app);
    expect((await server.get('/docs/a')).status).toBe(200);
    expect((await server.get('/api/docs/a')).status).toBe(200);
    expect((await server.get('/docs/b')).status).toBe(401);
  });
});

test('a body that nothing has parsed is not decided on', async () => {
  const app = express();
  app.use(feastAuth(gate));
  app.post('/materialize', feastEndpoint({ project: 'credit_scoring' }), handler);
  const server = await serveApp(app);
  const headers = [['authorization', 'Bearer fleet-token']] as const;
  const send = async (type: string): Promise<number> => {
    const sent = [...headers, ['content-type', type]] as const;
    return (
      await server.send({ method: 'POST', path: '/materialize', headers: sent, body: '{"a":1}' })
    ).status;
  };
  expect(await send('application/json')).toBe(500);
  expect(await send('text/plain')).toBe(415);
  expect(runs).toBe(0);
});
