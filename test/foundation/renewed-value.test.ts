import { describe, expect, it, vi } from 'vitest';
import { type RenewalOptions, RenewedValue } from '../../src/foundation/renewed-value.js';

interface Value {
  readonly number: number;
  readonly end: number;
}

/** Values that expire after 100 ms and are renewed after 60, by a clock that the test moves. */
function create(options: Partial<RenewalOptions<Value>> = {}) {
  const clock = { now: 1000 };
  let count = 0;
  const obtain = vi.fn<() => Promise<Value>>(async () => {
    count += 1;
    return { number: count, end: clock.now + 100 };
  });
  const kept = new RenewedValue(obtain, {
    expiresAt: ({ end }) => end,
    renewAt: ({ end }) => end - 40,
    renewal: 'background',
    retryPauseMs: 10,
    failurePauseMs: 0,
    now: () => clock.now,
    ...options,
  });
  return { clock, obtain, kept };
}

describe('RenewedValue', () => {
  it('gives a stale value at once and renews it in the background', async () => {
    const { clock, kept } = create();
    expect(await kept.get()).toMatchObject({ number: 1 });
    clock.now += 70;
    expect(kept.state).toBe('stale');
    expect(await kept.get()).toMatchObject({ number: 1 });
    await vi.waitFor(() => expect(kept.state).toBe('fresh'));
    expect(await kept.get()).toMatchObject({ number: 2 });
  });

  it('lets callers wait for the next value where it is told to, and share it', async () => {
    const { clock, kept, obtain } = create({ renewal: 'wait' });
    await kept.get();
    clock.now += 70;
    const both = await Promise.all([kept.get(), kept.get()]);
    expect(both.map(({ number }) => number)).toEqual([2, 2]);
    expect(obtain).toHaveBeenCalledTimes(2);
  });

  it.each(['wait', 'background'] as const)(
    'keeps a stale value after a failure, and pauses (%s)',
    async (renewal) => {
      const onRenewalError = vi.fn<(error: unknown) => void>();
      const { clock, kept, obtain } = create({ renewal, onRenewalError });
      await kept.get();
      clock.now += 70;
      obtain.mockRejectedValue(new Error('down'));
      expect(await kept.get()).toMatchObject({ number: 1 });
      await vi.waitFor(() => expect(obtain).toHaveBeenCalledTimes(2));
      const reports = renewal === 'background' ? 1 : 0;
      await vi.waitFor(() => expect(onRenewalError).toHaveBeenCalledTimes(reports));
      expect(await kept.get()).toMatchObject({ number: 1 });
      expect(obtain).toHaveBeenCalledTimes(2);
      clock.now += 30;
      await expect(kept.get()).rejects.toThrow('down');
    },
  );

  it('uses a value of unknown end once', async () => {
    const { kept } = create({ expiresAt: () => -Infinity, renewAt: () => -Infinity });
    expect(await kept.get()).toMatchObject({ number: 1 });
    expect(await kept.get()).toMatchObject({ number: 2 });
  });

  it('discards only the value that is meant', async () => {
    const { kept } = create();
    const held = await kept.get();
    kept.discard(({ number }) => number === 7);
    expect(await kept.get()).toBe(held);
    kept.discard((one) => one === held);
    expect(await kept.get()).toMatchObject({ number: 2 });
  });

  it('answers with one failure for a while', async () => {
    const { clock, kept, obtain } = create({ failurePauseMs: 5 });
    obtain.mockRejectedValue(new Error('down'));
    await expect(kept.get()).rejects.toThrow('down');
    await expect(kept.get()).rejects.toThrow('down');
    expect(obtain).toHaveBeenCalledTimes(1);
    clock.now += 5;
    await expect(kept.get()).rejects.toThrow('down');
    expect(obtain).toHaveBeenCalledTimes(2);
  });

  it('ends the wait of one caller by its signal, and not the request', async () => {
    const { kept, obtain } = create();
    const leaving = new AbortController();
    const waits = [kept.get(leaving.signal), kept.get()] as const;
    leaving.abort(new Error('gone'));
    await expect(waits[0]).rejects.toThrow('gone');
    expect(await waits[1]).toMatchObject({ number: 1 });
    expect(obtain).toHaveBeenCalledTimes(1);
  });
});
