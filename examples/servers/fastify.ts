// A Fastify server whose routes say what they require.
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { feastAuth, requires } from 'feast-permissions/fastify';
import type { Gate } from 'feast-permissions/gate';

const viewOf = ({ params }: FastifyRequest) =>
  ({ type: 'FeatureView', name: (params as { readonly name: string }).name }) as const;

export async function createApp(gate: Gate): Promise<FastifyInstance> {
  const app = fastify();
  await app.register(feastAuth, { gate, feastEndpoints: { project: 'credit_scoring' } });
  app.get('/health', async () => 'up');
  app.post('/get-online-features', async () => ({ results: [] })); // guarded as Feast guards it
  const mayDescribe = { config: { requires: requires('DESCRIBE', viewOf) } };
  app.get('/views/:name', mayDescribe, async (request) => ({
    name: viewOf(request).name,
    asked: request.subject?.username,
    mayPush: request.can('WRITE_ONLINE', viewOf(request)),
  }));
  return app;
}
