import type { FeatureStoreConfig } from '../config/index.js';
import {
  type Authorizer,
  createAuthorizer,
  prepareSnapshot,
  type Snapshot,
  type SnapshotOptions,
} from '../engine/index.js';
import { notify } from '../foundation/notify.js';
import {
  AuthzError,
  ConfigInvalidError,
  type Decision,
  type FeastVocabulary,
  quote,
  RegistryInvalidError,
} from '../model/index.js';
import { prepareRelations } from '../registry/create-relations.js';
import type {
  FeatureStore,
  OpenedFeatureStore,
  RegistryContents,
  RegistryRelations,
} from '../registry/index.js';

/** What is decided where permissions say nothing. */
export type LiveRules = Pick<
  SnapshotOptions,
  'strategy' | 'unsecured' | 'whenNoPermissions' | 'onUnsupportedPattern' | 'policyKinds'
>;

/** All that makes a snapshot of a registry, beside the registry. */
export type SnapshotRules = LiveRules & Pick<SnapshotOptions, 'python'>;

/** What became of the registry that was read while its gate was in use. */
export type ReloadEvent = ReloadedEvent | ReloadFailedEvent;

/** It is in force as a whole. */
export interface ReloadedEvent {
  readonly outcome: 'reloaded';
  readonly version: string;
  /** Projects that lost all of their permissions: nothing is allowed in them. */
  readonly emptiedProjects: readonly string[];
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** What was in force before still is. */
export interface ReloadFailedEvent {
  readonly outcome: 'failed';
  readonly error: unknown;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** What a live store is made of. */
export interface LiveStoreOptions {
  readonly open: () => Promise<OpenedFeatureStore>;
  readonly rules: SnapshotRules;
  /** `0`: the registry is not watched. */
  readonly pollSeconds: number;
  readonly onReload: ((event: ReloadEvent) => unknown) | undefined;
  readonly now: () => number;
  readonly onDecision?: ((decision: Decision) => void) | undefined;
  /** Whether requests are resolved by what refers to what, which is read beforehand then. */
  readonly usesRelations?: boolean | undefined;
}

/**
 * A feature store that is watched: an authorizer, and what refers to what, of the last registry
 * that was believed.
 */
export class LiveStore {
  readonly authorizer: Authorizer;
  /** As it was read first. */
  readonly config: FeatureStoreConfig | undefined;
  readonly #options: LiveStoreOptions;
  /** Projects of which one must be left for a registry to be believed. */
  readonly #projects: readonly string[];
  /** Projects that have had a permission. */
  readonly #secured = new Set<string>();
  readonly #closing = new AbortController();
  #opened: OpenedFeatureStore;
  #watch = new AbortController();
  #contents: RegistryContents;
  #emptied: readonly string[] = [];
  #failure: string | undefined;
  #readAt: number;
  #lastReload: Promise<void> = Promise.resolve();

  constructor(
    options: LiveStoreOptions,
    opened: OpenedFeatureStore,
    { contents }: FeatureStore,
    snapshot: Snapshot<FeastVocabulary>,
  ) {
    this.#options = options;
    this.#opened = opened;
    this.#contents = contents;
    this.#readAt = options.now();
    this.config = opened.config;
    this.#projects = this.config === undefined ? contents.projects : [this.config.project];
    this.authorizer = createAuthorizer(snapshot, { onDecision: options.onDecision });
    this.#rememberSecured(contents);
    this.#startWatch();
  }

  get relations(): RegistryRelations | undefined {
    return this.#contents.relations;
  }

  get warnings(): readonly string[] {
    return [
      ...(this.config?.warnings ?? []),
      ...(this.#contents.warnings ?? []),
      ...this.#emptied.map(
        (project) =>
          `project ${quote(project)} has lost all of its permissions: nothing is allowed in it, whatever \`rules\` say`,
      ),
      ...(this.#failure === undefined ? [] : [this.#failure]),
    ];
  }

  /** Reads configuration and registry anew. */
  reload(signal: AbortSignal | undefined): Promise<void> {
    return this.#enqueue(async () => {
      const opened = await this.#options.open();
      assertSameStore(this.config, opened.config);
      await this.#replace(opened, signal);
      this.#opened = opened;
      this.#startWatch();
    }, signal);
  }

  close(): void {
    this.#closing.abort(new Error('the gate is closed'));
  }

