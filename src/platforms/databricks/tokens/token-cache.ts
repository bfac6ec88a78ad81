import { withinTime } from '../../../foundation/abort.js';
import { checkOptions, type OptionNames } from '../../../foundation/options.js';
import { type RenewalState, RenewedValue } from '../../../foundation/renewed-value.js';
import { CredentialUnavailableError } from '../../../model/errors.js';
import {
  type Expiring,
  type ExpiringToken,
  GET_TOKEN_OPTIONS,
  type GetTokenOptions,
  type TokenProvider,
} from './token-provider.js';

/** `fresh`: given as it is; `stale`: given, and renewed meanwhile; `expired`: not given. */
export type TokenState = RenewalState;

/** Keeps one token and renews it. */
export interface TokenCache<T extends Expiring = ExpiringToken> extends TokenProvider<T> {
  readonly discard: (refused: T) => void;
  /** The state of the kept token. */
  readonly state: () => TokenState;
}

/** When a cached token is renewed. */
export interface TokenCacheOptions {
  /**
   * How long before its end a token is renewed, in seconds; 20 minutes unless given. Half of its
   * life where that is less.
   */
  readonly staleSeconds?: number | undefined;
  /** Pause after a renewal in the background that failed, in seconds; 60 unless given. */
  readonly retryPauseSeconds?: number | undefined;
  /**
   * How long one failure answers all who ask while no token is available, in seconds. Default: 1.
   */
  readonly failurePauseSeconds?: number | undefined;
  /** How long a request for a token may take, in seconds, at most a day; 60 unless given. */
  readonly timeoutSeconds?: number | undefined;
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
  /**
   * Gets what a renewal in the background failed with, which is reported nowhere else. What it
   * throws or rejects with is ignored.
   */
  readonly onRenewalError?: ((error: unknown) => unknown) | undefined;
}

/** Those that functions which ask for tokens take as `cache`. */
export const KEPT_TOKEN_OPTIONS: OptionNames<Omit<TokenCacheOptions, 'now'>> = {
  staleSeconds: true,
  retryPauseSeconds: true,
  failurePauseSeconds: true,
  timeoutSeconds: true,
  onRenewalError: true,
};
const MAX_SECONDS = 24 * 60 * 60;

/**
 * Keeps what `obtain` gives, and asks for the next one in good time.
 *
 * Shape: a fresh token is given as it is. In the last part of its life (`staleSeconds`, or half of
 * it) it is still given, while the next one is asked for in the background; after a failure, not
 * before the pause is over. After its end all wait for one request, however many they are, and
 * share its failure.
 *
 * @param obtain gets a signal that ends it when it takes too long. `expiresAt` has to be worked out
 *   from a lifetime and the clock of this machine: a server's clock may be wrong
 * @throws TypeError if an option is unknown, or not a number of seconds
 * @source databricks-sdk-py 0.162, `oauth.py` (states, window, pause); differs: callers who wait
 *   share one request, and a request has an end
 * @example
 * const cache = createTokenCache(async () => ({
 *   token: await logIn(),
 *   expiresAt: Date.now() + 3_600_000,
 * }));
 * const { token } = await cache.getToken();
 */
export function createTokenCache<T extends Expiring = ExpiringToken>(
  obtain: (signal: AbortSignal) => Promise<T>,
  options: TokenCacheOptions = {},
): TokenCache<T> {
  checkOptions<TokenCacheOptions>(options, { ...KEPT_TOKEN_OPTIONS, now: true });
  const { now = Date.now, onRenewalError } = options;
  const { staleMs, retryPauseMs, failurePauseMs, timeoutMs } = readDurations(options);
  const late = (): Error =>
    new CredentialUnavailableError(`no token was available within ${timeoutMs / 1000} s`);
  const tokens = new RenewedValue(
    async () => assertValid(await withinTime(timeoutMs, late, obtain), now()),
    {
      expiresAt: ({ expiresAt }) => expiresAt,
      renewAt: ({ expiresAt }, obtainedAt) =>
        expiresAt - Math.min(staleMs, (expiresAt - obtainedAt) / 2),
      renewal: 'background',
      retryPauseMs,
      failurePauseMs,
      now,
      onRenewalError,
    },
  );
  return {
    getToken: async (asked: GetTokenOptions = {}) => {
      checkOptions<GetTokenOptions>(asked, GET_TOKEN_OPTIONS);
      const { signal } = asked;
      signal?.throwIfAborted();
      return tokens.get(signal);
    },
    discard: (refused) => tokens.discard((token) => token === refused),
    state: () => tokens.state,
  };
}

/** @throws CredentialUnavailableError if the token has expired, or does not say when it expires */
function assertValid<T extends Expiring>(token: T, now: number): T {
  // Written so that anything but a number is refused, too.
  if (token.expiresAt > now) return token;
  throw new CredentialUnavailableError('the new token has already expired');
}

interface Durations {
  readonly staleMs: number;
  readonly retryPauseMs: number;
  readonly failurePauseMs: number;
  readonly timeoutMs: number;
}

function readDurations(options: TokenCacheOptions): Durations {
  return {
    staleMs: readMilliseconds('staleSeconds', options.staleSeconds ?? 20 * 60),
    retryPauseMs: readMilliseconds('retryPauseSeconds', options.retryPauseSeconds ?? 60),
    failurePauseMs: readMilliseconds('failurePauseSeconds', options.failurePauseSeconds ?? 1),
    timeoutMs: readMilliseconds('timeoutSeconds', options.timeoutSeconds ?? 60),
  };
}

function readMilliseconds(name: string, seconds: number): number {
  if (typeof seconds === 'number' && seconds >= 0 && seconds <= MAX_SECONDS) return seconds * 1000;
  throw new TypeError(`${name} must be a number of seconds from 0 to ${MAX_SECONDS}`);
}
