import { CredentialUnavailableError } from '../../../model/errors.js';
import type { Expiring, ExpiringToken, TokenProvider } from './token-provider.js';

/** `fresh`: given as it is; `stale`: given, and renewed meanwhile; `expired`: not given. */
export type TokenState = 'fresh' | 'stale' | 'expired';

/** Keeps one token and renews it. */
export interface TokenCache<T extends Expiring = ExpiringToken> extends TokenProvider<T> {
  readonly discard: (refused: T) => void;
  readonly state: () => TokenState;
}

export interface TokenCacheOptions {
  /** How long before its end a token is renewed, in seconds; 20 minutes unless given. Half of its life where that is less. */
  readonly staleSeconds?: number | undefined;
  /** Pause after a renewal in the background that failed, in seconds; 60 unless given. */
  readonly retryPauseSeconds?: number | undefined;
  /** How long one failure answers all who ask while there is no token, in seconds; 1 unless given. */
  readonly failurePauseSeconds?: number | undefined;
  /** How long a request for a token may take, in seconds, at most a day; 60 unless given. */
  readonly timeoutSeconds?: number | undefined;
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
  /** Gets what a renewal in the background failed with, which nobody else hears of. What it throws or rejects with is ignored. */
  readonly onRenewalError?: ((error: unknown) => unknown) | undefined;
}

interface Held<T> {
  readonly token: T;
  readonly obtainedAt: number;
  readonly staleAt: number;
}

interface Failure {
  readonly error: unknown;
  readonly at: number;
}

const MAX_SECONDS = 24 * 60 * 60;

/**
 * Keeps what `obtain` gives, and asks for the next one in good time.
 *
 * Shape: a fresh token is given as it is. In the last part of its life (`staleSeconds`, or half of it) it is still given,
 * while the next one is asked for in the background; after a failure, not before the pause is over. After its end all wait
 * for one request, however many they are, and share its failure.
 *
 * @param obtain gets a signal that ends it when it takes too long. `expiresAt` has to be worked out from a lifetime and the
 *   clock of this machine: a server's clock may be wrong
 * @throws TypeError when an option is no number of seconds
 * @source databricks-sdk-py 0.162, `oauth.py` (states, window, pause); differs: callers who wait share one request, and a
 *   request has an end
 * @example
 * const cache = createTokenCache(async () => ({ token: await logIn(), expiresAt: Date.now() + 3_600_000 }));
 * const { token } = await cache.getToken();
 */
export function createTokenCache<T extends Expiring = ExpiringToken>(
  obtain: (signal: AbortSignal) => Promise<T>,
  options: TokenCacheOptions = {},
): TokenCache<T> {
  const { now = Date.now, onRenewalError } = options;
  const { staleMs, retryPauseMs, failurePauseMs, timeoutMs } = readDurations(options);
  let held: Held<T> | undefined;
  let request: Promise<T> | undefined;
  let failure: Failure | undefined;

  const state = (): TokenState => {
    if (held === undefined || held.token.expiresAt <= now()) return 'expired';
    // A clock that was set back hides how much of the token's life is left.
    return now() >= held.obtainedAt && now() < held.staleAt ? 'fresh' : 'stale';
  };
  const obtainAndHold = async (): Promise<T> => {
    try {
      held = hold(await obtainInTime(obtain, timeoutMs), staleMs, now());
      failure = undefined;
      return held.token;
    } catch (error) {
      failure = { error, at: now() };
      throw error;
    } finally {
      request = undefined;
    }
  };
  const renew = (): Promise<T> => {
    request ??= obtainAndHold();
    return request;
  };

  return {
    getToken: async ({ signal } = {}) => {
      signal?.throwIfAborted();
      const found = state();
      if (found !== 'expired' && held !== undefined) {
        const mayRenew = request === undefined && !isRecent(failure, retryPauseMs, now());
        if (found === 'stale' && mayRenew) renew().catch(quietly(onRenewalError));
        return held.token;
      }
      if (request === undefined && isRecent(failure, failurePauseMs, now())) throw failure.error;
      return waitFor(renew(), signal);
    },
    discard: (refused) => {
      if (held?.token === refused) held = undefined;
    },
    state,
  };
}

/** A clock that was set back ends the pause. */
function isRecent(failure: Failure | undefined, pauseMs: number, now: number): failure is Failure {
  return failure !== undefined && now >= failure.at && now < failure.at + pauseMs;
}

/** @throws CredentialUnavailableError when it does not hold any more, or nobody can say until when */
function hold<T extends Expiring>(token: T, staleMs: number, now: number): Held<T> {
  const { expiresAt } = token;
  // Written so that what is no number is refused, too.
  if (!(expiresAt > now)) {
    throw new CredentialUnavailableError('the token that was given has ended already');
  }
  return { token, obtainedAt: now, staleAt: expiresAt - Math.min(staleMs, (expiresAt - now) / 2) };
}

/** Ends also where `obtain` does not listen to its signal. */
async function obtainInTime<T>(
  obtain: (signal: AbortSignal) => Promise<T>,
  timeoutMs: number,
): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    const seconds = timeoutMs / 1000;
    controller.abort(
      new CredentialUnavailableError(`no token: there was none within ${seconds} s`),
    );
  }, timeoutMs);
  try {
    return await waitFor(obtain(controller.signal), controller.signal);
  } finally {
    clearTimeout(timer);
  }
}

/** What a promise gives, or the reason of the signal, whichever comes first. */
function waitFor<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function quietly(
  report: ((error: unknown) => unknown) | undefined,
): (error: unknown) => Promise<void> {
  return async (error) => {
    try {
      await report?.(error);
    } catch {
      // A report that fails is no reason to end the process with an unhandled rejection.
    }
  };
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
