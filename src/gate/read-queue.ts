import { waitFor } from '../foundation/abort.js';
import type { FeatureStore, OpenedFeatureStore } from '../registry/index.js';

/** Readings one after the other, so that what was read first is never put in force last. */
export class ReadQueue {
  readonly #closing = new AbortController();
  readonly #onFailure: (error: unknown) => void;
  #last: Promise<void> = Promise.resolve();
  #reading: AbortController | undefined;

  /** @param onFailure is told of what fails, but for what a signal ended */
  constructor(onFailure: (error: unknown) => void) {
    this.#onFailure = onFailure;
  }

  /** Aborted when the queue is closed. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  close(): void {
    this.#closing.abort(new Error('the gate is closed'));
  }

  /** Runs `work` after all before it, and tells of its failure. */
  run(work: () => Promise<void>, signal: AbortSignal | undefined): Promise<void> {
    return this.after(async () => {
      try {
        this.closing.throwIfAborted();
        await work();
      } catch (error) {
        if (signal?.aborted !== true && !this.closing.aborted) this.#onFailure(error);
        throw error;
      }
    });
  }

  /** Runs `work` after all before it. */
  after(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }

  /** Reads a store. Ends with its signals, also where the source ignores them. */
  async read(opened: OpenedFeatureStore, given: AbortSignal): Promise<FeatureStore> {
    this.#reading = new AbortController();
    const signal = AbortSignal.any([given, this.#reading.signal]);
    try {
      return await waitFor(opened.read({ signal }), signal);
    } finally {
      this.#reading = undefined;
    }
  }

  /** @returns whether a store was being read */
  giveUp(makeReason: () => unknown): boolean {
    if (this.#reading === undefined) return false;
    this.#reading.abort(makeReason());
    return true;
  }
}
