import { BoundedCache } from '../foundation/bounded-cache.js';
import type { PermissionSet } from './permission-set.js';

/** Weight of one generation of the cache; it holds two. */
const UNREGISTERED_WEIGHT = 1 << 18;

/** The weight of a permission set in a cache: about the number of 32-bit words that it keeps. */
export function weightOf({ targets, indeterminateTargets }: PermissionSet): number {
  return 32 + targets.length + indeterminateTargets.length;
}

/**
 * A cache for unregistered resources. SECURITY: untrusted callers choose its keys, so it is
 * bounded.
 */
export function createUnregisteredCache<K>(): BoundedCache<K, PermissionSet> {
  return new BoundedCache(UNREGISTERED_WEIGHT, weightOf);
}
