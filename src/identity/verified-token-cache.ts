import { hash } from 'node:crypto';
import { BoundedCache } from '../engine/bounded-cache.js';
import type { VerifiedToken } from './verified-token.js';

/** Bounds of what is remembered of verified tokens. */
export interface TokenCacheOptions {
  /** How many tokens at most. 0: none. */
  readonly maxTokens?: number | undefined;
  /** How long at most, in seconds. The end of a token always counts, and so does the end of its key. */
  readonly ttlSeconds?: number | undefined;
}

/** Tokens that were verified a short while ago. */
export interface VerifiedTokenCache {
  /** What was found out about a token, as long as it holds. */
  readonly find: (token: string) => Promise<VerifiedToken | undefined>;
  readonly add: (token: string, verified: VerifiedToken) => void;
  readonly clear: () => void;
}

interface Entry {
  readonly verified: VerifiedToken;
  /** In milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
}

const DEFAULT_MAX_TOKENS = 10_000;
const DEFAULT_TTL_SECONDS = 60;

/**
 * Creates a cache of verified tokens by their SHA-256: no token is kept, and none is found by guessing at its start.
 *
 * Only tokens that were accepted are remembered, so that strangers cannot fill it.
 *
 * @param now milliseconds since 1970
 * @throws TypeError when a bound is no number of 0 or more
 */
export function createVerifiedTokenCache(
  { maxTokens = DEFAULT_MAX_TOKENS, ttlSeconds = DEFAULT_TTL_SECONDS }: TokenCacheOptions,
  now: () => number,
): VerifiedTokenCache {
  if (!(maxTokens >= 0)) throw new TypeError('cache.maxTokens must be a number of 0 or more');
  if (!(ttlSeconds >= 0)) throw new TypeError('cache.ttlSeconds must be a number of 0 or more');
  const create = (): BoundedCache<string, Entry> =>
    new BoundedCache(Math.floor(maxTokens / 2), () => 1);
  let entries = create();
  return {
    find: async (token) => {
      const entry = entries.get(keyOf(token));
      if (entry === undefined) return undefined;
      // A clock that was set back may not prolong anything.
      const holds = now() >= entry.from && now() < entry.until;
      return holds && (await entry.verified.isCurrent()) ? entry.verified : undefined;
    },
    add: (token, verified) => {
      const from = now();
      const until = Math.min(verified.expiresAt * 1000, from + ttlSeconds * 1000);
      if (until > from) entries.set(keyOf(token), { verified, from, until });
    },
    clear: () => {
      entries = create();
    },
  };
}

function keyOf(token: string): string {
  return hash('sha256', token, 'base64');
}
