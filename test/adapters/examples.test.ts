import { createServer, type Server } from 'node:http';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createApp as createExpressApp } from '../../examples/servers/express.js';
import { createApp as createFastifyApp } from '../../examples/servers/fastify.js';
import { createApp as createHttpApp } from '../../examples/servers/node-http.js';
import type { Gate } from '../../src/gate/index.js';
import { createTestGate, type Served, serve } from './support/serve.js';

let gate: Gate;
let close = async (): Promise<void> => {};
beforeAll(async () => {
  gate = await createTestGate();
});
afterEach(() => close());

const EXAMPLES: readonly (readonly [name: string, create: () => Promise<Server>])[] = [
  ['express', async () => createServer(createExpressApp(gate))],
  ['node-http', async () => createHttpApp(gate)],
  [
    'fastify',
    async () => {
      const app = await createFastifyApp(gate);
      await app.ready();
      return app.server;
    },
  ],
];

describe('examples/servers', () => {
  test.each(EXAMPLES)('%s does what it says', async (_name, create) => {
    const server: Served = await serve(await create());
    close = server.close;
    expect(await server.get('/health')).toMatchObject({ status: 200, body: 'up' });
    expect((await server.get('/views/untagged_view')).status).toBe(401);
    expect((await server.get('/views/untagged_view', 'nobody-token')).status).toBe(403);
    const view = await server.get('/views/untagged_view', 'reader-token');
    expect(JSON.parse(view.body)).toMatchObject({ name: 'untagged_view', asked: 'rita' });
    const features = (token: string) =>
      server.send({
        method: 'POST',
        path: '/get-online-features',
        headers: [['authorization', `Bearer ${token}`]],
        body: '{"features":["untagged_view:age"],"entities":{"customer_id":[1]}}',
      });
    expect(await features('reader-token')).toMatchObject({ status: 200, body: '{"results":[]}' });
    expect((await features('analyst-token')).status).toBe(403);
  });
});
