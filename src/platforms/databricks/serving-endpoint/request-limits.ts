import { once } from '../../../foundation/once.js';
/** How many requests are taken. */
export interface RequestLimitOptions {
  /** At a time, on connections of their own. */
  readonly maxConnections: number;
  /** Waiting for a connection. */
  readonly maxWaiting: number;
  /** Of one caller, from the decision to the end of the answer. */
  readonly maxPerCaller: number;
}

/** Gives back what was taken. Calling it again has no effect. */
export type Release = () => void;

/** Too many requests are under way. */
export class TooManyRequestsError extends Error {
  override readonly name = 'TooManyRequestsError';
}

interface Waiting {
  readonly start: () => void;
}

/**
 * Counts requests: all of a caller, those that have a connection, and those that wait for one.
 *
 * Connections are given in the order of asking. A count that is zero is not kept, so that callers
 * who are gone cost nothing.
 */
export class RequestLimits {
  readonly #options: RequestLimitOptions;
  readonly #byCaller = new Map<string, number>();
  /** In the order of asking. */
  readonly #waiting = new Set<Waiting>();
  #connections = 0;

  constructor(options: RequestLimitOptions) {
    this.#options = options;
  }

  /** @throws TooManyRequestsError if the caller has `maxPerCaller` requests under way */
  enter(caller: string): Release {
    const count = this.#byCaller.get(caller) ?? 0;
    if (count >= this.#options.maxPerCaller) {
      throw new TooManyRequestsError('a caller has too many requests under way');
    }
    this.#byCaller.set(caller, count + 1);
    return once(() => {
      const left = (this.#byCaller.get(caller) ?? 1) - 1;
      if (left === 0) this.#byCaller.delete(caller);
      else this.#byCaller.set(caller, left);
    });
  }

  /**
   * A connection, at once or in turn.
   *
   * @returns rejects with TooManyRequestsError if `maxWaiting` requests wait, and with the reason
   *   of the signal
   */
  async connect(signal: AbortSignal): Promise<Release> {
    signal.throwIfAborted();
    if (this.#connections < this.#options.maxConnections) return this.#take();
    if (this.#waiting.size >= this.#options.maxWaiting) {
      throw new TooManyRequestsError('too many requests wait for a connection');
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(waiting);
        reject(signal.reason as Error);
      };
      const waiting: Waiting = {
        start: () => {
          signal.removeEventListener('abort', leave);
          resolve(this.#take());
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.add(waiting);
    });
  }

  #take(): Release {
    this.#connections += 1;
    return once(() => {
      this.#connections -= 1;
      const [next] = this.#waiting;
      if (next === undefined) return;
      this.#waiting.delete(next);
      next.start();
    });
  }
}
