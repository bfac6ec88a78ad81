export {
  applyCredentialAccess,
  type CredentialAccess,
  type CredentialAccessPlan,
  type CredentialFile,
  type CredentialFinding,
  type CredentialGrant,
  describeCredentialGrant,
  parseCredentialFile,
  planCredentialAccess,
} from './credential-access.js';
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
export {
  applyStoreSecrets,
  describeStoreChange,
  planStoreSecrets,
  STORE_KEYS,
  type StoreChange,
  type StoreFinding,
  type StorePlan,
  type StoreProvider,
  type StoreScope,
  type StoreSecrets,
} from './store-access.js';
export { parseStoreFile, type StoreFile } from './store-file.js';
