import { addIdentitySecret, type SecretRegistry } from '../../../identity/identity-secrets.js';
import { isHeaderToken } from '../../../identity/request-token.js';
import { CredentialUnavailableError } from '../../../model/errors.js';
import type { TokenProvider } from './token-provider.js';
import { demandText } from './token-request.js';

/** A token that is given and not renewed. */
export interface StaticTokenOptions {
  /** When it ends, in milliseconds since 1970; never unless given. */
  readonly expiresAt?: number | undefined;
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
  /** Where it is registered to be masked; the process-wide redaction unless given. */
  readonly redaction?: SecretRegistry | undefined;
}

/**
 * A token that somebody made: a personal access token.
 *
 * Shape: `getToken` rejects with `CredentialUnavailableError` after its end.
 *
 * @throws TypeError when there is none, or it could not stand in a header
 */
export function createStaticTokenProvider(
  token: string,
  { expiresAt = Number.POSITIVE_INFINITY, now = Date.now, redaction }: StaticTokenOptions = {},
): TokenProvider {
  if (!isHeaderToken(demandText('token', token))) {
    throw new TypeError('token must be printable, without white space');
  }
  addIdentitySecret(redaction, 'token', token);
  const held = { token, expiresAt };
  return {
    getToken: async ({ signal } = {}) => {
      signal?.throwIfAborted();
      if (expiresAt > now()) return held;
      throw new CredentialUnavailableError('no token: the one that was given has ended');
    },
  };
}
