import { checkOptions } from '../../../foundation/options.js';
import { createKeyVaultSecretStore, isSecretScope, type SecretStore } from '../../secrets/index.js';
import {
  assertCredentialAccess,
  type CredentialAuthorization,
} from '../credentials/credential-authorization.js';
import type { TokenCredential } from '../credentials/token-credential.js';
import {
  createKeyVaultClient,
  KEY_VAULT_OPTIONS,
  type KeyVaultOptions,
} from './key-vault-client.js';

/** A credential with a name, as `getServiceCredentialsProvider` gives it. */
export interface NamedCredential extends TokenCredential {
  readonly name: string;
}

/** Which secret scope is linked to which key vault, and by whom. */
export interface LinkedSecretScopeOptions extends KeyVaultOptions {
  /** The name by which secrets are asked for. */
  readonly scope: string;
  /** A vault's name, or its address. */
  readonly vault: string;
  /** Reads the vault, and is what the subject must hold ACCESS on. */
  readonly credential: NamedCredential;
  /** Who links the scope, and who says whether they may. */
  readonly authorize: CredentialAuthorization;
}

/** The whole of a read: retries and their pauses are in it. */
const READ_SECONDS = 60;

/**
 * Links a scope of secrets to a vault, through a service credential: every holder of ACCESS on the
 * credential can do so, and needs no right on the vault itself.
 *
 * Shape: a {@link SecretStore} of this one scope; keys are the names of secrets in the vault.
 * ACCESS is asked for here and again with each read, so that a scope ends with the right of who
 * linked it.
 *
 * @throws {@link PermissionDeniedError} when the subject has no ACCESS; TypeError for an invalid
 *   scope, and if an option is unknown
 * @throws {@link ConfigInvalidError} if the vault is neither in one of Azure's clouds nor in
 *   `hosts`
 * @source Databricks links such scopes for those who may manage the vault; differs: for those who
 *   may use the credential
 * @example
 * const linked = { scope: 'sales', vault: 'sales-kv' };
 * const secrets = createLinkedSecretScope({ ...linked, credential, authorize });
 * await secrets.getSecret({ scope: 'sales', key: 'database-password' });
 */
export function createLinkedSecretScope(options: LinkedSecretScopeOptions): SecretStore {
  checkOptions<LinkedSecretScopeOptions>(options, {
    ...KEY_VAULT_OPTIONS,
    credential: true,
    scope: true,
    vault: true,
    authorize: true,
  });
  const { scope, vault, authorize, ...client } = options;
  const { credential } = client;
  if (!isSecretScope(scope)) throw new TypeError('scope must be the name of a scope of secrets');
  if (typeof credential?.name !== 'string') throw new TypeError('the credential must have a name');
  assertCredentialAccess(authorize, credential.name);
  // The store registers what it reads, and notices when a value is exchanged.
  const vaultClient = createKeyVaultClient(vault, { ...client, redaction: () => {} });
  const store = createKeyVaultSecretStore(new Map([[scope, vaultClient]]), {
    redaction: options.redaction,
    timeoutSeconds: READ_SECONDS,
  });
  return {
    getSecret: async (name) => {
      assertCredentialAccess(authorize, credential.name);
      return store.getSecret(name);
    },
  };
}
