import type { FeatureStoreConfig } from '../config/index.js';
import type { Authorizer } from '../engine/index.js';
import { checkOptions } from '../foundation/options.js';
import {
  type Authenticator,
  type AuthenticatorOptions,
  createAuthenticator,
} from '../identity/index.js';
import { ConfigInvalidError, type FeastVocabulary } from '../model/index.js';
import type { RegistryRelations } from '../registry/index.js';
import { createGate } from './create-gate.js';
import type { AuthorizationHeader, Caller, Gate, Refusal } from './gate.js';
import { GATE_OPTIONS, type GateOptions } from './gate-options.js';
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
 * Options of `loadGate`: those of the gate, how the repository is read and watched, and who callers
 * are.
 */
export interface LoadGateOptions
  extends LiveOptions,
    Omit<GateOptions, 'authenticator' | 'authorizer' | 'relations' | 'project'> {
  /** In place of the one that the `auth` section asks for. The gate closes it. */
  readonly authenticator?: Authenticator | undefined;
  /** For the authenticator that the `auth` section asks for. Not together with `authenticator`. */
  readonly identity?: AuthenticatorOptions | undefined;
}

const { authorizer: _authorizer, relations: _relations, project: _project, ...GATE } = GATE_OPTIONS;
/** A gate with what it was made of. */
export interface LoadedGate extends Gate {
  readonly authorizer: Authorizer;
  /** As it was read first. Undefined: a registry was read without its configuration. */
  readonly config: FeatureStoreConfig | undefined;
  /** The project that the configuration names. */
  readonly project: string | undefined;
  /**
   * Reads configuration and registry anew, and puts the registry in force as a whole. Whatever goes
   * wrong leaves what is in force as it is. Not needed for changes of the registry, which is
   * watched; after it, the registry that the configuration names now is.
   *
   * @throws ConfigInvalidError when the configuration names another way to authenticate or another
   *   project: that takes a new gate
   * @throws RegistryUnavailableError, RegistryInvalidError, RegistryProjectMissingError,
   *   PermissionInvalidError, PatternUnsupportedError
   */
  reload(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /**
   * Confirms that the permissions that are gone are meant to be gone: from now on `rules` say what
   * their loss opens. See `closed` of the `reloaded` event.
   *
   * @param version of the registry whose losses are confirmed, as the event has it
   * @throws RequestInvalidError when another version is in force: its losses may be others
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
  /**
   * Ends the watch, and closes the authenticator: where callers must be known, none is let in from
   * then on.
   */
  close(): Promise<void>;
}

/**
 * Makes the gate of a server from its `feature_store.yaml`: who callers are from the `auth`
 * section, and what they may do from the registry.
 *
 * The registry is watched: what Feast applies is in force after `pollSeconds`. A registry that
 * cannot be read, or no longer holds the project, is not believed: the last good one stays in
 * force for `maxStaleSeconds`, and `onReload` and `warnings` tell.
 *
 * @param path a folder with a `feature_store.yaml`, or such a file; a registry file needs
 *   `options.authenticator`. Default: as for `loadFeatureStore`
 * @throws ConfigInvalidError when the configuration is missing or wrong, or says `no_auth` without
 *   `options.allowNoAuth`
 * @throws RegistryUnavailableError, RegistryInvalidError when the registry cannot be read
 * @throws RegistryProjectMissingError when the registry does not hold the project
 * @throws PermissionInvalidError, PatternUnsupportedError when a permission is not understood
 * @throws TypeError when an option is wrong
 * @example
 * const gate = await loadGate('feature_repo');
 * for (const warning of gate.warnings) log.warn(warning);
 */
export async function loadGate(path?: string, options: LoadGateOptions = {}): Promise<LoadedGate> {
  checkOptions<LoadGateOptions>(options, { ...GATE, ...LIVE_OPTIONS, identity: true });
  assertLiveOptions(options);
  assertOneIdentity(options);
  const live = await openLiveStore(path, options, {
    now: options.now ?? Date.now,
    usesRelations: true,
  });
  try {
    const authenticator = options.authenticator ?? authenticatorOf(live.config, options.identity);
    return new StoreGate(live, authenticator, options);
  } catch (error) {
    live.close();
    throw error;
  }
}

class StoreGate implements LoadedGate {
  readonly authorizer: Authorizer;
  readonly config: FeatureStoreConfig | undefined;
  readonly project: string | undefined;
  readonly #live: LiveStore;
  readonly #authenticator: Authenticator;
  readonly #gate: Gate;

  constructor(
    live: LiveStore,
    authenticator: Authenticator,
    {
      env: _env,
      registryKinds: _registryKinds,
      rules: _rules,
      python: _python,
      signal: _signal,
      identity: _identity,
      authenticator: _authenticator,
      allowNoAuth: _allowNoAuth,
      pollSeconds: _pollSeconds,
      maxStaleSeconds: _maxStaleSeconds,
      acceptEmpty: _acceptEmpty,
      settleSeconds: _settleSeconds,
      maxSettleSeconds: _maxSettleSeconds,
      onReload: _onReload,
      ...gate
    }: LoadGateOptions,
  ) {
    this.authorizer = live.authorizer;
    this.config = live.config;
    this.project = live.config?.project;
    this.#live = live;
    this.#authenticator = authenticator;
    this.#gate = createGate({
      ...gate,
      authenticator,
      authorizer: this.authorizer,
      relations: () => live.relations,
      project: this.project,
    });
  }

  get warnings(): readonly string[] {
    return Object.freeze([...this.#gate.warnings, ...this.#live.warnings]);
  }

  get vocabulary(): FeastVocabulary | undefined {
    return this.#gate.vocabulary;
  }

  get relations(): RegistryRelations | undefined {
    return this.#live.relations;
  }

  get enforced(): boolean {
    return this.authorizer.snapshot.enforced;
  }

  get hideUnknown(): boolean | undefined {
    return this.#gate.hideUnknown;
  }

  get feastVersion(): string | undefined {
    return this.#gate.feastVersion;
  }

  authenticate(authorization: AuthorizationHeader): Caller | Promise<Caller> {
    return this.#gate.authenticate(authorization);
  }

  authorize(...request: Parameters<Gate['authorize']>): void {
    this.#gate.authorize(...request);
  }

  authorizeInSlices(...request: Parameters<Gate['authorize']>): void | Promise<void> {
    return (this.#gate.authorizeInSlices ?? this.#gate.authorize).apply(this.#gate, request);
  }

  check(request: Parameters<Gate['check']>[0]): Promise<Caller> {
    return this.#gate.check(request);
  }

  expiryOf(authorization: AuthorizationHeader): number | undefined {
    return this.#gate.expiryOf?.(authorization);
  }

  refuse(...refused: Parameters<Gate['refuse']>): Refusal {
    return this.#gate.refuse(...refused);
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

  async close(): Promise<void> {
    this.#live.close();
    await this.#authenticator.close();
  }
}

function assertOneIdentity({ identity, authenticator }: LoadGateOptions): void {
  if (identity === undefined || authenticator === undefined) return;
  throw new TypeError(
    'option `identity` has no effect beside `authenticator`. Remove one, or give its settings to the function that makes the authenticator',
  );
}

function authenticatorOf(
  config: FeatureStoreConfig | undefined,
  identity: AuthenticatorOptions | undefined,
): Authenticator {
  if (config !== undefined) return createAuthenticator(config.auth, identity);
  throw new ConfigInvalidError(
    'a registry file alone does not say who callers are: give a folder with a `feature_store.yaml`',
  );
}
