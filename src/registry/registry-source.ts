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
  /** Content that was read and not understood, one sentence each. It makes no answer wider. */
  readonly warnings?: readonly string[] | undefined;
}

/** How a registry is watched. */
export interface WatchOptions {
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** Seconds between two looks at the source, above 0 and at most 86,400. Default: `5`. */
  readonly pollSeconds?: number | undefined;
  /**
   * Called after each look that found the content to be what `read` last met, so that the reader
   * knows how old its knowledge is. A watch that never calls it is read from more often.
   *
   * @param since when the look began, by `performance.now()`
   */
  readonly onUnchanged?: ((since: number) => unknown) | undefined;
}

/** Where a registry is read from. */
export interface RegistrySource {
  /**
   * Whether Feast applies a change object by object, so that a read may meet objects before their
   * permissions. What a change grants is not in force before readings over `settleSeconds` agree.
   * Default: `false`, a change is there as a whole.
   */
  readonly isAppliedInSteps?: boolean | undefined;
  /**
   * When the last read that succeeded began, in milliseconds since 1970 by the clock of the source:
   * a change that was committed before is in what was read. Sources without a clock of their own
   * leave it out.
   */
  readTime?(): number | undefined;
  /** For messages, for example "registry file /srv/feast/registry.db". Holds no secret. */
  describe(): string;
  /**
   * Reads the whole registry again, or fails. May return the same object if nothing has changed.
   *
   * @throws {@link RegistryUnavailableError} if the registry cannot be reached or opened
   * @throws {@link RegistryInvalidError} if its content is not a whole registry
   * @throws {@link RegistryProjectMissingError} if it holds no project
   */
  read(options?: { readonly signal?: AbortSignal }): Promise<RegistryContents>;
  /**
   * Calls `onChange` while the content may differ from what `read` last met. `onChange` is expected
   * to read. It is called again if the source could not be reached, but not for content that `read`
   * has refused. Calls never overlap: a promise that `onChange` returns is awaited. The watch does
   * not keep the process alive.
   *
   * Sources that cannot detect changes leave it out.
   *
   * @throws TypeError if an option is invalid
   */
  watch?(onChange: () => unknown, options: WatchOptions): void;
}
