import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { feastAuth, requires } from '../../../src/adapters/fastify/index.js';
import { viewNamed } from '../support/case-resources.js';
import { runStreamCases } from '../support/stream-suite.js';

runStreamCases({
  name: 'fastify',
  start: async ({ gate, streams, openBody }) => {
    const app = fastify({ forceCloseConnections: true });
    await app.register(feastAuth, { gate, ...streams });
    const oneView = requires('READ_ONLINE', ({ params }) => viewNamed(params));
    app.get('/views/:name', { config: { requires: oneView } }, (_request, reply) =>
      reply.send(openBody()),
    );
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}`, close: () => app.close() };
  },
});
