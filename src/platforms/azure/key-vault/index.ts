export type { AzureError } from './azure-error.js';
export {
  createKeyVaultClient,
  getKeyVaultSecret,
  type KeyVaultClient,
  type KeyVaultOptions,
  type KeyVaultReadOptions,
  type VaultCredential,
} from './key-vault-client.js';
export {
  createLinkedSecretScope,
  type LinkedSecretScopeOptions,
  type NamedCredential,
} from './linked-secret-scope.js';
export type { KeyVaultSecret } from './vault-secret.js';
