export type { AbortSignalLike } from '../../../foundation/abort.js';
export {
  type AzureSqlAuthentication,
  type AzureSqlOptions,
  azureSqlAccessToken,
} from './azure-sql.js';
export type {
  CredentialAuthorization,
  CredentialAuthorizer,
  CredentialResource,
} from './credential-authorization.js';
export { type AzureTokenCredential, tokenCredentialSource } from './credential-source.js';
export type { CredentialTarget, ServiceCredentialSource } from './credential-target.js';
export {
  type CredentialWorkspace,
  type DatabricksSourceOptions,
  databricksSource,
} from './databricks-source.js';
export {
  type ClientSecretOptions,
  clientSecretSource,
  type WorkloadIdentitySourceOptions,
  workloadIdentitySource,
} from './entra-sources.js';
export { type ManagedIdentityOptions, managedIdentitySource } from './managed-identity-source.js';
export {
  getServiceCredentialsProvider,
  type ServiceCredential,
  type ServiceCredentialOptions,
} from './service-credential.js';
export type { AccessToken, CredentialTokenOptions, TokenCredential } from './token-credential.js';
