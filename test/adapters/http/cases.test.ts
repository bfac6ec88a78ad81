import { createServer, IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  feastEndpoint,
  type GuardedHandler,
  guard,
  permittedNamesOf,
  requires,
} from '../../../src/adapters/http/index.js';
import { viewNamed, viewsNamed } from '../support/case-resources.js';
import { runCases } from '../support/case-suite.js';
import type { CaseServer, StartOptions } from '../support/case-types.js';

async function start(options: StartOptions): Promise<CaseServer> {
  const { gate, unguarded, onUnguarded, withUnguarded } = options;
  let runs = 0;
  let reads = 0;
  const ok: GuardedHandler = (request, response) =>
    response.end(JSON.stringify({ ok: true, permitted: permittedNamesOf(request) }));
  const handler: GuardedHandler = (request, response) => {
    runs += 1;
    ok(request, response);
  };
  const oneView = requires('READ_ONLINE', ({ params }) => viewNamed(params));
  const allViews = requires('READ_ONLINE', ({ body }) => viewsNamed(body));
  const metrics = '/monitoring/metrics/features';
  const ofMetrics = feastEndpoint('GET', metrics, { server: 'registry-rest' });
  const listener = guard(gate, {
    unguarded,
    onUnguarded,
    feastEndpoints: { project: 'credit_scoring' },
    routes: {
      'GET /health': { handler: ok },
      'POST /get-online-features': { handler },
      'POST /push': { handler },
      [`GET ${metrics}`]: { requires: ofMetrics, handler },
      'GET /views/:name': { requires: oneView, handler },
      'GET /projects/:project/views/:name': { requires: oneView, handler },
      'POST /views': { requires: allViews, body: 'json', handler },
      ...(withUnguarded ? { 'GET /unguarded': { handler } } : {}),
    },
  });
  class WatchedMessage extends IncomingMessage {
    override _read(size: number): void {
      if (this.headers['content-length'] !== undefined && this.listenerCount('data') > 0)
        reads += 1;
      super._read(size);
    }
  }
  const server = createServer({ IncomingMessage: WatchedMessage }, listener);
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

const NOTHING_BETWEEN =
  'between the gate and the handlers stands nothing that could rewrite a request';

runCases({
  name: 'node:http',
  start,
  skip: [
    'a public route that is rewritten after the gate is no way to another one',
    'a request that is rewritten after the gate is decided on as what it has become',
  ].map((name) => ({ case: name, reason: NOTHING_BETWEEN })),
});
