import type { FeatureStoreConfig } from '../config/index.js';
import type {
  Actions,
  Authorizer,
  AuthorizerOptions,
  ProposedChange,
  Snapshot,
  SnapshotOptions,
  SubjectAuthorizer,
} from '../engine/index.js';
import { shadowOf } from '../engine/shadow.js';
import { checkOptions } from '../foundation/options.js';
import type { Decision, FeastVocabulary, ResourceOf, Subject } from '../model/index.js';
import type { RegistryRelations } from '../registry/index.js';
import type { LiveStore } from './live-store.js';
import {
  assertLiveOptions,
  LIVE_OPTIONS,
  type LiveOptions,
  openLiveStore,
} from './open-live-store.js';
import { type ReadAfterOptions, readAfter } from './read-after.js';
import type { LiveStatus } from './reload-event.js';

/**
 * Options of `loadAuthorizer`: how the repository is read and watched, and who hears of decisions.
 */
export interface LoadAuthorizerOptions extends LiveOptions, AuthorizerOptions {}

/** An authorizer that follows the registry of a feature repository. */
export interface LoadedAuthorizer extends Authorizer {
  /** As it was read first. Undefined: a registry was read without its configuration. */
  readonly config: FeatureStoreConfig | undefined;
  /** The project that the configuration names. */
  readonly project: string | undefined;
  /** What refers to what in the registry, for `createGate`. */
  readonly relations: RegistryRelations | undefined;
  /** What should be known before the authorizer is relied on, one sentence each. */
  readonly warnings: readonly string[];
  /**
   * Reads configuration and registry again, and puts the registry in force as a whole. A failure
   * leaves in force what is.
   *
   * @throws ConfigInvalidError if the configuration now names another project or way to
   *   authenticate
   * @throws RegistryUnavailableError, RegistryInvalidError, RegistryProjectMissingError,
   *   PermissionInvalidError, PatternUnsupportedError
   */
  reload(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /**
   * Confirms that the permissions that are gone are meant to be gone: from now on `rules` decide on
   * what their loss opens. See `closed` of the `reloaded` event.
   *
   * @param version of the registry whose losses are confirmed, as in the event
   * @throws RequestInvalidError if another version is in force, whose losses may differ
   * @throws SnapshotStaleError while nothing is decided
   */
  acceptEmpty(version: string): Promise<void>;
  /** How current what is in force is: for a gauge, and for a probe of readiness. */
  readonly status: LiveStatus;
  /**
   * Resolves when everything is decided by a reading of the registry that began after `time`, and
   * reads it again if need be: a caller that knows when a revocation was committed cannot miss it.
   *
   * @param time a date, or milliseconds since 1970, by the clock of the database if the registry is
   *   in one, otherwise by that of this machine
   * @throws SnapshotStaleError if the registry cannot be read so late
   * @example
   * await authorizer.readAfter(committedAt);
   */
  readAfter(
    time: Date | number,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<void>;
  /** Ends the watch. What is in force stays in force, however old. */
  close(): void;
}

/**
 * Makes an authorizer from a feature repository, ready to answer and kept up to date.
 *
 * What Feast applies to the registry is in force after `pollSeconds`. If the registry cannot be
 * read or no longer holds the project, the last good one stays in force for `maxStaleSeconds`;
 * `onReload` and `warnings` say so.
 *
 * @param path a folder with a `feature_store.yaml`, such a file, or a registry file. Default: as
 *   for `loadFeatureStore`
 * @throws ConfigInvalidError if the configuration is missing or invalid, or says `no_auth` without
 *   `options.allowNoAuth`
 * @throws RegistryUnavailableError, RegistryInvalidError if the registry cannot be read
 * @throws RegistryProjectMissingError if the registry does not hold the project
 * @throws PermissionInvalidError, PatternUnsupportedError if a permission is not understood
 * @throws TypeError if an option is invalid
 * @example
 * const authorizer = await loadAuthorizer('feature_repo');
 * authorizer.can(subject, 'READ_ONLINE', { type: 'FeatureView', name: 'risk_scores' });
 * authorizer.close();
 */
export async function loadAuthorizer(
  path?: string,
  options: LoadAuthorizerOptions = {},
): Promise<LoadedAuthorizer> {
  checkOptions<LoadAuthorizerOptions>(options, { ...LIVE_OPTIONS, onDecision: true, shadow: true });
  assertLiveOptions(options);
  const { onDecision, shadow } = options;
  if (onDecision !== undefined && typeof onDecision !== 'function') {
    throw new TypeError('option onDecision must be a function');
  }
  shadowOf(shadow);
  const live = await openLiveStore(path, options, { now: Date.now, onDecision, shadow });
  return new StoreAuthorizer(live);
}

type Feast = FeastVocabulary;

class StoreAuthorizer implements LoadedAuthorizer {
  readonly #live: LiveStore;
  readonly #authorizer: Authorizer;

  constructor(live: LiveStore) {
    this.#live = live;
    this.#authorizer = live.authorizer;
  }

  get config(): FeatureStoreConfig | undefined {
    return this.#live.config;
  }

  get project(): string | undefined {
    return this.#live.config?.project;
  }

  get relations(): RegistryRelations | undefined {
    return this.#live.relations;
  }

  get warnings(): readonly string[] {
    return Object.freeze([...this.snapshot.warnings, ...this.#live.warnings]);
  }

  get snapshot(): Snapshot<Feast> {
    return this.#authorizer.snapshot;
  }

  resource(resource: ResourceOf<Feast>): ResourceOf<Feast> {
    return this.#authorizer.resource(resource);
  }

  can(subject: Subject | null, actions: Actions<Feast>, resource: ResourceOf<Feast>): boolean {
    return this.#authorizer.can(subject, actions, resource);
  }

  decide(subject: Subject | null, actions: Actions<Feast>, resource: ResourceOf<Feast>): Decision {
    return this.#authorizer.decide(subject, actions, resource);
  }

  decideDescribed(
    subject: Subject | null,
    actions: Actions<Feast>,
    resource: ResourceOf<Feast>,
  ): Decision {
    return this.#authorizer.decideDescribed(subject, actions, resource);
  }

  assert(
    subject: Subject | null,
    actions: Actions<Feast>,
    resources: ResourceOf<Feast> | readonly ResourceOf<Feast>[],
  ): void {
    this.#authorizer.assert(subject, actions, resources);
  }

  filter<R extends ResourceOf<Feast>>(
    subject: Subject | null,
    actions: Actions<Feast>,
    resources: readonly R[],
  ): R[] {
    return this.#authorizer.filter(subject, actions, resources);
  }

  decideChange(subject: Subject | null, change: ProposedChange<Feast>): Decision {
    return this.#authorizer.decideChange(subject, change);
  }

  for(subject: Subject | null): SubjectAuthorizer<Feast> {
    return this.#authorizer.for(subject);
  }

  replace(next: Partial<SnapshotOptions<Feast>> | Snapshot<Feast>): void {
    this.#authorizer.replace(next);
  }

  async reload(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    checkOptions<typeof options>(options, { signal: true });
    await this.#live.reload(options.signal);
  }

  acceptEmpty(version: string): Promise<void> {
    return this.#live.acceptEmpty(version);
  }

  get status(): LiveStatus {
    return this.#live.status;
  }

  readAfter(time: Date | number, options: ReadAfterOptions = {}): Promise<void> {
    return readAfter(this.#live, time, options);
  }

  close(): void {
    this.#live.close();
  }
}
