// A feature server that is secured by its feature_store.yaml.
import fastify, { type FastifyInstance } from 'fastify';
import { feastAuth } from 'feast-permissions/fastify';
import { loadGate } from 'feast-permissions/node';

export async function createFeatureServer(featureRepo: string): Promise<FastifyInstance> {
  const gate = await loadGate(featureRepo);
  const app = fastify();
  await app.register(feastAuth, { gate, feastEndpoints: true });
  app.post('/get-online-features', async () => ({ results: [] })); // read the online store here
  app.get('/health', async () => 'up');
  app.addHook('onClose', () => gate.close());
  return app;
}
