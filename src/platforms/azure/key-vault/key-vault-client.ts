import { parseJson } from '../../../foundation/json.js';
import { checkOptions, type OptionNames } from '../../../foundation/options.js';
import { AuthzError, CredentialUnavailableError } from '../../../model/errors.js';
import {
  addIdentitySecret,
  HttpError,
  type HttpResponse,
  isHeaderToken,
  isUsuallyTransient,
  REQUEST_OPTIONS,
} from '../../../net/index.js';
import type { RequestOptions } from '../../databricks/tokens/index.js';
import { createAsker } from '../credentials/ask-server.js';
import { scopeOfResource } from '../credentials/credential-resource.js';
import { parseVaultAddress } from './vault-address.js';
import { readVaultChallenge, type VaultAudience } from './vault-challenge.js';
import { explainVaultRefusal } from './vault-refusal.js';
import { type KeyVaultSecret, readVaultSecret } from './vault-secret.js';

// Own client: `@azure/keyvault-secrets` needs Node.js 22 since version 4.12, and this package runs
// on Node.js 20. `createKeyVaultSecretStore` accepts a `SecretClient` as it is.

/** What gives a vault's tokens: a service credential, or any `TokenCredential` of Azure's SDK. */
export interface VaultCredential {
  /** A token for the scope; null: the credential has none. */
  getToken(
    scope: string,
    options?: { readonly tenantId?: string; readonly abortSignal?: AbortSignal },
  ): Promise<{ readonly token: string } | null>;
  /** Says that a token is no longer accepted. */
  readonly discard?: ((token: string) => void) | undefined;
}

/** How a vault is asked; a request has 10 s unless given. */
export interface KeyVaultOptions extends RequestOptions {
  /** Gives the tokens for the vault. */
  readonly credential: VaultCredential;
  /** 7.4 unless given. */
  readonly apiVersion?: string | undefined;
  /**
   * Hosts of vaults beside those of Azure's clouds, with their ports where they are not 443. They
   * get tokens, too.
   */
  readonly hosts?: readonly string[] | undefined;
}

