import { IdentityInvalidError, IdentityUnavailableError } from '../../model/errors.js';

/** Bounds of what strangers can have the API server do. */
export interface ReviewQueueOptions {
  /** How many reviews may be on their way at the same time. */
  readonly slots: number;
  /** How many more may wait for a slot. */
  readonly maxWaiting: number;
  /** How long one waits for a slot at most. */
  readonly maxWaitSeconds: number;
  /** How long a review that refused its token keeps its slot. */
  readonly failurePauseSeconds: number;
}

/** Where tokens wait that were never accepted before. */
export interface ReviewQueue {
  /**
   * Runs a review when there is a slot for it.
   *
   * @returns rejects with IdentityUnavailableError after the time limit, or with the error of
   *   `review`
   */
  readonly run: <T>(review: () => Promise<T>) => Promise<T>;
  /** Rejects all who wait. */
  readonly close: () => void;
}

interface Waiting {
  readonly start: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Creates the queue. A review that refuses its token keeps its slot for a while, so that `slots /
 * failurePauseSeconds` tokens a second can be made up at most, by all callers together; good tokens
 * give their slot back at once.
 */
export function createReviewQueue(options: ReviewQueueOptions): ReviewQueue {
  const { slots, maxWaiting, maxWaitSeconds, failurePauseSeconds } = options;
  const waiting = new Set<Waiting>();
  let free = slots;

  const release = (): void => {
    const [next] = waiting;
    if (next === undefined) free += 1;
    else next.start();
  };

  const takeSlot = (): Promise<void> => {
    if (free > 0) {
      free -= 1;
      return Promise.resolve();
    }
    if (waiting.size >= maxWaiting) return Promise.reject(tooMany());
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        waiting.delete(one);
      };
      const one: Waiting = {
        start: () => {
          leave();
          resolve();
        },
        reject: (error) => {
          leave();
          reject(error);
        },
      };
      const timer = setTimeout(() => one.reject(tooMany()), maxWaitSeconds * 1000);
      waiting.add(one);
    });
  };

  return {
    run: async (review) => {
      await takeSlot();
      let pauseSeconds = 0;
      try {
        return await review();
      } catch (error) {
        if (error instanceof IdentityInvalidError) pauseSeconds = failurePauseSeconds;
        throw error;
      } finally {
        if (pauseSeconds === 0) release();
        else setTimeout(release, pauseSeconds * 1000).unref();
      }
    },
    close: () => {
      for (const one of waiting) {
        one.reject(new IdentityUnavailableError('the authenticator is closed'));
      }
    },
  };
}

function tooMany(): IdentityUnavailableError {
  return new IdentityUnavailableError('too many unknown tokens are being checked at the same time');
}
