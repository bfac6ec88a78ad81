import type { FeatureStoreConfig } from '../config/index.js';
import {
  type Authorizer,
  createAuthorizer,
  prepareSnapshot,
  restrict,
  type Snapshot,
  suspend,
} from '../engine/index.js';
import {
  type FeastVocabulary,
  quote,
  RegistryProjectMissingError,
  RegistryUnavailableError,
  RequestInvalidError,
} from '../model/index.js';
import { prepareRelations } from '../registry/create-relations.js';
import type {
  FeatureStore,
  OpenedFeatureStore,
  RegistryContents,
  RegistryRelations,
} from '../registry/index.js';
import { pollChanges } from '../registry/poll-changes.js';
import { assertSameStore } from './assert-same-store.js';
import { digestContents } from './content-digest.js';
import {
  FormerPermissions,
  namesOf,
  removedPermissions,
  warningsOfLosses,
} from './former-permissions.js';
import { Freshness } from './freshness.js';
import {
  afterLook,
  afterReading,
  firstState,
  isReadAfter,
  type LiveState,
  newestReading,
  type Reading,
} from './live-protocol.js';
import { LiveReport } from './live-report.js';
import { mustSettleFirst, snapshotOptionsOf } from './live-rules.js';
import type { LiveStoreOptions } from './live-store-options.js';
import { ReadQueue } from './read-queue.js';
import type { LiveStatus } from './reload-event.js';

/** A feature store as it was read, and compiled. */
export interface ReadStore extends Omit<Reading, 'digest'> {
  readonly store: FeatureStore;
  readonly snapshot: Snapshot<FeastVocabulary>;
}

/** What was read, and what is made of it. */
interface StoreReading extends Reading {
  readonly store: FeatureStore;
  readonly former: FormerPermissions;
  /** Undefined: not compiled yet. */
  readonly snapshot: Snapshot<FeastVocabulary> | undefined;
}