/** How one secret of a key vault is read. */
export interface KeyVaultReadOptions {
  /** 32 hexadecimal digits; the newest unless given. */
  readonly version?: string | undefined;
  /** Ends the read, which rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

export const KEY_VAULT_OPTIONS: OptionNames<KeyVaultOptions> = {
  ...REQUEST_OPTIONS,
  credential: true,
  apiVersion: true,
  hosts: true,
};
const READ_OPTIONS: OptionNames<KeyVaultReadOptions> = { version: true, signal: true };

/** Reads the secrets of one vault. */
export interface KeyVaultClient {
  /** Without a path. */
  readonly vaultUrl: string;
  /**
   * A secret, read anew. Its value is masked by the redaction from then on.
   *
   * @returns rejects with SecretNotFoundError, SecretForbiddenError, or CredentialUnavailableError
   *   where the vault cannot be asked or answers with something else; TypeError for an invalid name
   *   or version
   */
  readonly getSecret: (name: string, options?: KeyVaultReadOptions) => Promise<KeyVaultSecret>;
}

const DEFAULT_API_VERSION = '7.4';
const SECRET_NAME = /^[0-9a-zA-Z-]{1,127}$/;
const SECRET_VERSION = /^[0-9a-f]{32}$/i;
const API_VERSION = /^[0-9a-z.-]{1,40}$/i;

/**
 * Creates a client for the secrets of one vault.
 *
 * SECURITY: a token goes to the vault's own host alone, over TLS, and no redirect is followed.
 *
 * @param vault its name, or its address
 * @throws {@link ConfigInvalidError} if the vault is neither in one of Azure's clouds nor in
 *   `hosts`
 * @throws TypeError if an option is unknown or invalid
 * @source Key Vault REST API, "Get Secret"; "throttling guidance": 429 is answered with a longer
 *   and longer pause
 * @example
 * const vault = createKeyVaultClient('sandbox-dataai-example-kv', { credential });
 * const { value } = await vault.getSecret('test');
 */
export function createKeyVaultClient(vault: string, options: KeyVaultOptions): KeyVaultClient {
  checkOptions<KeyVaultOptions>(options, KEY_VAULT_OPTIONS, { getSecret: READ_OPTIONS });
  const { credential, apiVersion = DEFAULT_API_VERSION, redaction } = options;
  if (typeof credential?.getToken !== 'function') {
    throw new TypeError('a vault needs a credential with `getToken`');
  }
  if (!API_VERSION.test(apiVersion)) throw new TypeError('apiVersion must be a version');
  const address = parseVaultAddress(vault, options.hosts);
  const { host } = new URL(address.origin);
  const send = createAsker(options, 'secret', isVaultTransient);
  let audience: VaultAudience = { resource: address.resources[0] };

  const answerTo = async (url: URL, signal: AbortSignal | undefined): Promise<HttpResponse> => {
    const ask = async (token: string): Promise<HttpResponse> => {
      const answer = await send({ url, headers: { authorization: `Bearer ${token}` }, signal });
      if (answer.status === 401) credential.discard?.(token);
      return answer;
    };
    const token = await obtainToken(credential, audience, signal);
    const answer = await ask(token);
    if (answer.status !== 401) return answer;
    // The token is too old, or of another tenant or cloud: the vault says of which one it takes it.
    const asked = readVaultChallenge(answer.headers?.['www-authenticate'], address);
    const next = await obtainToken(credential, asked, signal);
    if (next === token) return answer;
    const last = await ask(next);
    if (last.status !== 401) audience = asked;
    return last;
  };
  return {
    vaultUrl: address.origin,
    getSecret: async (name, readOptions = {}) => {
      checkOptions<KeyVaultReadOptions>(readOptions, READ_OPTIONS);
      const { version, signal } = readOptions;
      assertSecret(name, version);
      signal?.throwIfAborted();
      const path = version === undefined ? name : `${name}/${version}`;
      const url = new URL(`/secrets/${path}?api-version=${apiVersion}`, address.origin);
      const answer = await answerTo(url, signal);
      if (answer.status !== 200) throw explainVaultRefusal(answer, name, host);
      const secret = readVaultSecret(parseJson(answer.body), name, version);
      addIdentitySecret(redaction, 'secret', secret.value);
      return secret;
    },
  };
}

/**
 * Reads one secret of a vault.
 *
 * @param vault its name, or its address
 * @source the REST call that notebooks make by hand, with what is missing there: known hosts,
 *   errors, retries, redaction
 * @example
 * const { value } = await getKeyVaultSecret('sandbox-dataai-example-kv', 'test', { credential });
 */
export async function getKeyVaultSecret(
  vault: string,
  secretName: string,
  options: KeyVaultOptions & KeyVaultReadOptions,
): Promise<KeyVaultSecret> {
  checkOptions<KeyVaultOptions & KeyVaultReadOptions>(options, {
    ...KEY_VAULT_OPTIONS,
    ...READ_OPTIONS,
  });
  const { version, signal, ...client } = options;
  return createKeyVaultClient(vault, client).getSecret(secretName, { version, signal });
}

function assertSecret(name: unknown, version: unknown): void {
  if (typeof name !== 'string' || !SECRET_NAME.test(name)) {
    throw new TypeError('the name of a secret must be 1 to 127 letters, digits and hyphens');
  }
  const isVersion = typeof version === 'string' && SECRET_VERSION.test(version);
  if (version !== undefined && !isVersion) {
    throw new TypeError('the version of a secret must be 32 hexadecimal digits');
  }
}

/** Every failure of the server's own, but not what it will never do: 501 and 505. */
function isVaultTransient(answer: HttpResponse | HttpError): boolean {
  if (answer instanceof HttpError || isUsuallyTransient(answer)) return true;
  const { status } = answer;
  return status >= 500 && status !== 501 && status !== 505;
}

async function obtainToken(
  credential: VaultCredential,
  { resource, tenantId }: VaultAudience,
  signal: AbortSignal | undefined,
): Promise<string> {
  const options = {
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(signal === undefined ? {} : { abortSignal: signal }),
  };
  let given: { readonly token: string } | null;
  try {
    given = await credential.getToken(scopeOfResource(resource), options);
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof AuthzError ? error : explainForeign(error);
  }
  if (isHeaderToken(given?.token)) return given.token;
  throw new CredentialUnavailableError('the credential gave no token for the vault');
}

/**
 * Of another package's error only Entra's number is kept: no promise is made of what else it holds.
 */
function explainForeign(error: unknown): CredentialUnavailableError {
  const [number] = /\bAADSTS\d{1,9}\b/.exec(error instanceof Error ? error.message : '') ?? [];
  const said = number === undefined ? '' : ` (${number})`;
  return new CredentialUnavailableError(`the credential gave no token for the vault${said}`);
}
