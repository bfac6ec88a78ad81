export type { RequestOptions } from '../../../net/index.js';
export { azureCloudOf } from './azure-clouds.js';
export {
  createDatabricksCredentials,
  DATABRICKS_AUTH_METHODS,
  type DatabricksAuthMethod,
  type DatabricksCredentials,
  type DatabricksCredentialsOptions,
} from './databricks-credentials.js';
export type { DatabricksError } from './databricks-error.js';
export { AZURE_DATABRICKS_RESOURCE, createEntraProvider, type EntraOptions } from './entra.js';
export {
  createOAuthM2MProvider,
  type DatabricksOAuthOptions,
  type OAuthM2MOptions,
} from './oauth-m2m.js';
export { createStaticTokenProvider, type StaticTokenOptions } from './static-token.js';
export type { SubjectTokenSource } from './subject-token.js';
export {
  createTokenCache,
  type TokenCache,
  type TokenCacheOptions,
  type TokenState,
} from './token-cache.js';
export type { Expiring, ExpiringToken, GetTokenOptions, TokenProvider } from './token-provider.js';
export type { TokenRequestOptions } from './token-request.js';
export {
  createWorkloadIdentityProvider,
  type WorkloadIdentityOptions,
} from './workload-identity.js';
export { isHostEntry, parseHostAddress, parseWorkspaceHost } from './workspace-host.js';
