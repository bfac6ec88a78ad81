import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  createReviewQueue,
  type ReviewQueue,
} from '../../../src/identity/kubernetes/review-queue.js';
import { IdentityInvalidError, IdentityUnavailableError } from '../../../src/model/errors.js';

let queue: ReviewQueue;

beforeEach(() => {
  vi.useFakeTimers();
  queue = createReviewQueue({
    slots: 2,
    maxWaiting: 3,
    maxWaitSeconds: 30,
    failurePauseSeconds: 10,
  });
});

afterEach(() => vi.useRealTimers());

const refuse = async (): Promise<never> => {
  throw new IdentityInvalidError('refused');
};
const fail = async (): Promise<never> => {
  throw new IdentityUnavailableError('down');
};

/** Fills both slots for the time of a pause. */
async function block(): Promise<void> {
  await Promise.allSettled([queue.run(refuse), queue.run(refuse)]);
}

describe('a review queue', () => {
  test('gives a slot back at once after a good token, and after an API server that did not say', async () => {
    for (let count = 0; count < 10; count++) {
      await expect(queue.run(async () => count)).resolves.toBe(count);
      await expect(queue.run(fail)).rejects.toThrow('down');
    }
  });

  test('keeps the slot of a refused token for the pause', async () => {
    await block();
    const review = vi.fn<() => Promise<string>>(async () => 'good');
    const outcome = queue.run(review);
    await vi.advanceTimersByTimeAsync(9_999);
    expect(review).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await expect(outcome).resolves.toBe('good');
  });

  test('serves in the order of arrival', async () => {
    await block();
    const served: number[] = [];
    const outcomes = [1, 2, 3].map((one) => queue.run(async () => served.push(one)));
    await vi.advanceTimersByTimeAsync(10_000);
    await Promise.all(outcomes);
    expect(served).toEqual([1, 2, 3]);
  });

  test('refuses what comes when it is full, and what has waited too long', async () => {
    queue = createReviewQueue({
      slots: 1,
      maxWaiting: 1,
      maxWaitSeconds: 5,
      failurePauseSeconds: 10,
    });
    await queue.run(refuse).catch(() => {});
    const waiting = queue.run(async () => 'never').catch((error: unknown) => error);
    await expect(queue.run(async () => 'never')).rejects.toMatchObject({
      code: 'ERR_IDENTITY_UNAVAILABLE',
      message: expect.stringContaining('too many unknown tokens'),
    });
    await vi.advanceTimersByTimeAsync(5_000);
    await expect(waiting).resolves.toMatchObject({ code: 'ERR_IDENTITY_UNAVAILABLE' });
    // Whoever left has no slot: the next one gets it.
    await vi.advanceTimersByTimeAsync(5_000);
    await expect(queue.run(async () => 'good')).resolves.toBe('good');
  });

  test('rejects all who wait when it is closed', async () => {
    await block();
    const waiting = queue.run(async () => 'never').catch((error: unknown) => error);
    await Promise.resolve();
    queue.close();
    await expect(waiting).resolves.toMatchObject({ message: 'the authenticator is closed' });
  });
});
