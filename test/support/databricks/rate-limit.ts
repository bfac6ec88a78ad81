import { ApiError } from './api-error.js';

/** How much a workspace is asked at most. */
export interface RateLimit {
  /** In each window. */
  readonly requests: number;
  readonly windowSeconds: number;
}

/**
 * Counts the requests of a window, which begins with the first of them. What is refused counts for
 * nothing.
 */
export class RateLimiter {
  readonly #limit: RateLimit;
  readonly #now: () => number;
  #endsAt = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(limit: RateLimit, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  /** @throws ApiError with the whole seconds until the window ends */
  take(): void {
    const now = this.#now();
    if (now >= this.#endsAt) {
      this.#endsAt = now + this.#limit.windowSeconds * 1000;
      this.#count = 0;
    }
    if (this.#count < this.#limit.requests) {
      this.#count += 1;
      return;
    }
    const seconds = Math.ceil((this.#endsAt - now) / 1000);
    throw new ApiError(429, 'REQUEST_LIMIT_EXCEEDED', 'Too many requests. Please retry later.', {
      'retry-after': String(seconds),
    });
  }
}
