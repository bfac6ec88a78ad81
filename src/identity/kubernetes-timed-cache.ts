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

interface Entry<V> {
  readonly value: Promise<V>;
  readonly since: number;
  /** Infinity while the value is on its way. */
  until: number;
}

/**
 * A bounded cache of values that take a while to get: callers who ask for the same key at the same time share
 * one load, and a load that fails is forgotten at once.
 */
export class TimedCache<V> {
  readonly #entries = new Map<string, Entry<V>>();
  readonly #options: TimedCacheOptions<V>;
  #loads = 0;

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
  async get(key: string, load: () => Promise<V>): Promise<V> {
    const now = this.#options.now();
    const held = this.#entries.get(key);
    // A clock that was set back would let a value live longer than it may.
    if (held !== undefined && held.since <= now && now < held.until) return held.value;
    this.#entries.delete(key);
    this.#makeRoom();
    const entry: Entry<V> = { value: load(), since: now, until: Number.POSITIVE_INFINITY };
    this.#entries.set(key, entry);
    return this.#settle(key, entry);
  }

  async #settle(key: string, entry: Entry<V>): Promise<V> {
    const { timeToLive, endOf } = this.#options;
    this.#loads += 1;
    try {
      const value = await entry.value;
      entry.until = entry.since + timeToLive;
      if (endOf !== undefined) entry.until = Math.min(entry.until, endOf(value));
      return value;
    } catch (error) {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
      throw error;
    } finally {
      this.#loads -= 1;
    }
  }

  #makeRoom(): void {
    const { maxEntries, maxLoads } = this.#options;
    if (this.#loads >= maxLoads) {
      throw new IdentityUnavailableError('too many identities are being checked at the same time');
    }
    // A map keeps the order of insertion: the oldest go first. One that is on its way has callers who wait for it.
    for (const [key, { until }] of this.#entries) {
      if (this.#entries.size < maxEntries) return;
      if (until < Number.POSITIVE_INFINITY) this.#entries.delete(key);
    }
  }
}
