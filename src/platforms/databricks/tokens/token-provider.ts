import type { OptionNames } from '../../../foundation/options.js';

/** Something that ends. */
export interface Expiring {
  /** Milliseconds since 1970, by the clock of this machine; infinite for what never ends. */
  readonly expiresAt: number;
}

/** A bearer token, and what has to go with it. */
export interface ExpiringToken extends Expiring {
  /** Without the word `Bearer`. A secret. */
  readonly token: string;
  /** Headers that a request needs beside the token. Secrets, too. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** How long one caller waits for a token. */
export interface GetTokenOptions {
  /** Ends the wait of this caller. A request that others wait for, too, goes on. */
  readonly signal?: AbortSignal | undefined;
}

export const GET_TOKEN_OPTIONS: OptionNames<GetTokenOptions> = { signal: true };

/** Where tokens, or other credentials that end, come from. */
export interface TokenProvider<T extends Expiring = ExpiringToken> {
  /**
   * One that holds now.
   *
   * @returns rejects with `CredentialUnavailableError` if none can be had
   */
  readonly getToken: (options?: GetTokenOptions) => Promise<T>;
  /** Says that this one is no longer accepted, so that it is not given again. */
  readonly discard?: ((refused: T) => void) | undefined;
}
