export {
  createServingEndpointProxy,
  requiresEndpointQuery,
  type ServingEndpointProxyOptions,
} from './serving-endpoint-proxy.js';
