import { BoundedCache } from '../../foundation/bounded-cache.js';
import type { VerifiedToken } from './verified-token.js';

/** Bounds of what is remembered of verified tokens. */
export interface VerifiedTokenCacheOptions {
  /**
   * How many tokens at most. 0: none. One that is longer than 4,096 characters counts for several.
   */
  readonly maxTokens?: number | undefined;
  /**
   * How long at most, in seconds. The end of a token always counts, and so does the end of its key.
   */
  readonly ttlSeconds?: number | undefined;
}

/** Tokens that were verified a short while ago. */
export interface VerifiedTokenCache {
  /** What was found out about a token, as long as it holds. */
  readonly find: (token: string) => Promise<VerifiedToken | undefined>;
  /** The same, where it can be told without asking anyone whether it holds. */
  readonly recall: (token: string) => VerifiedToken | undefined;
  readonly add: (token: string, verified: VerifiedToken) => void;
  readonly clear: () => void;
}

interface Entry {
  readonly token: string;
  readonly verified: VerifiedToken;
  /** In milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
  readonly weight: number;
}

const DEFAULT_MAX_TOKENS = 10_000;
const DEFAULT_TTL_SECONDS = 60;
/** In characters. */
const TYPICAL_LENGTH = 4096;
/** The last 256 bits of a signature. */
const KEY_LENGTH = 43;

/**
 * Creates a cache of verified tokens, by their ends and then by the whole: a digest, or a hash of
 * the whole, takes longer than all else that is asked of a known token. Tokens are in memory anyway
 * for as long as they hold, to be masked. None is found by guessing at its start: the end, most of
 * a signature, would reveal the token.
 *
 * Only tokens that were accepted are remembered, so that strangers cannot fill it.
 *
 * @param now milliseconds since 1970
 * @throws TypeError if a bound is not a number of 0 or more
 */
export function createVerifiedTokenCache(
  { maxTokens = DEFAULT_MAX_TOKENS, ttlSeconds = DEFAULT_TTL_SECONDS }: VerifiedTokenCacheOptions,
  now: () => number,
): VerifiedTokenCache {
  if (!(maxTokens >= 0)) throw new TypeError('cache.maxTokens must be a number of 0 or more');
  if (!(ttlSeconds >= 0)) throw new TypeError('cache.ttlSeconds must be a number of 0 or more');
  const create = (): BoundedCache<string, Entry> =>
    new BoundedCache(Math.floor(maxTokens / 2), ({ weight }) => weight);
  let entries = create();
  /** What stands there and has not ended. */
  const lookUp = (token: string): VerifiedToken | undefined => {
    const entry = entries.get(keyOf(token));
    if (entry?.token !== token) return undefined;
    const moment = now();
    // A clock that was set back may not prolong anything.
    return moment >= entry.from && moment < entry.until ? entry.verified : undefined;
  };
  return {
    find: async (token) => {
      const verified = lookUp(token);
      return verified !== undefined && (await verified.isCurrent()) ? verified : undefined;
    },
    recall: (token) => {
      const verified = lookUp(token);
      return verified?.isCurrentForSure() === true ? verified : undefined;
    },
    add: (token, verified) => {
      const from = now();
      const until = Math.min(verified.expiresAt * 1000, from + ttlSeconds * 1000);
      const weight = Math.max(1, Math.ceil(token.length / TYPICAL_LENGTH));
      if (until > from) entries.set(keyOf(token), { token, verified, from, until, weight });
    },
    clear: () => {
      entries = create();
    },
  };
}

function keyOf(token: string): string {
  return token.slice(-KEY_LENGTH);
}
