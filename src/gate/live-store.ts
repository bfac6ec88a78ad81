import type { FeatureStoreConfig } from '../config/index.js';
import {
  type Authorizer,
  createAuthorizer,
  prepareSnapshot,
  type Snapshot,
  suspend,
} from '../engine/index.js';
import { waitFor } from '../foundation/abort.js';
import { listSome } from '../foundation/names.js';
import { notify } from '../foundation/notify.js';
import {
  AuthzError,
  ConfigInvalidError,
  type Decision,
  type FeastVocabulary,
  quote,
  RegistryProjectMissingError,
  RegistryUnavailableError,
  RequestInvalidError,
  SnapshotStaleError,
} from '../model/index.js';
import { prepareRelations } from '../registry/create-relations.js';
import type {
  FeatureStore,
  OpenedFeatureStore,
  RegistryContents,
  RegistryRelations,
} from '../registry/index.js';
import { pollChanges } from '../registry/poll-changes.js';
import {
  FormerPermissions,
  namesOf,
  removedPermissions,
  wholeProjects,
} from './former-permissions.js';
import { Freshness } from './freshness.js';
import { type SnapshotRules, snapshotOptionsOf } from './live-rules.js';
import type { ReloadEvent } from './reload-event.js';
import { findUnsettled, hasSettled, type Unsettled } from './unsettled.js';

/** What a live store is made of. */
export interface LiveStoreOptions {
  readonly open: () => Promise<OpenedFeatureStore>;
  readonly rules: SnapshotRules;
  /** `0`: the registry is not watched. */
  readonly pollSeconds: number;
  /** Undefined: what is in force stays so, however old. */
  readonly maxStaleSeconds: number | undefined;
  readonly acceptEmpty: boolean;
  readonly onReload: ((event: ReloadEvent) => unknown) | undefined;
  readonly now: () => number;
  readonly onDecision?: ((decision: Decision) => void) | undefined;
  /** Whether requests are resolved by what refers to what, which is read beforehand then. */
  readonly usesRelations?: boolean | undefined;
}

/** A feature store as it was read, and compiled. */
export interface ReadStore {
  readonly store: FeatureStore;
  readonly snapshot: Snapshot<FeastVocabulary>;
  /** When reading began, by `performance.now()`. */
  readonly since: number;
  readonly unsettled: Unsettled | undefined;
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
  #former: FormerPermissions;
  readonly #freshness: Freshness | undefined;
  readonly #closing = new AbortController();
  #opened: OpenedFeatureStore;
  #watch = new AbortController();
  #store: FeatureStore;
  #unsettled: Unsettled | undefined;
  /** Whether the watched registry is, as far as it was read, the one in force. */
  #isCurrent = true;
  /** Why the registry could not be read, or not be believed. */
  #failure: string | undefined;
  #readAt: number;
  #reading: AbortController | undefined;
  #lastReload: Promise<void> = Promise.resolve();

  constructor(options: LiveStoreOptions, opened: OpenedFeatureStore, read: ReadStore) {
    const { contents } = read.store;
    this.#options = options;
    this.#opened = opened;
    this.#store = read.store;
    this.#unsettled = read.unsettled;
    this.#readAt = options.now();
    this.config = opened.config;
    this.#projects = this.config === undefined ? contents.projects : [this.config.project];
    this.authorizer = createAuthorizer(read.snapshot, { onDecision: options.onDecision });
    this.#former = FormerPermissions.first(contents, options.acceptEmpty ? {} : options.rules);
    this.#freshness = this.#watchAge(options.maxStaleSeconds);
    this.#freshness?.confirm(read.since);
    this.#startWatch();
  }

  get relations(): RegistryRelations | undefined {
    return this.#store.contents.relations;
  }

