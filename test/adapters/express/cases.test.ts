import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type RequestHandler } from 'express';
import {
  feastAuth,
  feastEndpoint,
  permittedNamesOf,
  requires,
} from '../../../src/adapters/express/index.js';
import { viewNamed, viewsNamed } from '../support/case-resources.js';
import { runCases } from '../support/case-suite.js';
import type { CaseServer, StartOptions } from '../support/case-types.js';

async function start(options: StartOptions): Promise<CaseServer> {
  const { gate, unguarded, onUnguarded, withUnguarded } = options;
  let runs = 0;
  let reads = 0;
  const app = express();
  const handler: RequestHandler = (request, response) => {
    runs += 1;
    response.json({ ok: true, permitted: permittedNamesOf(request) });
  };
  app.use(feastAuth(gate, { unguarded, onUnguarded, publicRoutes: ['GET /health'] }));
  app.use((request, _response, next) => {
    const { 'x-case-method': method, 'x-case-url': url } = request.headers;
    request.method = String(method ?? request.method);
    request.url = String(url ?? request.url);
    next();
  });
  app.use((request, _response, next) => {
    if (request.headers['content-length'] !== undefined) reads += 1;
    next();
  });
  app.use(express.json({ limit: '2mb' }));
  app.get('/health', (_request, response) => void response.json({ ok: true }));
  const byFeast = feastEndpoint({ project: 'credit_scoring' });
  app.post('/get-online-features', byFeast, handler);
  app.post('/push', byFeast, handler);
  app.get('/monitoring/metrics/features', feastEndpoint({ server: 'registry-rest' }), handler);
  const oneView = requires('READ_ONLINE', ({ params }) => viewNamed(params));
  app.get('/views/:name', oneView, handler);
  const nested = express.Router({ mergeParams: true });
  nested.get('/:name', oneView, handler);
  app.use('/projects/:project/views', nested);
  app.post(
    '/views',
    requires('READ_ONLINE', ({ body }) => viewsNamed(body)),
    handler,
  );
  if (withUnguarded) app.get('/unguarded', handler);
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
    handlerRuns: () => runs,
    bodyReads: () => reads,
  };
}

runCases({ name: 'express', start });
