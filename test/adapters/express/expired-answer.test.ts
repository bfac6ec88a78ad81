import express from 'express';
import { feastAuth, requires } from '../../../src/adapters/express/index.js';
import { viewNamed } from '../support/case-resources.js';
import { serve } from '../support/serve.js';
import { runStreamCases } from '../support/stream-suite.js';

runStreamCases({
  name: 'express',
  start: async ({ gate, streams, openBody }) => {
    const app = express();
    app.use(feastAuth(gate, streams));
    app.get(
      '/views/:name',
      requires('READ_ONLINE', ({ params }) => viewNamed(params)),
      (_request, response) => void openBody().pipe(response),
    );
    return await serve(app);
  },
});
