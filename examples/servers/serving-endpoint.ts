// A gate in front of serving endpoints: callers never hold a token of the workspace.
import { createServer, type Server } from 'node:http';
import express, { type Express, type Request, type RequestHandler } from 'express';
import { databricksVocabulary } from 'feast-permissions/databricks';
import {
  CAN_QUERY,
  createServingEndpointProxy,
  queriedEndpoint,
  type ServingEndpointProxyOptions,
} from 'feast-permissions/databricks/serving-endpoint';
import { feastAuth, requires } from 'feast-permissions/express';

/** @param gate of `createGate`, over permissions of `databricksVocabulary` */
export function createScoringServer(
  gate: ServingEndpointProxyOptions['gate'],
  tokens: ServingEndpointProxyOptions['tokens'],
  target: string,
  options: Partial<ServingEndpointProxyOptions> = {},
): Server {
  return createServer(createServingEndpointProxy({ ...options, gate, tokens, target }));
}

const inDatabricks = { vocabulary: databricksVocabulary };
const endpoint = queriedEndpoint<Request>({
  callerOf: ({ feast }) => feast,
  nameOf: ({ params }) => params['name'],
});

/** The same rule where a handler of your own queries the endpoint. */
export function createScoringApp(
  gate: ServingEndpointProxyOptions['gate'],
  score: RequestHandler,
): Express {
  const app = express();
  app.use(feastAuth(gate)); // before anything reads a body
  app.post('/score/:name', requires(CAN_QUERY, endpoint, inDatabricks), score);
  return app;
}
