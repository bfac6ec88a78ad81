import type { Environment, FeatureStoreConfig } from '../config/index.js';
import {
  type Authorizer,
  createAuthorizer,
  prepareSnapshot,
  type Snapshot,
  type SnapshotOptions,
} from '../engine/index.js';
import {
  type Authenticator,
  type AuthenticatorOptions,
  createAuthenticator,
} from '../identity/index.js';
import { ConfigInvalidError, type FeastVocabulary } from '../model/index.js';
import { type FeatureStore, loadFeatureStore, type RegistryRelations } from '../registry/index.js';
import { createGate, type GateOptions } from './create-gate.js';
import type { AuthorizationHeader, Caller, Gate, Refusal } from './gate.js';

export interface LoadGateOptions
  extends Omit<GateOptions, 'authenticator' | 'authorizer' | 'relations' | 'project'> {
  /** Variables for `$NAME` and `${NAME}` in the configuration. Default: those of the process. */
  readonly env?: Environment | undefined;
  /** In place of the one that the `auth` section asks for. The gate closes it. */
  readonly authenticator?: Authenticator | undefined;
  /** For the authenticator that the `auth` section asks for. */
  readonly identity?: AuthenticatorOptions | undefined;
  /** What is decided where permissions say nothing. `whenNoPermissions` is `deny` unless given. */
  readonly rules?:
    | Pick<
        SnapshotOptions,
        'strategy' | 'unsecured' | 'whenNoPermissions' | 'onUnsupportedPattern' | 'policyKinds'
      >
    | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A gate with what it was made of. */
export interface LoadedGate extends Gate {
  readonly authorizer: Authorizer;
  /** As it was read first. Undefined: a registry was read without its configuration. */
  readonly config: FeatureStoreConfig | undefined;
  /** The project that the configuration names. */
  readonly project: string | undefined;
  /**
   * Reads the registry anew, and puts it in force as a whole. Whatever goes wrong leaves what is in force as it is.
   *
   * @throws ConfigInvalidError when the configuration names another way to authenticate: that takes a new gate
   * @throws RegistryUnavailableError, RegistryInvalidError, PermissionInvalidError, PatternUnsupportedError
   */
  reload(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Closes the authenticator: where callers must be known, none is let in from then on. */
  close(): Promise<void>;
}

/**
 * Makes the gate of a server from its `feature_store.yaml`: who callers are from the `auth` section, and what they may do from
 * the registry.
 *
 * @param path a folder with a `feature_store.yaml`, or such a file; a registry file needs `options.authenticator`
 * @throws ConfigInvalidError when the configuration is missing or wrong
 * @throws RegistryUnavailableError, RegistryInvalidError when the registry cannot be read
 * @throws PermissionInvalidError, PatternUnsupportedError when a permission is not understood
 * @example
 * const gate = await loadGate('feature_repo');
 * for (const warning of gate.warnings) log.warn(warning);
 */
export async function loadGate(path = '.', options: LoadGateOptions = {}): Promise<LoadedGate> {
  const { env, rules } = options;
  const load = async (signal: AbortSignal | undefined): Promise<Loaded> => {
    const store = await loadFeatureStore(path, { env, ...(signal && { signal }) });
    const whenNoPermissions = rules?.whenNoPermissions ?? 'deny';
    const snapshotOptions = { ...store.snapshotOptions, ...rules, whenNoPermissions };
    return { store, snapshot: await prepareSnapshot(snapshotOptions, { signal }) };
  };
  return new StoreGate(load, await load(options.signal), options);
}

interface Loaded {
  readonly store: FeatureStore;
  readonly snapshot: Snapshot<FeastVocabulary>;
}

class StoreGate implements LoadedGate {
  readonly authorizer: Authorizer;
  readonly config: FeatureStoreConfig | undefined;
  readonly project: string | undefined;
  readonly #load: (signal: AbortSignal | undefined) => Promise<Loaded>;
  readonly #authenticator: Authenticator;
  readonly #gate: Gate;
  #relations: RegistryRelations | undefined;
  #lastReload: Promise<void> = Promise.resolve();

  constructor(
    load: (signal: AbortSignal | undefined) => Promise<Loaded>,
    { store, snapshot }: Loaded,
    {
      env: _env,
      rules: _rules,
      signal: _signal,
      identity,
      authenticator,
      ...gate
    }: LoadGateOptions,
  ) {
    this.authorizer = createAuthorizer(snapshot);
    this.config = store.config;
    this.project = store.config?.project;
    this.#load = load;
    this.#relations = store.contents.relations;
    this.#authenticator = authenticator ?? authenticatorOf(store.config, identity);
    this.#gate = createGate({
      ...gate,
      authenticator: this.#authenticator,
      authorizer: this.authorizer,
      relations: () => this.#relations,
      project: this.project,
    });
  }

  get warnings(): readonly string[] {
    return this.#gate.warnings;
  }

  get vocabulary(): FeastVocabulary | undefined {
    return this.#gate.vocabulary;
  }

  get relations(): RegistryRelations | undefined {
    return this.#relations;
  }

  get enforced(): boolean {
    return this.authorizer.snapshot.enforced;
  }

  get hideUnknown(): boolean | undefined {
    return this.#gate.hideUnknown;
  }

  authenticate(authorization: AuthorizationHeader): Caller | Promise<Caller> {
    return this.#gate.authenticate(authorization);
  }

  authorize(...request: Parameters<Gate['authorize']>): void {
    this.#gate.authorize(...request);
  }

  check(request: Parameters<Gate['check']>[0]): Promise<Caller> {
    return this.#gate.check(request);
  }

  refuse(error: unknown): Refusal {
    return this.#gate.refuse(error);
  }

  reload({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    // One after the other, so that what was read first is never put in force last.
    const reloaded = this.#lastReload.then(() => this.#reload(signal));
    this.#lastReload = reloaded.catch(() => {});
    return reloaded;
  }

  async close(): Promise<void> {
    await this.#authenticator.close();
  }

  async #reload(signal: AbortSignal | undefined): Promise<void> {
    const { store, snapshot } = await this.#load(signal);
    // SECURITY: a file that says `no_auth` all of a sudden must not open a running server.
    if (store.config?.auth.type !== this.config?.auth.type) {
      throw new ConfigInvalidError('the type of `auth` has changed: start the server anew', {
        file: store.config?.file,
      });
    }
    this.authorizer.replace(snapshot);
    this.#relations = store.contents.relations;
  }
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
