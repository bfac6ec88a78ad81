import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LiveStore } from '../../src/gate/live-store.js';
import { readAfter } from '../../src/gate/read-after.js';
import { SnapshotStaleError } from '../../src/model/index.js';
import { FaultySource, inForce, registryOf, SECOND, watchSource, whole } from './faulty-source.js';

let live: LiveStore | undefined;
beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
});
afterEach(() => {
  live?.close();
  vi.useRealTimers();
});

/** @param clock of the source, in place of that of the machine */
async function watch(clock?: () => number) {
  const source = new FaultySource(whole());
  let time: number | undefined;
  const timed = {
    describe: () => source.describe(),
    read: async () => {
      const began = clock?.();
      const contents = await source.read();
      time = began;
      return contents;
    },
    watch: source.watch.bind(source),
    readTime: () => time,
  };
  const watched = await watchSource(timed);
  live = watched.live;
  return { ...watched, source };
}

describe('readAfter', () => {
  test('reads the registry again for a revocation that no look has found yet', async () => {
    const { live: store, source } = await watch();
    await vi.advanceTimersByTimeAsync(100);
    source.set(registryOf());
    const committed = Date.now();
    await vi.advanceTimersByTimeAsync(1);
    expect(inForce(store)).toEqual(['reader v']);
    await readAfter(store, committed, {});
    expect(inForce(store)).toEqual([]);
    expect(store.status.readTime.getTime()).toBeGreaterThan(committed);
  });

  test('reads once for all who wait for the same, and not for what is past', async () => {
    const { live: store, source } = await watch();
    await vi.advanceTimersByTimeAsync(100);
    await readAfter(store, new Date(Date.now() - 200), {});
    expect(source.reads).toBe(1);
    const committed = Date.now() - 1;
    await Promise.all([1, 2, 3].map(() => readAfter(store, committed, {})));
    expect(source.reads).toBe(2);
  });

  test('refuses when the registry cannot be read, and tells', async () => {
    const { live: store, source, events } = await watch();
    source.set(new Error('down'));
    await vi.advanceTimersByTimeAsync(1);
    const reading = readAfter(store, Date.now(), {});
    await expect(reading).rejects.toBeInstanceOf(SnapshotStaleError);
    expect(events.at(-1)).toMatchObject({
      outcome: 'refused',
      error: { code: 'ERR_SNAPSHOT_STALE' },
    });
    expect(inForce(store)).toEqual(['reader v']);
  });

  test('goes by the clock of the source', async () => {
    const offset = 60 * SECOND;
    const { live: store } = await watch(() => Date.now() - offset);
    await vi.advanceTimersByTimeAsync(100);
    await expect(readAfter(store, Date.now(), {})).rejects.toBeInstanceOf(SnapshotStaleError);
    await readAfter(store, Date.now() - offset - 1, {});
    expect(store.status.readTime.getTime()).toBeLessThan(Date.now() - offset + 1);
  });

  test('reads again when the clock of the machine was set back', async () => {
    const { live: store, source } = await watch();
    source.set(registryOf());
    vi.setSystemTime(Date.now() - 60 * SECOND);
    // Before the first reading, by what the clock says now.
    await readAfter(store, Date.now() - 1, {});
    expect(source.reads).toBe(2);
    expect(inForce(store)).toEqual([]);
  });

  test('ends with its signal', async () => {
    const { live: store, source } = await watch();
    source.set('hangs');
    const reason = new Error('called off');
    const controller = new AbortController();
    const reading = readAfter(store, Date.now() + SECOND, { signal: controller.signal });
    controller.abort(reason);
    await expect(reading).rejects.toBe(reason);
  });

  test.each([['soon'], [Number.NaN], [new Date('never')], [undefined]])(
    'takes no %s for a time',
    async (time) => {
      const { live: store } = await watch();
      await expect(readAfter(store, time as never, {})).rejects.toBeInstanceOf(TypeError);
    },
  );
});

describe('the status', () => {
  test('says how old what is in force is, and when nothing is decided', async () => {
    const { live: store, source } = await watch();
    expect(store.status).toMatchObject({ isReady: true, isSettled: true });
    source.set(new Error('down'));
    await vi.advanceTimersByTimeAsync(60 * SECOND);
    expect(store.status.ageSeconds).toBeGreaterThan(50);
    expect(store.status.isReady).toBe(true);
    await vi.advanceTimersByTimeAsync(900 * SECOND);
    expect(store.status.isReady).toBe(false);
    source.set(whole());
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    expect(store.status.isReady).toBe(true);
    expect(store.status.ageSeconds).toBeLessThan(6);
  });
});
