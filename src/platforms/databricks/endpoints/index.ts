export {
  applyEndpointAccess,
  describeEndpointGrant,
  type EndpointAccessPlan,
  type EndpointFinding,
  type EndpointGrant,
  type EndpointLevel,
  planEndpointAccess,
  type ServingEndpointAccess,
  verifyEndpointAccess,
} from './endpoint-access.js';
export type { EndpointError } from './endpoint-error.js';
export { type EndpointFile, parseEndpointFile } from './endpoint-file.js';
export {
  createEndpointToken,
  DEFAULT_TOKEN_SECONDS,
  type EndpointToken,
  type EndpointTokenRequest,
} from './endpoint-token.js';
