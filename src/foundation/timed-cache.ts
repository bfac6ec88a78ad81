import { SingleFlight } from './single-flight.js';

/** How a {@link TimedCache} keeps and loads its values. */
export interface TimedCacheOptions<V> {
  /** Milliseconds that a value is kept, counted from the start of its load. */
  readonly timeToLive: number;
  readonly maxEntries: number;
  /** Most loads that may be on their way at the same time. */
  readonly maxLoads: number;
  /** Makes the error for a caller whose value would be one load too many. */
  readonly tooManyLoads: () => Error;
  /** Whether a failed load says nothing about the value: a value that is held stays so. */
  readonly isOutage: (error: unknown) => boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** When a value expires by itself, in milliseconds since 1970. */
  readonly endOf?: (value: V) => number;
}

/** Gets a value. `isKnown`: the key had a value before. */
export type Load<V> = (isKnown: boolean) => Promise<V>;

interface Entry<V> {
  readonly value: V;
  readonly since: number;
  readonly until: number;
  /** From when on a request renews the value. */
  renewAt: number;
}

/** The part of its time after which a value is renewed in the background. */
const RENEW_AFTER = 0.75;
/** Pause after a renewal in the background that failed, in milliseconds. */
const RETRY_PAUSE_MS = 1000;

/**
 * A bounded cache of values that take a while to load.
 *
 * Callers who ask for the same key at the same time share one load. A value that is used towards
 * the end of its time is renewed in the background. An expired value is never given, a failure is
 * not kept, and a load drops no value before it succeeds.
 */
export class TimedCache<V> {
  /** Expired entries are kept, too: they tell which keys had a value before. */
  readonly #entries = new Map<string, Entry<V>>();
  readonly #loads = new SingleFlight<V>();
  readonly #options: TimedCacheOptions<V>;

  constructor(options: TimedCacheOptions<V>) {
    this.#options = options;
  }

  clear(): void {
    this.#entries.clear();
  }

  /**
   * The value of `key`: the one that is held, or what `load` gives.
   *
   * @throws what `tooManyLoads` makes if `maxLoads` loads are on their way; whatever `load` throws
   */
  async get(key: string, load: Load<V>): Promise<V> {
    const now = this.#options.now();
    const held = this.#entries.get(key);
    // A clock that was set back would let a value live longer than it may.
    if (held !== undefined && held.since <= now && now < held.until) {
      if (now >= held.renewAt) this.#renew(key, held, load);
      return held.value;
    }
    const running = this.#loads.running(key);
    if (running !== undefined) return running;
    if (this.#isFull()) throw this.#options.tooManyLoads();
    return this.#start(key, held, load);
  }

  #renew(key: string, held: Entry<V>, load: Load<V>): void {
    if (this.#loads.running(key) !== undefined || this.#isFull()) return;
    this.#start(key, held, load).catch(() => {
      held.renewAt = this.#options.now() + RETRY_PAUSE_MS;
    });
  }

  #start(key: string, held: Entry<V> | undefined, load: Load<V>): Promise<V> {
    return this.#loads.run(async () => {
      const since = this.#options.now();
      try {
        const value = await load(held !== undefined);
        this.#keep(key, value, since);
        return value;
      } catch (error) {
        if (!this.#options.isOutage(error)) this.#entries.delete(key);
        throw error;
      }
    }, key);
  }

  #keep(key: string, value: V, since: number): void {
    const { timeToLive, endOf, maxEntries } = this.#options;
    const until = Math.min(since + timeToLive, endOf?.(value) ?? Number.POSITIVE_INFINITY);
    // A map keeps the order of insertion: the oldest go first.
    this.#entries.delete(key);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size < maxEntries) break;
      this.#entries.delete(oldest);
    }
    this.#entries.set(key, { value, since, until, renewAt: since + timeToLive * RENEW_AFTER });
  }

  #isFull(): boolean {
    return this.#loads.size >= this.#options.maxLoads;
  }
}
