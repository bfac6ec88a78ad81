import type { InstanceProfiles } from './online-store.js';
import { isSameSecretPrefix } from './secret-prefix.js';

/** What of an online store says where its credentials are. */
export interface CredentialPlaces {
  readonly readSecretPrefix?: string | undefined;
  readonly writeSecretPrefix?: string | undefined;
  readonly instanceProfiles?: InstanceProfiles | undefined;
}

/**
 * The instance profiles that are really used.
 *
 * @source Databricks, "Authentication for working with online stores": a profile of the serving
 * endpoint overrides the read prefix; databricks-feature-engineering 0.18.2: a profile of the
 * cluster publishes if the write prefix is missing
 */
export function profilesInUse(store: CredentialPlaces): InstanceProfiles {
  const { lookup, publish } = store.instanceProfiles ?? {};
  return { lookup, publish: store.writeSecretPrefix === undefined ? publish : undefined };
}

/**
 * Whether what reads is what writes: the same secrets, or the same instance profile.
 *
 * SECURITY: a profile to publish with may write, whether or not a write prefix is there to be used
 * in its place.
 */
export function sharesCredentials(store: CredentialPlaces): boolean {
  const { lookup, publish } = store.instanceProfiles ?? {};
  // The names of profiles are the same in any case.
  if (lookup !== undefined) return lookup.toLowerCase() === publish?.toLowerCase();
  const { readSecretPrefix: read, writeSecretPrefix: write } = store;
  return read !== undefined && write !== undefined && isSameSecretPrefix(read, write);
}
