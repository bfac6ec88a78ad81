import { checkOptions } from '../../../foundation/options.js';
import { CredentialUnavailableError } from '../../../model/errors.js';
import {
  addIdentitySecret,
  isHeaderToken,
  SECRET_HANDLING_OPTIONS,
  type SecretHandlingOptions,
} from '../../../net/index.js';
import { GET_TOKEN_OPTIONS, type GetTokenOptions, type TokenProvider } from './token-provider.js';
import { demandText } from './token-request.js';

/** A token that is given and not renewed. */
export interface StaticTokenOptions extends SecretHandlingOptions {
  /** When it ends, in milliseconds since 1970; never unless given. */
  readonly expiresAt?: number | undefined;
}

/**
 * A token that somebody made: a personal access token.
 *
 * Shape: `getToken` rejects with `CredentialUnavailableError` after its end.
 *
 * @throws TypeError if none exists, or it could not stand in a header; if an option is unknown
 */
export function createStaticTokenProvider(
  token: string,
  options: StaticTokenOptions = {},
): TokenProvider {
  checkOptions<StaticTokenOptions>(options, { ...SECRET_HANDLING_OPTIONS, expiresAt: true });
  const { expiresAt = Number.POSITIVE_INFINITY, now = Date.now, redaction } = options;
  if (!isHeaderToken(demandText('token', token))) {
    throw new TypeError('token must be printable, without white space');
  }
  addIdentitySecret(redaction, 'token', token);
  const held = { token, expiresAt };
  return {
    getToken: async (asked: GetTokenOptions = {}) => {
      checkOptions<GetTokenOptions>(asked, GET_TOKEN_OPTIONS);
      asked.signal?.throwIfAborted();
      if (expiresAt > now()) return held;
      throw new CredentialUnavailableError('no token: the configured token has expired');
    },
  };
}
