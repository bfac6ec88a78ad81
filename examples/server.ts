// A feature server that is secured by its feature_store.yaml.
import fastify, { type FastifyInstance } from 'fastify';
import { feastAuth } from 'feast-permissions/fastify';
import { loadGate } from 'feast-permissions/node';

export async function createFeatureServer(featureRepo: string): Promise<FastifyInstance> {
  const app = fastify();
  const gate = await loadGate(featureRepo, {
    onDecision: ({ decision }) => app.log.info(decision.explanation),
  });
  await app.register(feastAuth, { gate, feastEndpoints: true });

  app.post('/get-online-features', async () => ({ results: [] })); // read the online store here
  app.get('/health', async () => 'up');
  app.addHook('onClose', () => gate.close());
  return app;
}
