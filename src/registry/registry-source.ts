import type { ExcludedPermission, FeastType, Permission, Resource } from '../model/index.js';
import type { RegistryRelations } from './relations.js';

/** All that is needed of one version of a registry, of all its projects. Frozen. */
export interface RegistryContents {
  /** Changes with every change of the registry. */
  readonly version: string;
  readonly lastUpdated: Date | undefined;
  readonly projects: readonly string[];
  /** Those that could not be understood are among them, as excluded ones: nothing is left out. */
  readonly permissions: readonly (Permission | ExcludedPermission)[];
  /** Each with its project and its tags. Projects and permissions are resources too. */
  readonly resources: readonly Resource<FeastType>[];
  /** What refers to what; missing where the source cannot tell. Read when it is first asked for. */
  readonly relations?: RegistryRelations | undefined;
}

/** Where a registry is read from. */
export interface RegistrySource {
  /** For messages, for example "registry file /srv/feast/registry.db". Holds no secret. */
  describe(): string;
  /**
   * Reads the registry anew: all of it, or an error.
   *
   * @throws {@link RegistryUnavailableError} when it cannot be reached or opened
   * @throws {@link RegistryInvalidError} when what is there is not a whole registry
   */
  read(options?: { readonly signal?: AbortSignal }): Promise<RegistryContents>;
}
