import { IdentityUnavailableError } from '../model/errors.js';

/** What a timed cache is made with. */
export interface TimedCacheOptions<V> {
  /** Milliseconds that a value is kept, counted from the moment it was asked for. */
  readonly timeToLive: number;
  readonly maxEntries: number;
  /** How many values may be on their way at the same time. */
  readonly maxLoads: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** When a value ends by itself, in milliseconds since 1970. */
  readonly endOf?: (value: V) => number;
}

/** Gets a value. `isKnown`: the key had a value before. */
export type Load<V> = (isKnown: boolean) => Promise<V>;

interface Entry<V> {
  readonly value: V;
  readonly since: number;
  readonly until: number;
  /** From when on a request has the value loaded anew. */
  renewAt: number;
}

/** After which part of its time a value is loaded anew in the background. */
const RENEW_AFTER = 0.75;
/** Pause after a load in the background that failed, in milliseconds. */
const RETRY_PAUSE_MS = 1000;

/**
 * A bounded cache of values that take a while to get.
 *
 * Callers who ask for the same key at the same time share one load. A value that is used towards the end of its time is
 * loaded anew in the background. Nothing is served beyond its time, a failure is not kept, and a load drops no value
 * before it succeeds.
 */
export class TimedCache<V> {
  /** Those that ended are kept, too: they tell which keys had a value before. */
  readonly #entries = new Map<string, Entry<V>>();
  readonly #loads = new Map<string, Promise<V>>();
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
   * @throws IdentityUnavailableError when `maxLoads` loads are on their way already; whatever `load` throws
   */
  async get(key: string, load: Load<V>): Promise<V> {
    const now = this.#options.now();
    const held = this.#entries.get(key);
    // A clock that was set back would let a value live longer than it may.
    if (held !== undefined && held.since <= now && now < held.until) {
      if (now >= held.renewAt) this.#renew(key, held, load);
      return held.value;
    }
    const running = this.#loads.get(key);
    if (running !== undefined) return running;
    if (this.#isFull()) {
      throw new IdentityUnavailableError('too many identities are being checked at the same time');
    }
    return this.#start(key, held, load);
  }

  #renew(key: string, held: Entry<V>, load: Load<V>): void {
    if (this.#loads.has(key) || this.#isFull()) return;
    this.#start(key, held, load).catch(() => {
      held.renewAt = this.#options.now() + RETRY_PAUSE_MS;
    });
  }

  #start(key: string, held: Entry<V> | undefined, load: Load<V>): Promise<V> {
    const running = this.#run(key, held, load).finally(() => this.#loads.delete(key));
    this.#loads.set(key, running);
    return running;
  }

  async #run(key: string, held: Entry<V> | undefined, load: Load<V>): Promise<V> {
    const since = this.#options.now();
    try {
      const value = await load(held !== undefined);
      this.#keep(key, value, since);
      return value;
    } catch (error) {
      // What could not be loaded now may be what it was. Anything else is an answer.
      if (!(error instanceof IdentityUnavailableError)) this.#entries.delete(key);
      throw error;
    }
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
