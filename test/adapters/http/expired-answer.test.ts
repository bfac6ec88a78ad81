import { guard, requires } from '../../../src/adapters/http/index.js';
import { viewNamed } from '../support/case-resources.js';
import { serve } from '../support/serve.js';
import { runStreamCases } from '../support/stream-suite.js';

runStreamCases({
  name: 'node:http',
  start: async ({ gate, streams, openBody }) => {
    const oneView = requires('READ_ONLINE', ({ params }) => viewNamed(params));
    const listener = guard(gate, {
      ...streams,
      routes: {
        'GET /views/:name': {
          requires: oneView,
          handler: (_request, response) => openBody().pipe(response),
        },
      },
    });
    return await serve(listener);
  },
});
