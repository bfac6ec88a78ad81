export {
  CAN_QUERY,
  type EndpointCaller,
  type EndpointQuery,
  type EndpointResourceOf,
  queriedEndpoint,
  requiresEndpointQuery,
} from './endpoint-query.js';
export type { ServingEndpointError } from './serving-endpoint-error.js';
export {
  createServingEndpointProxy,
  type ServingEndpointProxyOptions,
} from './serving-endpoint-proxy.js';
