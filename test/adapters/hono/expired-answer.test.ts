import { Readable } from 'node:stream';
import { Hono } from 'hono';
import { feastAuth, requires } from '../../../src/adapters/hono/index.js';
import { viewNamed } from '../support/case-resources.js';
import { serve } from '../support/serve.js';
import { runStreamCases } from '../support/stream-suite.js';
import { createNodeServer } from './node-server.js';

runStreamCases({
  name: 'hono on node:http',
  start: async ({ gate, streams, openBody }) => {
    const app = new Hono();
    app.use(feastAuth(gate, streams));
    app.get(
      '/views/:name',
      requires('READ_ONLINE', ({ req }) => viewNamed(req.param())),
      (context) => context.body(Readable.toWeb(openBody()) as never),
    );
    return await serve(await createNodeServer(app));
  },
});