  get warnings(): readonly string[] {
    const { contents } = this.#store;
    const closed = this.#former.closed(contents);
    return [
      ...(this.config?.warnings ?? []),
      ...(contents.warnings ?? []),
      ...(closed.length === 0
        ? []
        : [
            `what permissions covered that are gone stays closed, whatever \`rules\` say: ${listSome(closed.map(({ name }) => quote(name)))}. Call \`acceptEmpty\` with version ${quote(contents.version)} if they are meant to be gone`,
          ]),
      ...this.#former
        .emptied(contents)
        .map((project) => `project ${quote(project)} has lost all of its permissions`),
      ...(this.#failure === undefined ? [] : [this.#sayFailure(this.#failure)]),
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

  /**
   * Takes all losses of permissions for meant.
   *
   * @throws RequestInvalidError when another version is in force: its losses may be others
   * @throws SnapshotStaleError while nothing is decided
   */
  acceptEmpty(version: string): Promise<void> {
    const accepted = this.#lastReload.then(async () => {
      const { contents } = this.#store;
      if (this.#freshness?.isStale === true) throw this.#staleError();
      if (version !== contents.version) {
        throw new RequestInvalidError(
          `version ${quote(version)} of the registry is not in force, ${quote(contents.version)} is: look at its losses, and confirm that version`,
        );
      }
      const former = this.#former.forgotten(contents);
      const next = { store: this.#store, former, unsettled: this.#unsettled };
      await this.#putInForce(next, this.#closing.signal);
      this.#tellReloaded(contents, contents);
    });
    this.#lastReload = accepted.catch(() => {});
    return accepted;
  }

  close(): void {
    this.#closing.abort(new Error('the gate is closed'));
    this.#freshness?.end();
  }

  #startWatch(): void {
    const { pollSeconds } = this.#options;
    this.#watch.abort();
    this.#watch = new AbortController();
    if (pollSeconds === 0) return;
    const { registry } = this.#opened;
    const onChange = () => this.#enqueue(() => this.#replace(this.#opened, undefined), undefined);
    const options = {
      signal: AbortSignal.any([this.#watch.signal, this.#closing.signal]),
      pollSeconds,
      onUnchanged: (since: number) => this.#confirm(since),
    };
    if (registry.watch === undefined) pollChanges(async () => true, onChange, options);
    else registry.watch(onChange, options);
  }

  /** The watched registry is as it was when it was read last. */
  #confirm(since: number): void {
    if (!this.#isCurrent) return;
    if (this.#unsettled !== undefined && hasSettled(this.#unsettled, since)) {
      this.#enqueue(() => this.#settle(), undefined).catch(() => {});
    }
    if (this.#freshness === undefined) return;
    const wasStale = this.#freshness.isStale;
    this.#freshness.confirm(since);
    const { contents } = this.#store;
    if (wasStale && !this.#freshness.isStale) this.#tellReloaded(contents, contents);
  }

  async #settle(): Promise<void> {
    const next = { store: this.#store, former: this.#former, unsettled: undefined };
    await this.#putInForce(next, this.#closing.signal);
  }

  #watchAge(maxStaleSeconds: number | undefined): Freshness | undefined {
    if (maxStaleSeconds === undefined) return undefined;
    return new Freshness({
      maxAgeMs: 1000 * maxStaleSeconds,
      onAging: () => this.#readAgain(),
      onStale: () => {
        this.#suspend();
        const error = this.#staleError();
        this.#tell({ outcome: 'stale', error, time: this.#options.now() }, error.message);
      },
      onFresh: () => suspend(this.authorizer, undefined),
    });
  }

  /** Reads what the watch has not told of for long, or gives up a read that does not end. */
  #readAgain(): void {
    if (this.#reading !== undefined) this.#reading.abort(this.#noAnswer());
    else if (this.#options.pollSeconds > 0) {
      this.#enqueue(() => this.#replace(this.#opened, undefined), undefined).catch(() => {});
    }
  }

  #noAnswer(): RegistryUnavailableError {
    return new RegistryUnavailableError(`${this.#opened.registry.describe()} does not answer`);
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
    const since = performance.now();
    if (opened === this.#opened) this.#isCurrent = false;
    const store = await this.#read(opened, signal);
    this.#assertBelievable(store);
    const before = this.#store.contents;
    const { contents } = store;
    const isNews = contents !== before;
    const unsettled = this.#findUnsettled(opened, contents, since);
    if (isNews || unsettled !== this.#unsettled) {
      const former = isNews ? this.#former.next(contents) : this.#former;
      await this.#putInForce({ store, former, unsettled }, signal);
    }
    const isRecovery = this.#failure !== undefined || this.#freshness?.isStale === true;
    this.#failure = undefined;
    this.#isCurrent = true;
    this.#readAt = this.#options.now();
    this.#freshness?.confirm(since);
    if (isNews || isRecovery) this.#tellReloaded(before, contents);
  }

  /** Ends with its signals, also where the source ignores them. */
  async #read(opened: OpenedFeatureStore, given: AbortSignal): Promise<FeatureStore> {
    this.#reading = new AbortController();
    const signal = AbortSignal.any([given, this.#reading.signal]);
    try {
      return await waitFor(opened.read({ signal }), signal);
    } finally {
      this.#reading = undefined;
    }
  }

  #findUnsettled(
    opened: OpenedFeatureStore,
    contents: RegistryContents,
    since: number,
  ): Unsettled | undefined {
    const before = { known: this.#store.contents.projects, unsettled: this.#unsettled };
    return findUnsettled(opened, this.#options.rules, contents, before, since);
  }

  async #putInForce(
    {
      store,
      former,
      unsettled,
    }: {
      readonly store: FeatureStore;
      readonly former: FormerPermissions;
      readonly unsettled: Unsettled | undefined;
    },
    signal: AbortSignal,
  ): Promise<void> {
    const { contents } = store;
    const closed = [...former.closed(contents), ...wholeProjects(unsettled?.projects ?? [])];
    const options = snapshotOptionsOf(store, this.#options.rules, closed);
    const snapshot = await prepareSnapshot(options, { signal });
    if (this.#options.usesRelations) await prepareRelations(contents.relations);
    signal.throwIfAborted();
    this.authorizer.replace(snapshot);
    // It may have been read too long ago, by the time that it is compiled.
    if (this.#freshness?.isStale === true) this.#suspend();
    this.#store = store;
    this.#former = former;
    this.#unsettled = unsettled;
  }

  #suspend(): void {
    suspend(this.authorizer, () => this.#staleError());
  }

  // SECURITY: a store that was torn down, or failed while Feast read it, is a registry without its
  // projects.
  #assertBelievable({ contents, source }: FeatureStore): void {
    if (this.#projects.some((project) => contents.projects.includes(project))) return;
    throw new RegistryProjectMissingError(
      `${source} holds none of the projects that it held when this server started`,
      { project: this.#projects.length === 1 ? this.#projects[0] : undefined },
    );
  }

  #tellReloaded(before: RegistryContents, { version, ...after }: RegistryContents): void {
    this.#tell({
      outcome: 'reloaded',
      version,
      removedPermissions: removedPermissions(before.permissions, after.permissions),
      emptiedProjects: this.#former.emptied(after),
      closed: namesOf(this.#former.closed(after)),
      time: this.#readAt,
    });
  }

  #fail(error: unknown): void {
    // SECURITY: errors of others may hold anything, and warnings are printed.
    const failure = error instanceof AuthzError ? error.message : 'an unexpected error';
    const isNews = failure !== this.#failure;
    this.#failure = failure;
    const event = { outcome: 'failed', error, time: this.#options.now() } as const;
    this.#tell(event, isNews ? this.#sayFailure(failure) : undefined);
  }

  #sayFailure(failure: string): string {
    if (this.#freshness?.isStale === true) return this.#staleError().message;
    const since = new Date(this.#readAt).toISOString();
    return `the registry of ${since} stays in force, as reading it again failed: ${failure}`;
  }

  #staleError(): SnapshotStaleError {
    const { maxStaleSeconds } = this.#options;
    return new SnapshotStaleError(
      `nothing is decided, as the registry could not be read for ${maxStaleSeconds} seconds: ${this.#failure ?? this.#noAnswer().message}`,
    );
  }

  /** @param warning for the process, where nobody listens */
  #tell(event: ReloadEvent, warning?: string): void {
    const { onReload } = this.#options;
    if (onReload !== undefined) notify(onReload, event);
    else if (warning !== undefined) process.emitWarning(warning, 'FeastPermissionsWarning');
  }
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
