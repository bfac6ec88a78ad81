import { type Context, Hono } from 'hono';
import {
  feastAuth,
  feastEndpoint,
  permittedNamesOf,
  readJson,
  requires,
} from '../../../src/adapters/hono/index.js';
import { viewNamed, viewsNamed } from '../support/case-resources.js';
import { runCases } from '../support/case-suite.js';
import type { CaseAnswer, CaseRequest, CaseServer, StartOptions } from '../support/case-types.js';
import { serve } from '../support/serve.js';
import { createNodeServer } from './node-server.js';

interface CaseApp extends Pick<CaseServer, 'handlerRuns' | 'bodyReads'> {
  readonly app: Hono;
}

function createCaseApp(options: StartOptions): CaseApp {
  const { gate, unguarded, onUnguarded, withUnguarded } = options;
  let runs = 0;
  let reads = 0;
  const app = new Hono();
  const handler = (context: Context): Response => {
    runs += 1;
    return context.json({ ok: true, permitted: permittedNamesOf(context) });
  };
  app.use(feastAuth(gate, { unguarded, onUnguarded, publicRoutes: ['GET /health'] }));
  app.use(async ({ req, env }, next) => {
    const { 'x-case-method': method, 'x-case-url': url } = req.header();
    if (method === undefined || url === undefined) return next();
    // As hono/method-override does.
    const headers = new Headers(req.raw.headers);
    headers.delete('x-case-method');
    headers.delete('x-case-url');
    return app.fetch(new Request(new URL(url, req.url), { method, headers }), env);
  });
  app.use(async ({ req }, next) => {
    if (req.header('content-length') !== undefined) reads += 1;
    await next();
  });
  app.get('/health', (context) => context.json({ ok: true }));
  const byFeast = feastEndpoint({ project: 'credit_scoring' });
  app.post('/get-online-features', byFeast, handler);
  app.post('/push', byFeast, handler);
  app.get('/monitoring/metrics/features', feastEndpoint({ server: 'registry-rest' }), handler);
  const oneView = requires('READ_ONLINE', ({ req }) => viewNamed(req.param()));
  app.get('/views/:name', oneView, handler);
  app.route('/projects/:project/views', new Hono().get('/:name', oneView, handler));
  const allViews = requires('READ_ONLINE', async (context) => viewsNamed(await readJson(context)));
  app.post('/views', allViews, handler);
  if (withUnguarded) app.get('/unguarded', handler);
  return { app, handlerRuns: () => runs, bodyReads: () => reads };
}

runCases({
  name: 'hono on node:http',
  start: async (options) => {
    const { app, ...counts } = createCaseApp(options);
    const server = await serve(await createNodeServer(app));
    return { ...counts, url: server.url, close: server.close };
  },
});

const apps = new WeakMap<CaseServer, Hono>();

async function request(server: CaseServer, asked: CaseRequest): Promise<CaseAnswer> {
  const { method, path, headers = [], body } = asked;
  const sent = new Headers(headers as [string, string][]);
  if (body !== undefined) {
    if (!sent.has('content-type')) sent.set('content-type', 'application/json');
    sent.set('content-length', String(new TextEncoder().encode(body).length));
  }
  const url = path.startsWith('http') ? path : `${server.url}${path}`;
  const answer = await apps
    .get(server)
    ?.request(new Request(url, { method, headers: sent, ...(body && { body }) }));
  if (answer === undefined) throw new TypeError('no app was started');
  return {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: await answer.text(),
  };
}

const NO_CONNECTION = 'a Request that is made in the process has no connection that could end';

runCases({
  name: 'hono without a server',
  request,
  start: async (options) => {
    const { app, ...counts } = createCaseApp(options);
    const server = { ...counts, url: 'http://cases.example', close: async () => {} };
    apps.set(server, app);
    return server;
  },
  skip: [
    {
      case: 'a client that hangs up in its body reaches no handler, and harms nobody',
      reason: NO_CONNECTION,
    },
    {
      case: 'a client that hangs up while it is asked who it is harms nobody',
      reason: NO_CONNECTION,
    },
  ],
});
