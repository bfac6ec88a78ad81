import { describe, expect, it, vi } from 'vitest';
import { attempt, notify } from '../../src/foundation/notify.js';

describe('attempt', () => {
  it('gives what the work returns', () => {
    expect(attempt(() => 1)).toBe(1);
  });

  it('gives undefined where the work throws', () => {
    expect(
      attempt(() => {
        throw new Error('full');
      }),
    ).toBeUndefined();
  });
});

describe('notify', () => {
  it('tells the listener of the event', () => {
    const events: number[] = [];
    notify((event: number) => events.push(event), 1);
    expect(events).toEqual([1]);
  });

  it('ignores what a listener throws or rejects with', async () => {
    const thrower = vi.fn<() => never>(() => {
      throw new Error('full');
    });
    const rejecter = vi.fn<() => Promise<never>>(() => Promise.reject(new Error('full')));
    notify(thrower, 1);
    notify(rejecter, 1);
    // A rejection that is left alone would fail the run.
    await new Promise(setImmediate);
    expect(thrower).toHaveBeenCalledOnce();
    expect(rejecter).toHaveBeenCalledOnce();
  });
});
