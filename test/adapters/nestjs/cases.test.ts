import type { IncomingMessage } from 'node:http';
import { HttpCode, Req } from '@nestjs/common';
import {
  createFeastGuard,
  FeastEndpoint,
  feastAuthentication,
  Public,
  permittedNamesOf,
  Requires,
} from '../../../src/adapters/nestjs/index.js';
import { viewNamed, viewsNamed } from '../support/case-resources.js';
import { runCases } from '../support/case-suite.js';
import type { CaseServer, StartOptions } from '../support/case-types.js';
import { asController, createApp, decorate, listen, onRoute } from './nest-app.js';

type Controller = new () => object;

function createController(ran: () => void, withUnguarded: boolean): Controller {
  class CaseController {
    health(): object {
      return { ok: true };
    }
  }
  const add = (method: string, handler: (request: object) => object): void =>
    void Object.defineProperty(CaseController.prototype, method, {
      value: handler,
      configurable: true,
      writable: true,
    });
  const answer = (request: object): object => {
    ran();
    return { ok: true, permitted: permittedNamesOf(request) };
  };
  const ok = HttpCode(200);
  const byFeast = FeastEndpoint({ project: 'credit_scoring' });
  const oneView = Requires('READ_ONLINE', ({ params }) => viewNamed(params));
  const allViews = Requires('READ_ONLINE', ({ body }) => viewsNamed(body));
  for (const method of [
    'features',
    'push',
    'metrics',
    'view',
    'projectView',
    'views',
    'unguarded',
  ]) {
    add(method, (request) => answer(request));
    Req()(CaseController.prototype, method, 0);
  }
  decorate(CaseController, 'health', onRoute('GET', '/health'), Public());
  decorate(CaseController, 'features', onRoute('POST', '/get-online-features'), ok, byFeast);
  decorate(CaseController, 'push', onRoute('POST', '/push'), ok, byFeast);
  const ofMetrics = FeastEndpoint({ server: 'registry-rest' });
  decorate(CaseController, 'metrics', onRoute('GET', '/monitoring/metrics/features'), ofMetrics);
  decorate(CaseController, 'view', onRoute('GET', '/views/:name'), oneView);
  decorate(
    CaseController,
    'projectView',
    onRoute('GET', '/projects/:project/views/:name'),
    oneView,
  );
  decorate(CaseController, 'views', onRoute('POST', '/views'), ok, allViews);
  if (withUnguarded) decorate(CaseController, 'unguarded', onRoute('GET', '/unguarded'));
  return asController(CaseController);
}

async function start(options: StartOptions): Promise<CaseServer> {
  const { gate, unguarded, onUnguarded, withUnguarded } = options;
  let runs = 0;
  let reads = 0;
  const app = await createApp([createController(() => (runs += 1), withUnguarded)]);
  app.use(feastAuthentication(gate, { publicRoutes: ['GET /health'] }));
  app.use((request: IncomingMessage, _response: object, next: () => void) => {
    const { 'x-case-method': method, 'x-case-url': url } = request.headers;
    request.method = String(method ?? request.method);
    request.url = String(url ?? request.url);
    next();
  });
  app.use((request: IncomingMessage, _response: object, next: () => void) => {
    if (request.headers['content-length'] !== undefined) reads += 1;
    next();
  });
  app.useGlobalGuards(createFeastGuard(gate, { unguarded, onUnguarded }));
  const { url, close } = await listen(app);
  return { url, close, handlerRuns: () => runs, bodyReads: () => reads };
}

runCases({ name: 'nestjs', start });
