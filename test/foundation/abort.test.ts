import { describe, expect, it, vi } from 'vitest';
import {
  type AbortSignalLike,
  joinSignals,
  waitFor,
  withinTime,
} from '../../src/foundation/abort.js';

/** A signal as other libraries have it. */
function foreignSignal() {
  const listeners = new Set<() => void>();
  const signal: AbortSignalLike = {
    aborted: false,
    addEventListener: (_, listener) => listeners.add(listener),
    removeEventListener: (_, listener) => listeners.delete(listener),
  };
  return { signal, listeners };
}

describe('joinSignals', () => {
  it('aborts with the first of several', () => {
    const one = new AbortController();
    const other = new AbortController();
    const { signal } = joinSignals([one.signal, other.signal]);
    expect(signal.aborted).toBe(false);
    other.abort();
    expect(signal.aborted).toBe(true);
  });

  it('is aborted from the start where one of them is', () => {
    const live = new AbortController();
    expect(joinSignals([live.signal, AbortSignal.abort()]).signal.aborted).toBe(true);
  });

  it('follows a signal of another library, and leaves nothing behind at it', () => {
    const { signal: foreign, listeners } = foreignSignal();
    const { signal, release } = joinSignals([foreign]);
    for (const listener of listeners) listener();
    expect(signal.aborted).toBe(true);
    release();
    expect(listeners.size).toBe(0);
  });

  it('gives a single signal of the platform as it is', () => {
    const { signal } = new AbortController();
    expect(joinSignals([signal]).signal).toBe(signal);
  });
});

describe('waitFor', () => {
  it('gives what the promise gives, and its rejection', async () => {
    const { signal } = new AbortController();
    expect(await waitFor(Promise.resolve(1), signal)).toBe(1);
    await expect(waitFor(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
    expect(await waitFor(Promise.resolve(2), undefined)).toBe(2);
  });

  it('rejects with the reason of a signal that aborts first, or has aborted', async () => {
    const controller = new AbortController();
    const waiting = waitFor(new Promise(() => {}), controller.signal);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(waitFor(new Promise(() => {}), controller.signal)).rejects.toThrow('enough');
  });
});

describe('withinTime', () => {
  it('ends work that ignores its signal, with the error that it is told', async () => {
    let given: AbortSignal | undefined;
    const work = withinTime(
      1,
      () => new Error('too late'),
      (signal) => {
        given = signal;
        return new Promise(() => {});
      },
    );
    await expect(work).rejects.toThrow('too late');
    expect(given?.aborted).toBe(true);
  });

  it('leaves no timer behind work that ends', async () => {
    const late = vi.fn<() => Error>(() => new Error('too late'));
    expect(await withinTime(1, late, async () => 'done')).toBe('done');
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(late).not.toHaveBeenCalled();
  });
});
