/** What happens as knowledge ages. */
export interface FreshnessOptions {
  /** Milliseconds after which knowledge that was not confirmed is stale. */
  readonly maxAgeMs: number;
  /** Called whenever another half of that has passed without a confirmation. */
  readonly onAging: () => void;
  readonly onStale: () => void;
  /** Called by the confirmation that ends staleness. */
  readonly onFresh: () => void;
}

/**
 * Tells when knowledge was last known to hold. Times are those of `performance.now()`, which no
 * change of the system's clock moves.
 *
 * It starts with {@link Freshness.confirm}. Its timers do not keep the process alive.
 */
export class Freshness {
  readonly #options: FreshnessOptions;
  #confirmedAt = Number.NEGATIVE_INFINITY;
  #isStale = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: FreshnessOptions) {
    this.#options = options;
  }

  get isStale(): boolean {
    return this.#isStale;
  }

  /** @param since when what confirms the knowledge began to be looked at */
  confirm(since: number): void {
    // What was looked at earlier may be heard of later.
    this.#confirmedAt = Math.max(this.#confirmedAt, since);
    if (this.#age() >= this.#options.maxAgeMs) return;
    if (this.#isStale) {
      this.#isStale = false;
      this.#options.onFresh();
    }
    this.#waitForHalf(1);
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #waitForHalf(number: number): void {
    clearTimeout(this.#timer);
    const left = (number * this.#options.maxAgeMs) / 2 - this.#age();
    this.#timer = setTimeout(
      () => {
        // Timers may fire a little early.
        if (this.#age() < (number * this.#options.maxAgeMs) / 2) this.#waitForHalf(number);
        else this.#reachHalf(number);
      },
      Math.max(1, left),
    );
    this.#timer.unref();
  }

  #reachHalf(number: number): void {
    this.#waitForHalf(number + 1);
    if (number === 2) {
      this.#isStale = true;
      this.#options.onStale();
    }
    this.#options.onAging();
  }

  #age(): number {
    return performance.now() - this.#confirmedAt;
  }
}
