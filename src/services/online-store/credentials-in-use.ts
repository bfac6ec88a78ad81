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
 * @source Databricks, "Authentication for working with online stores": a profile of the serving endpoint overrides the read
 * prefix; databricks-feature-engineering 0.18.2: a profile of the cluster publishes where there is no write prefix
 */
export function profilesInUse(store: CredentialPlaces): InstanceProfiles {
  const { lookup, publish } = store.instanceProfiles ?? {};
  return { lookup, publish: store.writeSecretPrefix === undefined ? publish : undefined };
}

/** Whether what reads is what writes: the same secrets, or the same instance profile. */
export function sharesCredentials(store: CredentialPlaces): boolean {
  const { lookup, publish } = profilesInUse(store);
  if (lookup !== undefined) return lookup === publish;
  const { readSecretPrefix: read, writeSecretPrefix: write } = store;
  return read !== undefined && write !== undefined && isSameSecretPrefix(read, write);
}
