// A Hono server whose routes say what they require.

import type { Gate } from 'feast-permissions/gate';
import { feastAuth, feastEndpoint, requires } from 'feast-permissions/hono';
import { type Context, Hono } from 'hono';

const viewOf = ({ req }: Context) =>
  ({ type: 'FeatureView', name: req.param('name') ?? '' }) as const;

export function createApp(gate: Gate): Hono {
  const app = new Hono();
  app.use(feastAuth(gate, { publicRoutes: ['GET /health'] })); // before anything reads a body
  app.get('/health', (context) => context.text('up'));
  const asFeast = feastEndpoint({ project: 'credit_scoring' });
  app.post('/get-online-features', asFeast, (context) => context.json({ results: [] }));
  app.get('/views/:name', requires('DESCRIBE', viewOf), (context) => {
    const { feast } = context.var;
    const mayPush = feast?.can('WRITE_ONLINE', viewOf(context));
    return context.json({ name: viewOf(context).name, asked: feast?.subject?.username, mayPush });
  });
  return app;
}
