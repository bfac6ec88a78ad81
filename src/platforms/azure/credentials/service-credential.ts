import { joinSignals } from '../../../foundation/abort.js';
import { checkOptions } from '../../../foundation/options.js';
import { CredentialUnavailableError } from '../../../model/errors.js';
import type { ExpiringToken, TokenProvider } from '../../databricks/tokens/index.js';
import {
  assertCredentialAccess,
  type CredentialAuthorization,
} from './credential-authorization.js';
import { resourceOfScopes } from './credential-resource.js';
import { type AzureTokenCredential, tokenCredentialSource } from './credential-source.js';
import type { ServiceCredentialSource } from './credential-target.js';
import type { TokenCredential } from './token-credential.js';

/** Who may use a service credential, and how its tokens are obtained. */
export interface ServiceCredentialOptions {
  /** Where tokens come from: a source of this package, or a credential of Azure's SDK as it is. */
  readonly source: ServiceCredentialSource | AzureTokenCredential;
  /**
   * Who uses the credential: asked for ACCESS before each token, those that are kept too.
   * `unchecked`: every holder of this object may use it, for a program that acts for itself alone.
   */
  readonly authorize: CredentialAuthorization | 'unchecked';
}

/** A credential that can be given to clients of Azure's SDK. */
export interface ServiceCredential extends TokenCredential {
  readonly name: string;
  /** Says that a token is no longer accepted, so that it is not given again. */
  readonly discard: (token: string) => void;
}

interface Kept {
  readonly provider: TokenProvider;
  given?: ExpiringToken;
}

/**
 * Resources whose tokens are kept at a time. A program uses few, but a server can name one in a
 * challenge.
 */
const MAX_RESOURCES = 32;
/**
 * At most 255 characters, and none that a path, a log or a terminal could take for something else.
 */
const NAME = /^[^\p{C}\p{Z}/.]{1,255}$/u;

/**
 * Gives the tokens of a service credential, by its name.
 *
 * Shape: `getToken(scope)` resolves to `{ token, expiresOnTimestamp }`, in milliseconds since 1970.
 * Tokens are kept for each resource until shortly before their end; all who ask meanwhile wait for
 * one request.
 *
 * @throws TypeError if an option is unknown, for an invalid name or source, and when it is not said
 *   whom to ask
 * @returns `getToken` rejects with {@link PermissionDeniedError} before anything is asked for when
 *   the subject has no ACCESS
 * @source `dbutils.credentials.getServiceCredentialsProvider` of Databricks; differs: any source,
 *   and ACCESS is asked of the engine first
 * @example
 * const name = 'sandbox-dataai-example-dbac';
 * const credential = getServiceCredentialsProvider(name, { source, authorize });
 * const client = new SecretClient('https://sandbox-dataai-example-kv.vault.azure.net', credential);
 */
export function getServiceCredentialsProvider(
  name: string,
  options: ServiceCredentialOptions,
): ServiceCredential {
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw new TypeError('a service credential must have a name without blanks, points and slashes');
  }
  checkOptions<ServiceCredentialOptions>(options, { source: true, authorize: true });
  const { authorize } = options;
  const source = readSource(options.source);
  // SECURITY: a right that is not asked for because a line was forgotten is open to everyone.
  if (authorize !== 'unchecked' && typeof authorize?.authorizer?.decide !== 'function') {
    throw new TypeError('option authorize is missing: it says who uses the service credential');
  }
  const kept = new Map<string, Kept>();

  const keep = (resource: string): Kept => {
    const known = kept.get(resource);
    if (known !== undefined) return known;
    const [oldest] = kept.keys();
    if (kept.size >= MAX_RESOURCES && oldest !== undefined) kept.delete(oldest);
    const entry = { provider: source({ name, resource }) };
    kept.set(resource, entry);
    return entry;
  };
  return {
    name,
    getToken: async (scopes, { abortSignal, claims } = {}) => {
      const resource = resourceOfScopes(scopes);
      if (authorize !== 'unchecked') assertCredentialAccess(authorize, name);
      if (claims !== undefined) {
        throw new CredentialUnavailableError('a claims challenge cannot be answered');
      }
      const joined = abortSignal === undefined ? undefined : joinSignals([abortSignal]);
      try {
        const entry = keep(resource);
        const token = await entry.provider.getToken({ signal: joined?.signal });
        entry.given = token;
        return { token: token.token, expiresOnTimestamp: token.expiresAt };
      } finally {
        joined?.release();
      }
    },
    discard: (token) => {
      for (const { provider, given } of kept.values()) {
        if (given?.token === token) provider.discard?.(given);
      }
    },
  };
}

function readSource(
  source: ServiceCredentialSource | AzureTokenCredential,
): ServiceCredentialSource {
  if (typeof source === 'function') return source;
  if (typeof source?.getToken === 'function') return tokenCredentialSource(source);
  throw new TypeError('a service credential must have a source');
}
