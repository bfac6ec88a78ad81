export type {
  AbortSignalLike,
  AccessToken,
  AzureSqlAuthentication,
  AzureSqlOptions,
  ClientSecretOptions,
  CredentialAuthorization,
  CredentialAuthorizer,
  CredentialResource,
  CredentialTarget,
  CredentialTokenOptions,
  CredentialWorkspace,
  DatabricksSourceOptions,
  ManagedIdentityOptions,
  ServiceCredential,
  ServiceCredentialOptions,
  ServiceCredentialSource,
  TokenCredential,
  WorkloadIdentitySourceOptions,
} from './credentials/index.js';
export {
  azureSqlAccessToken,
  clientSecretSource,
  databricksSource,
  getServiceCredentialsProvider,
  managedIdentitySource,
  workloadIdentitySource,
} from './credentials/index.js';
export type {
  AzureError,
  KeyVaultClient,
  KeyVaultOptions,
  KeyVaultReadOptions,
  KeyVaultSecret,
  LinkedSecretScopeOptions,
  NamedCredential,
  VaultCredential,
} from './key-vault/index.js';
export {
  createKeyVaultClient,
  createLinkedSecretScope,
  getKeyVaultSecret,
} from './key-vault/index.js';
