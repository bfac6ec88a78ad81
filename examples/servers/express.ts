// An Express server whose routes say what they require.
import express, { type Express, type Request } from 'express';
import { feastAuth, feastEndpoint, requires } from 'feast-permissions/express';
import type { Gate } from 'feast-permissions/gate';

const viewOf = ({ params }: Request) =>
  ({ type: 'FeatureView', name: String(params['name']) }) as const;

export function createApp(gate: Gate): Express {
  const app = express();
  app.use(feastAuth(gate, { publicRoutes: ['GET /health'] })); // before anything reads a body
  app.use(express.json());
  app.get('/health', (_request, response) => void response.send('up'));
  const asFeast = feastEndpoint({ project: 'credit_scoring' });
  app.post('/get-online-features', asFeast, (_, response) => void response.json({ results: [] }));
  app.get('/views/:name', requires('DESCRIBE', viewOf), (request, response) => {
    const { subject, can } = request.feast ?? {};
    const mayPush = can?.('WRITE_ONLINE', viewOf(request));
    response.json({ name: viewOf(request).name, asked: subject?.username, mayPush });
  });
  return app;
}
