import { notify } from '../foundation/notify.js';
import { AuthzError, SnapshotStaleError } from '../model/index.js';
import type { ReloadEvent } from './reload-event.js';

/** What a report is about, beside what it is told. */
export interface LiveReportOptions {
  readonly onReload: ((event: ReloadEvent) => unknown) | undefined;
  readonly now: () => number;
  readonly maxStaleSeconds: number | undefined;
  readonly isStale: () => boolean;
  /** Says that the registry does not answer. */
  readonly noAnswer: () => string;
}

/** Tells what becomes of a registry that is watched, and remembers what is wrong with it. */
export class LiveReport {
  readonly #options: LiveReportOptions;
  /** Why the registry could not be read, or not be believed. */
  #failure: string | undefined;
  #readAt: number;

  constructor(options: LiveReportOptions) {
    this.#options = options;
    this.#readAt = options.now();
  }

  /** When the registry was read last, in milliseconds since 1970. */
  get readAt(): number {
    return this.#readAt;
  }

  get failure(): string | undefined {
    return this.#failure;
  }

  /** What is wrong, for people. */
  get warnings(): readonly string[] {
    return this.#failure === undefined ? [] : [this.#sayFailure(this.#failure)];
  }

  read(): void {
    this.#failure = undefined;
    this.#readAt = this.#options.now();
  }

  fail(error: unknown): void {
    // SECURITY: errors of others may hold anything, and warnings are printed.
    const failure = error instanceof AuthzError ? error.message : 'an unexpected error';
    const isNews = failure !== this.#failure;
    this.#failure = failure;
    const event = { outcome: 'failed', error, time: this.#options.now() } as const;
    this.tell(event, isNews ? this.#sayFailure(failure) : undefined);
  }

  becomeStale(): void {
    const error = this.staleError();
    this.tell({ outcome: 'stale', error, time: this.#options.now() }, error.message);
  }

  /** @returns the error, which was told */
  refuse(message: string, cause: unknown): SnapshotStaleError {
    const why = this.#failure === undefined ? '' : `: ${this.#failure}`;
    const error = new SnapshotStaleError(`${message}${why}`, { cause });
    this.tell({ outcome: 'refused', error, time: this.#options.now() });
    return error;
  }

  staleError(): SnapshotStaleError {
    const { maxStaleSeconds, noAnswer } = this.#options;
    return new SnapshotStaleError(
      `nothing is decided, as the registry could not be read for ${maxStaleSeconds} seconds: ${this.#failure ?? noAnswer()}`,
    );
  }

  /** @param warning for the process, where no listener was given */
  tell(event: ReloadEvent, warning?: string): void {
    const { onReload } = this.#options;
    if (onReload !== undefined) notify(onReload, event);
    else if (warning !== undefined) process.emitWarning(warning, 'FeastPermissionsWarning');
  }

  #sayFailure(failure: string): string {
    if (this.#options.isStale()) return this.staleError().message;
    const since = new Date(this.#readAt).toISOString();
    return `the registry of ${since} stays in force, as reading it again failed: ${failure}`;
  }
}
