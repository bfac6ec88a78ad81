import type { AbortSignalLike } from '../../../foundation/abort.js';
import { AuthzError, CredentialUnavailableError } from '../../../model/errors.js';
import { addIdentitySecret, isHeaderToken, MIN_MASKED_SECONDS } from '../../../net/index.js';
import { createTokenCache, type ExpiringToken } from '../../databricks/tokens/index.js';
import { scopeOfResource } from './credential-resource.js';
import type { ServiceCredentialSource } from './credential-target.js';

/**
 * A credential of Azure's SDK, such as `DefaultAzureCredential` of `@azure/identity`.
 *
 * @source `TokenCredential` of `@azure/core-auth` 1
 */
export interface AzureTokenCredential {
  /** A token for the scopes; null: the credential has none. */
  getToken(
    scopes: string | string[],
    options?: { readonly abortSignal?: AbortSignalLike; readonly tenantId?: string },
  ): Promise<{ readonly token: string; readonly expiresOnTimestamp: number } | null>;
}

/**
 * Tokens that a credential of Azure's SDK gives. The source of a service credential may be the
 * credential itself, which means the same.
 *
 * @throws TypeError if `credential` has no `getToken`
 * @returns providers that reject with `CredentialUnavailableError` if the credential fails or gives
 *   no token. Its own error is not passed on: it may hold the request and how the program signed in
 * @example
 * const source = tokenCredentialSource(new DefaultAzureCredential());
 * const tokens = source({ name: 'workspace', resource: AZURE_DATABRICKS_RESOURCE });
 * const workspace = createWorkspaceClient({ host, tokens });
 */
export function tokenCredentialSource(credential: AzureTokenCredential): ServiceCredentialSource {
  if (typeof credential?.getToken !== 'function') {
    throw new TypeError('a source of tokens needs a credential with `getToken`');
  }
  return ({ resource }) =>
    createTokenCache((signal) => askCredential(credential, resource, signal));
}

/** A token of a credential, registered to be masked. Rejects with `CredentialUnavailableError`. */
async function askCredential(
  credential: AzureTokenCredential,
  resource: string,
  abortSignal?: AbortSignalLike,
): Promise<ExpiringToken> {
  const options = abortSignal === undefined ? {} : { abortSignal };
  const given = await getToken(credential, scopeOfResource(resource), options);
  if (!isHeaderToken(given?.token)) {
    throw new CredentialUnavailableError('no token: the credential gave none');
  }
  const { token, expiresOnTimestamp: expiresAt } = given;
  const seconds = (expiresAt - Date.now()) / 1000;
  addIdentitySecret(undefined, 'token', token, Math.max(seconds || 0, MIN_MASKED_SECONDS));
  return { token, expiresAt };
}

async function getToken(
  credential: AzureTokenCredential,
  scope: string,
  options: { readonly abortSignal?: AbortSignalLike },
): ReturnType<AzureTokenCredential['getToken']> {
  try {
    return await credential.getToken(scope, options);
  } catch (error) {
    if (error instanceof AuthzError) throw error;
    throw new CredentialUnavailableError(`no token: the credential failed (${nameOf(error)})`);
  }
}

/** The class of a foreign error, if it is a plain word. */
function nameOf(error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  return /^[A-Za-z]{1,64}$/.test(name) ? name : 'unknown error';
}
