import { waitFor } from './abort.js';
import { notify } from './notify.js';
import { SingleFlight } from './single-flight.js';

/** `fresh`: used as it is; `stale`: valid, and due for renewal; `expired`: not used. */
export type RenewalState = 'fresh' | 'stale' | 'expired';

/** How a value is kept and renewed. All times are in milliseconds. */
export interface RenewalOptions<T> {
  /** When a value expires, since 1970. `-Infinity` if unknown: it is used once. */
  readonly expiresAt: (value: T) => number;
  /** From when on the next value is obtained, since 1970. May be infinite. */
  readonly renewAt: (value: T, obtainedAt: number) => number;
  /**
   * How a caller gets a stale value. `background`: at once, while it is renewed. `wait`: the caller
   * waits for the next value, and gets the stale one if that fails.
   */
  readonly renewal: 'background' | 'wait';
  /** Pause after a renewal that failed while a value is held. */
  readonly retryPauseMs: number;
  /** How long a failure answers all callers while no value is held. */
  readonly failurePauseMs: number;
  /** Time since 1970. */
  readonly now: () => number;
  /** Called with what a renewal in the background failed with. What it throws is ignored. */
  readonly onRenewalError?: ((error: unknown) => unknown) | undefined;
}

interface Held<T> {
  readonly value: T;
  readonly obtainedAt: number;
  readonly expiresAt: number;
  readonly renewAt: number;
}

/**
 * Keeps a value that expires, such as a token, and obtains the next one in good time.
 *
 * All callers who wait share one request. A value is never given after it has expired, unless it
 * was obtained for the caller.
 */
export class RenewedValue<T> {
  readonly #obtain: () => Promise<T>;
  readonly #options: RenewalOptions<T>;
  readonly #requests = new SingleFlight<T>();
  #held: Held<T> | undefined;
  #failure: { readonly error: unknown; readonly at: number } | undefined;

  constructor(obtain: () => Promise<T>, options: RenewalOptions<T>) {
    this.#obtain = obtain;
    this.#options = options;
  }

  get state(): RenewalState {
    const now = this.#options.now();
    const held = this.#held;
    if (held === undefined || held.expiresAt <= now) return 'expired';
    // A clock that was set back hides how much of the value's life is left.
    return now >= held.obtainedAt && now < held.renewAt ? 'fresh' : 'stale';
  }

  /**
   * The value held, or the next one. Rejects with what obtaining it rejects with.
   *
   * @param signal ends the wait of this caller; a request that others share goes on
   */
  async get(signal?: AbortSignal): Promise<T> {
    const { state } = this;
    const held = this.#held;
    if (state === 'expired' || held === undefined) return this.#next(signal);
    if (state === 'fresh' || this.#failedWithin(this.#options.retryPauseMs)) return held.value;
    if (this.#options.renewal === 'background') {
      this.#renewInBackground();
      return held.value;
    }
    try {
      return await waitFor(this.#renew(), signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (this.#held !== undefined && this.state !== 'expired') return this.#held.value;
      throw error;
    }
  }

  /** Forgets the value held if it is one that `isMeant` accepts. The next caller gets another. */
  discard(isMeant: (value: T) => boolean): void {
    if (this.#held !== undefined && isMeant(this.#held.value)) this.#held = undefined;
  }

  async #next(signal: AbortSignal | undefined): Promise<T> {
    const isPausing = this.#requests.size === 0 && this.#failedWithin(this.#options.failurePauseMs);
    if (isPausing) throw this.#failure?.error;
    return waitFor(this.#renew(), signal);
  }

  #renewInBackground(): void {
    if (this.#requests.size > 0) return;
    this.#renew().catch((error: unknown) => notify(this.#options.onRenewalError, error));
  }

  #renew(): Promise<T> {
    return this.#requests.run(async () => {
      const { now, expiresAt, renewAt } = this.#options;
      try {
        const value = await this.#obtain();
        const obtainedAt = now();
        this.#held = {
          value,
          obtainedAt,
          expiresAt: expiresAt(value),
          renewAt: renewAt(value, obtainedAt),
        };
        this.#failure = undefined;
        return value;
      } catch (error) {
        this.#failure = { error, at: now() };
        throw error;
      }
    });
  }

  /** A clock that was set back ends the pause. */
  #failedWithin(pauseMs: number): boolean {
    const now = this.#options.now();
    const failure = this.#failure;
    return failure !== undefined && now >= failure.at && now < failure.at + pauseMs;
  }
}
