import { checkOptions } from '../../foundation/options.js';
import type { SecretName } from './secret-name.js';
import {
  createSecretStore,
  type SecretStore,
  type SecretStoreOptions,
  STORE_OPTIONS,
} from './secret-store.js';

/** What is used of `SecretClient` of `@azure/keyvault-secrets`. */
export interface KeyVaultSecretsClient {
  /** Reads a secret. */
  readonly getSecret: (
    name: string,
    options?: { readonly version?: string },
  ) => Promise<{ readonly value?: string | undefined }>;
}

/** How secrets of a key vault are named and read. */
export interface KeyVaultSecretStoreOptions extends SecretStoreOptions {
  /** The version of a secret that is read; the newest where it gives none. */
  readonly version?: ((name: SecretName) => string | undefined) | undefined;
}

/** @source Azure Key Vault, object names: 1 to 127 letters, digits and dashes */
const KEY_VAULT_NAME = /^[0-9A-Za-z-]{1,127}$/;

/**
 * Creates a store of secrets in Azure Key Vaults, one vault for each scope, as Databricks backs a
 * scope with a vault.
 *
 * Shape: `vaults` has a client for each scope; the key is the secret's name in the vault. An
 * invalid name counts as missing.
 *
 * @throws TypeError if an option is unknown, when `vaults` is not a map of clients
 */
export function createKeyVaultSecretStore(
  vaults: ReadonlyMap<string, KeyVaultSecretsClient>,
  options: KeyVaultSecretStoreOptions = {},
): SecretStore {
  checkOptions<KeyVaultSecretStoreOptions>(options, { ...STORE_OPTIONS, version: true });
  const { version: versionOf, ...store } = options;
  const isMap = vaults instanceof Map;
  if (!isMap || [...vaults.values()].some((client) => typeof client?.getSecret !== 'function')) {
    throw new TypeError('a store of Key Vault secrets needs a map of clients with `getSecret`');
  }
  return createSecretStore(async (name) => {
    const client = vaults.get(name.scope);
    if (client === undefined || !KEY_VAULT_NAME.test(name.key)) return undefined;
    const version = versionOf?.(name);
    const { value } = await client.getSecret(name.key, version === undefined ? {} : { version });
    return value || undefined;
  }, store);
}
