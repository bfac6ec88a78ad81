import { readUnverifiedExpiry } from '../../../foundation/compact-token.js';
import { readTokenFile } from '../../../identity/token-file.js';
import { AuthzError, CredentialUnavailableError, quote } from '../../../model/errors.js';
import { addIdentitySecret, type SecretRegistry } from '../../../net/index.js';

/**
 * Where a token of another issuer comes from. It is read anew each time: such tokens are exchanged
 * while one runs.
 */
export type SubjectTokenSource =
  /** A file, as a CI system or Kubernetes mounts it. At most 64 KiB. */
  | { readonly file: string }
  /** A variable of the environment. */
  | { readonly env: string }
  /**
   * A function of one's own. What it throws is not passed on, unless it is an error of this
   * package.
   */
  | SubjectTokenFunction;

/** Gives a token of another issuer. */
export type SubjectTokenFunction = (wanted: {
  /** Finds whom the token is to be for: the address that it is sent to. */
  readonly audience: () => Promise<string>;
}) => Promise<string>;

type Environment = Readonly<Record<string, string | undefined>>;

/** How long a token whose end cannot be read is masked. */
const DEFAULT_MASKED_SECONDS = 3600;

/**
 * The token, registered to be masked.
 *
 * @returns rejects with `CredentialUnavailableError` if none exists
 */
export async function readSubjectToken(
  source: SubjectTokenSource,
  env: Environment,
  redaction: SecretRegistry | undefined,
  audience: () => Promise<string>,
): Promise<string> {
  const token = await find(source, env, audience);
  if (typeof token !== 'string' || token === '') {
    throw new CredentialUnavailableError(`no token: ${describe(source)} has none`);
  }
  const expiresAt = readUnverifiedExpiry(token) ?? 0;
  const seconds = Math.max((expiresAt - Date.now()) / 1000, DEFAULT_MASKED_SECONDS);
  addIdentitySecret(redaction, 'token', token, seconds);
  return token;
}

async function find(
  source: SubjectTokenSource,
  env: Environment,
  audience: () => Promise<string>,
): Promise<string | undefined> {
  if (typeof source === 'function') return callOwn(source, audience);
  return 'file' in source ? readTokenFile(source.file) : env[source.env]?.trim();
}

/**
 * Of a foreign error nothing is kept: it may hold the request that the function sent, and how it
 * signed in.
 */
async function callOwn(
  source: SubjectTokenFunction,
  audience: () => Promise<string>,
): Promise<string> {
  try {
    return await source({ audience });
  } catch (error) {
    if (error instanceof AuthzError) throw error;
    throw new CredentialUnavailableError('no token: the token function failed');
  }
}

function describe(source: SubjectTokenSource): string {
  if (typeof source === 'function') return 'the token function';
  return 'file' in source ? `the file ${quote(source.file)}` : `the variable ${quote(source.env)}`;
}
