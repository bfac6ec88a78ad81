import { BoundedCache } from '../foundation/bounded-cache.js';
import type { Governance } from './governance.js';

/** What strangers' resources bring along is remembered up to this weight, twice over. */
const STRANGERS_WEIGHT = 1 << 18;

/** What a governance counts for in a cache: about the 32-bit words that it keeps. */
export function weightOf({ scopes, unknownScopes }: Governance): number {
  return 32 + scopes.length + unknownScopes.length;
}

/** A cache for what strangers ask about. They choose its keys, so it is bounded. */
export function createStrangerCache<K>(): BoundedCache<K, Governance> {
  return new BoundedCache(STRANGERS_WEIGHT, weightOf);
}
