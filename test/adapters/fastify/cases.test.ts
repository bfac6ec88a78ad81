import type { AddressInfo } from 'node:net';
import fastify, { type FastifyRequest } from 'fastify';
import {
  feastAuth,
  feastEndpoint,
  permittedNamesOf,
  requires,
} from '../../../src/adapters/fastify/index.js';
import { viewNamed, viewsNamed } from '../support/case-resources.js';
import { runCases } from '../support/case-suite.js';
import type { CaseServer, StartOptions } from '../support/case-types.js';

async function start(options: StartOptions): Promise<CaseServer> {
  const { gate, unguarded, onUnguarded, withUnguarded } = options;
  let runs = 0;
  let reads = 0;
  const app = fastify();
  const handler = async (request: FastifyRequest): Promise<object> => {
    runs += 1;
    return { ok: true, permitted: permittedNamesOf(request) };
  };
  app.addHook('preParsing', async (request) => {
    if (request.raw.headers['content-length'] !== undefined) reads += 1;
  });
  await app.register(feastAuth, {
    gate,
    unguarded,
    onUnguarded,
    feastEndpoints: { project: 'credit_scoring' },
  });
  app.addHook('onRequest', async ({ raw }) => {
    const { 'x-case-method': method, 'x-case-url': url } = raw.headers;
    raw.method = String(method ?? raw.method);
    raw.url = String(url ?? raw.url);
  });
  app.get('/health', async () => ({ ok: true }));
  app.post('/get-online-features', handler);
  app.post('/push', handler);
  const metrics = '/monitoring/metrics/features';
  const ofMetrics = feastEndpoint('GET', metrics, { server: 'registry-rest' });
  app.get(metrics, { config: { requires: ofMetrics } }, handler);
  const oneView = requires('READ_ONLINE', ({ params }) => viewNamed(params));
  app.get('/views/:name', { config: { requires: oneView } }, handler);
  app.get('/projects/:project/views/:name', { config: { requires: oneView } }, handler);
  const allViews = requires('READ_ONLINE', ({ body }) => viewsNamed(body));
  app.post('/views', { config: { requires: allViews } }, handler);
  if (withUnguarded) app.get('/unguarded', handler);
  await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
    close: () => app.close(),
    handlerRuns: () => runs,
    bodyReads: () => reads,
  };
}

runCases({ name: 'fastify', start });
