export {
  type AwsSecretCommandOptions,
  type AwsSecretStoreOptions,
  type AwsSecretsClient,
  type AwsSecretsSender,
  createAwsSecretStore,
} from './aws-secret-store.js';
export {
  createDatabricksSecretStore,
  type DatabricksSecretsClient,
} from './databricks-secret-store.js';
export {
  createEnvironmentSecretStore,
  type EnvironmentSecretStoreOptions,
  secretVariable,
} from './environment-secret-store.js';
export { createFileSecretStore } from './file-secret-store.js';
export {
  createKeyVaultSecretStore,
  type KeyVaultSecretStoreOptions,
  type KeyVaultSecretsClient,
} from './key-vault-secret-store.js';
export { type SecretError, SecretForbiddenError, SecretNotFoundError } from './secret-errors.js';
export { isSecretKey, isSecretScope, type SecretName } from './secret-name.js';
export { createSecretStore, type SecretStore, type SecretStoreOptions } from './secret-store.js';