/** Timers may fire a little early. */
const TIMER_SLACK_MS = 5;

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
  readonly #freshness: Freshness | undefined;
  readonly #queue: ReadQueue;
  #opened: OpenedFeatureStore;
  #watch = new AbortController();
  #state: LiveState<StoreReading>;
  #settling: NodeJS.Timeout | undefined;
  /** Whether the watched registry is, as far as it was read, the one in force. */
  #isCurrent = true;
  readonly #report: LiveReport;

  constructor(
    options: LiveStoreOptions,
    opened: OpenedFeatureStore,
    read: ReadStore,
    digest: string,
  ) {
    const { contents } = read.store;
    this.#options = options;
    this.#opened = opened;
    this.#report = new LiveReport({
      ...options,
      isStale: () => this.#freshness?.isStale === true,
      noAnswer: () => this.#noAnswer().message,
    });
    this.#queue = new ReadQueue((error) => this.#report.fail(error));
    this.config = opened.config;
    this.#projects = this.config === undefined ? contents.projects : [this.config.project];
    this.authorizer = createAuthorizer(read.snapshot, {
      onDecision: options.onDecision,
      shadow: options.shadow,
    });
    const former = FormerPermissions.first(contents, options.acceptEmpty ? {} : options.rules);
    const isCautious = mustSettleFirst(opened, options.rules);
    const snapshot = isCautious ? undefined : read.snapshot;
    this.#state = firstState({ ...read, digest, former, snapshot }, isCautious);
    this.#freshness = this.#watchAge(options.maxStaleSeconds);
    this.#freshness?.confirm(read.began);
    this.#startWatch();
    this.#waitToSettle();
  }

  get #newest(): StoreReading {
    return newestReading(this.#state);
  }

  get #store(): FeatureStore {
    return this.#newest.store;
  }

  get #former(): FormerPermissions {
    return this.#newest.former;
  }

  get status(): LiveStatus {
    const { inForce, pending, confirmed } = this.#state;
    return Object.freeze({
      isReady: this.#freshness?.isStale !== true && !this.#queue.closing.aborted,
      isSettled: pending === undefined,
      version: inForce.store.contents.version,
      newestVersion: this.#newest.store.contents.version,
      ageSeconds: Math.max(0, performance.now() - confirmed) / 1000,
      readTime: new Date(this.#newest.time),
    });
  }

  get relations(): RegistryRelations | undefined {
    return this.#store.contents.relations;
  }

  get warnings(): readonly string[] {
    const { contents } = this.#store;
    return [
      ...(this.config?.warnings ?? []),
      ...(contents.warnings ?? []),
      ...warningsOfLosses(this.#former, contents),
      ...this.#report.warnings,
    ];
  }

  /** Reads configuration and registry anew. */
  reload(signal: AbortSignal | undefined): Promise<void> {
    return this.#queue.run(async () => {
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
    return this.#queue.after(async () => {
      const { contents } = this.#store;
      if (this.#freshness?.isStale === true) throw this.#report.staleError();
      if (version !== contents.version) {
        throw new RequestInvalidError(
          `version ${quote(version)} of the registry is not in force, ${quote(contents.version)} is: look at its losses, and confirm that version`,
        );
      }
      const former = this.#former.forgotten(contents);
      const confirmed = { ...this.#newest, former, snapshot: undefined };
      const { pending } = this.#state;
      const next =
        pending === undefined
          ? { ...this.#state, inForce: confirmed }
          : { ...this.#state, pending: { ...pending, newest: confirmed } };
      await this.#putInForce(next, this.#queue.closing);
      this.#tellReloaded(contents, contents);
    });
  }

  /**
   * Resolves when decisions rest on a reading that began after a time.
   *
   * @throws SnapshotStaleError if the registry cannot be read so late
   */
  async readAfter(time: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#isReadAfter(time)) return;
    let cause: unknown;
    try {
      await this.#queue.run(async () => {
        // Another caller may have waited for the same.
        if (!this.#isReadAfter(time)) await this.#replace(this.#opened, signal);
      }, signal);
    } catch (error) {
      signal?.throwIfAborted();
      cause = error;
    }
    if (cause === undefined && this.#isReadAfter(time)) return;
    const [read, wanted] = [this.#newest.time, time].map((ms) => new Date(ms).toISOString());
    throw this.#report.refuse(
      `the registry was read at ${read}, which is not after ${wanted}`,
      cause,
    );
  }

  #isReadAfter(time: number): boolean {
    if (this.#freshness?.isStale === true) return false;
    const hasClock = this.#opened.registry.readTime?.() !== undefined;
    const clock = { now: performance.now(), time: this.#options.now() };
    return isReadAfter(this.#state, time, hasClock ? undefined : clock);
  }

  close(): void {
    clearTimeout(this.#settling);
    this.#queue.close();
    this.#freshness?.end();
  }

  #startWatch(): void {
    const { pollSeconds } = this.#options;
    this.#watch.abort();
    this.#watch = new AbortController();
    if (pollSeconds === 0) return;
    const { registry } = this.#opened;
    const onChange = () => this.#lookAgain();
    const options = {
      signal: AbortSignal.any([this.#watch.signal, this.#queue.closing]),
      pollSeconds,
      onUnchanged: (since: number) => this.#confirm(since),
    };
    if (registry.watch === undefined) pollChanges(async () => true, onChange, options);
    else registry.watch(onChange, options);
  }

  /** The watched registry is as it was when it was read last. */
  #confirm(since: number): void {
    if (!this.#isCurrent) return;
    this.#state = afterLook(this.#state, since);
    if (this.#freshness === undefined) return;
    const wasStale = this.#freshness.isStale;
    this.#freshness.confirm(since);
    const { contents } = this.#store;
    if (wasStale && !this.#freshness.isStale) this.#tellReloaded(contents, contents);
  }

  /** Reads a change again that has not settled: a look cannot tell whether more of it came. */
  #waitToSettle(): void {
    clearTimeout(this.#settling);
    if (this.#state.pending === undefined || this.#queue.closing.aborted) return;
    const again = (): void => void this.#lookAgain().catch(() => {});
    this.#settling = setTimeout(again, 1000 * this.#options.settleSeconds + TIMER_SLACK_MS);
    this.#settling.unref();
  }

  #watchAge(maxStaleSeconds: number | undefined): Freshness | undefined {
    if (maxStaleSeconds === undefined) return undefined;
    return new Freshness({
      maxAgeMs: 1000 * maxStaleSeconds,
      onAging: () => this.#readAgain(),
      onStale: () => {
        this.#suspend();
        this.#report.becomeStale();
      },
      onFresh: () => suspend(this.authorizer, undefined),
    });
  }

  /** Reads what the watch has not told of for long, or gives up a read that does not end. */
  #readAgain(): void {
    if (this.#queue.giveUp(() => this.#noAnswer())) return;
    if (this.#options.pollSeconds > 0) this.#lookAgain().catch(() => {});
  }

  #lookAgain(): Promise<void> {
    return this.#queue.run(() => this.#replace(this.#opened, undefined), undefined);
  }

  #noAnswer(): RegistryUnavailableError {
    return new RegistryUnavailableError(`${this.#opened.registry.describe()} does not answer`);
  }

  async #replace(opened: OpenedFeatureStore, given: AbortSignal | undefined): Promise<void> {
    try {
      await this.#readAndReplace(opened, given);
    } finally {
      this.#waitToSettle();
    }
  }

  async #readAndReplace(opened: OpenedFeatureStore, given: AbortSignal | undefined): Promise<void> {
    const closing = this.#queue.closing;
    const signal = given === undefined ? closing : AbortSignal.any([given, closing]);
    const [began, time] = [performance.now(), this.#options.now()];
    if (opened === this.#opened) this.#isCurrent = false;
    const store = await this.#queue.read(opened, signal);
    this.#assertBelievable(store);
    const ended = performance.now();
    const { contents } = store;
    const before = this.#newest;
    const isNews = contents !== before.store.contents;
    const reading: StoreReading = {
      digest: isNews ? await digestContents(contents) : before.digest,
      began,
      ended,
      time: opened.registry.readTime?.() ?? time,
      store,
      former: isNews ? before.former.next(contents) : before.former,
      snapshot: isNews ? undefined : before.snapshot,
    };
    const { pending } = this.#state;
    const next = afterReading(this.#state, reading, this.#rulesOf(opened));
    if (isNews || pending !== undefined) await this.#putInForce(next, signal);
    else this.#state = next;
    const isRecovery = this.#report.failure !== undefined || this.#freshness?.isStale === true;
    this.#isCurrent = true;
    this.#report.read();
    this.#freshness?.confirm(began);
    if (isNews || isRecovery) this.#tellReloaded(before.store.contents, contents);
    if (pending !== undefined && next.pending === undefined) {
      this.#report.tell({
        outcome: 'settled',
        version: contents.version,
        time: this.#report.readAt,
      });
    }
  }

  #rulesOf({ registry }: OpenedFeatureStore): Parameters<typeof afterReading>[2] {
    const { settleSeconds, maxSettleSeconds } = this.#options;
    return {
      inSteps: registry.isAppliedInSteps === true,
      settleMs: 1000 * settleSeconds,
      maxSettleMs: 1000 * maxSettleSeconds,
    };
  }

  async #putInForce(next: LiveState<StoreReading>, signal: AbortSignal): Promise<void> {
    const newest = newestReading(next);
    const { contents } = newest.store;
    const options = snapshotOptionsOf(
      newest.store,
      this.#options.rules,
      newest.former.closed(contents),
    );
    const previous = this.authorizer.snapshot;
    const snapshot = newest.snapshot ?? (await prepareSnapshot(options, { signal, previous }));
    if (this.#options.usesRelations) await prepareRelations(contents.relations);
    signal.throwIfAborted();
    const compiled = { ...newest, snapshot };
    if (next.pending === undefined) {
      this.authorizer.replace(snapshot);
      this.#state = { ...next, inForce: compiled };
    } else {
      restrict(this.authorizer, snapshot);
      this.#state = { ...next, pending: { ...next.pending, newest: compiled } };
    }
    // It may have been read too long ago, by the time that it is compiled.
    if (this.#freshness?.isStale === true) this.#suspend();
  }

  #suspend(): void {
    suspend(this.authorizer, () => this.#report.staleError());
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
    this.#report.tell({
      outcome: 'reloaded',
      version,
      removedPermissions: removedPermissions(before.permissions, after.permissions),
      emptiedProjects: this.#former.emptied(after),
      closed: namesOf(this.#former.closed(after)),
      isSettled: this.#state.pending === undefined,
      time: this.#report.readAt,
    });
  }
}