  #startWatch(): void {
    const { pollSeconds } = this.#options;
    this.#watch.abort();
    this.#watch = new AbortController();
    if (pollSeconds === 0) return;
    const { registry } = this.#opened;
    registry.watch?.(() => this.#enqueue(() => this.#replace(this.#opened, undefined), undefined), {
      signal: AbortSignal.any([this.#watch.signal, this.#closing.signal]),
      pollSeconds,
    });
  }

  /** One after the other, so that what was read first is never put in force last. */
  #enqueue(read: () => Promise<void>, signal: AbortSignal | undefined): Promise<void> {
    const reloaded = this.#lastReload.then(async () => {
      try {
        this.#closing.signal.throwIfAborted();
        await read();
      } catch (error) {
        if (signal?.aborted !== true && !this.#closing.signal.aborted) this.#fail(error);
        throw error;
      }
    });
    this.#lastReload = reloaded.catch(() => {});
    return reloaded;
  }

  async #replace(opened: OpenedFeatureStore, given: AbortSignal | undefined): Promise<void> {
    const closing = this.#closing.signal;
    const signal = given === undefined ? closing : AbortSignal.any([given, closing]);
    const store = await opened.read({ signal });
    const { contents } = store;
    this.#assertBelievable(contents, store.source);
    const isSame = contents === this.#contents;
    if (isSame && this.#failure === undefined) return;
    const emptied = this.#findEmptied(contents);
    if (!isSame) {
      const options = snapshotOptionsOf(store, this.#options.rules, emptied.length > 0);
      const snapshot = await prepareSnapshot(options, { signal });
      if (this.#options.usesRelations) await prepareRelations(contents.relations);
      signal.throwIfAborted();
      this.authorizer.replace(snapshot);
      this.#contents = contents;
    }
    this.#rememberSecured(contents);
    this.#emptied = emptied;
    this.#failure = undefined;
    this.#readAt = this.#options.now();
    this.#report({
      outcome: 'reloaded',
      version: contents.version,
      emptiedProjects: emptied,
      time: this.#readAt,
    });
  }

  // SECURITY: a store that was torn down, or failed while Feast read it, is a registry without its
  // projects.
  #assertBelievable({ projects }: RegistryContents, source: string): void {
    if (this.#projects.some((project) => projects.includes(project))) return;
    throw new RegistryInvalidError(
      `${source} holds none of the projects that it held when this server started`,
    );
  }

  #findEmptied({ projects, permissions }: RegistryContents): readonly string[] {
    const secured = new Set(permissions.map(({ project }) => project));
    return projects.filter((project) => this.#secured.has(project) && !secured.has(project));
  }

  #rememberSecured({ permissions }: RegistryContents): void {
    for (const { project } of permissions) if (project !== undefined) this.#secured.add(project);
  }

  #fail(error: unknown): void {
    const since = new Date(this.#readAt).toISOString();
    // SECURITY: errors of others may hold anything, and warnings are printed.
    const reason = error instanceof AuthzError ? error.message : 'an unexpected error';
    const failure = `the registry of ${since} stays in force, as reading it again failed: ${reason}`;
    const isNews = failure !== this.#failure;
    this.#failure = failure;
    if (this.#options.onReload === undefined) {
      if (isNews) process.emitWarning(failure, 'FeastPermissionsWarning');
      return;
    }
    this.#report({ outcome: 'failed', error, time: this.#options.now() });
  }

  #report(event: ReloadEvent): void {
    notify(this.#options.onReload, event);
  }
}

/**
 * @param isEmptied whether a project has lost all of its permissions. SECURITY: that is a
 *   revocation, which `rules` for what no permission says must not turn into a grant
 */
export function snapshotOptionsOf(
  { snapshotOptions }: FeatureStore,
  rules: SnapshotRules,
  isEmptied = false,
): SnapshotOptions {
  return {
    ...snapshotOptions,
    ...rules,
    whenNoPermissions: isEmptied ? 'deny' : (rules.whenNoPermissions ?? 'deny'),
    ...(isEmptied && { unsecured: 'deny' }),
  };
}

// SECURITY: a file that says `no_auth` all of a sudden must not open a running server.
function assertSameStore(
  before: FeatureStoreConfig | undefined,
  after: FeatureStoreConfig | undefined,
): void {
  const changed =
    before?.auth.type !== after?.auth.type
      ? 'the type of `auth`'
      : before?.project !== after?.project
        ? '`project`'
        : undefined;
  if (changed === undefined) return;
  throw new ConfigInvalidError(`${changed} has changed: start the server anew`, {
    file: after?.file,
  });
}
