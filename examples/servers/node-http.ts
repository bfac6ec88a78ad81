// A server without a framework, whose routes say what they require.
import { createServer, type Server } from 'node:http';
import type { Gate } from 'feast-permissions/gate';
import { type GuardedRequest, guard, requires } from 'feast-permissions/http';

const viewOf = ({ params }: GuardedRequest) =>
  ({ type: 'FeatureView', name: params['name'] ?? '' }) as const;

export function createApp(gate: Gate): Server {
  const listener = guard(gate, {
    feastEndpoints: { project: 'credit_scoring' },
    routes: {
      'GET /health': { handler: (_, response) => response.end('up') },
      'POST /get-online-features': { handler: (_, response) => response.end('{"results":[]}') },
      'GET /views/:name': {
        requires: requires('DESCRIBE', viewOf),
        handler: ({ params, subject }, response) =>
          response.end(JSON.stringify({ ...params, asked: subject?.username })),
      },
    },
  });
  return createServer(listener);
}
