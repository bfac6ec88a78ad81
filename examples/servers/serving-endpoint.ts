// A gate in front of serving endpoints: callers never hold a token of the workspace.
import { createServer, type Server } from 'node:http';
import {
  createServingEndpointProxy,
  type ServingEndpointProxyOptions,
} from 'feast-permissions/serving-endpoint';

/** @param gate of `createGate`, over permissions of `databricksVocabulary` */
export function createScoringServer(
  gate: ServingEndpointProxyOptions['gate'],
  tokens: ServingEndpointProxyOptions['tokens'],
  target: string,
  options: Partial<ServingEndpointProxyOptions> = {},
): Server {
  return createServer(createServingEndpointProxy({ ...options, gate, tokens, target }));
}
