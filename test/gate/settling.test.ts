import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LiveStore } from '../../src/gate/live-store.js';
import { assertLiveOptions, type LiveOptions } from '../../src/gate/open-live-store.js';
import {
  type Answer,
  FaultySource,
  inForce,
  OPENING,
  onV,
  registryOf,
  SECOND,
  watchSource,
  whole,
} from './faulty-source.js';

let live: LiveStore | undefined;
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  live?.close();
  vi.useRealTimers();
});

/** A registry that Feast writes object by object. */
async function watch(first: Answer, options: LiveOptions = {}, config?: null) {
  const source = new FaultySource(first);
  const inSteps = {
    isAppliedInSteps: true,
    describe: () => source.describe(),
    read: () => source.read(),
    watch: source.watch.bind(source),
  };
  const watched = await watchSource(inSteps, { rules: OPENING, ...options }, config);
  live = watched.live;
  return { ...watched, source };
}

/** The absence of permissions opens nothing. */
const CLOSED: LiveOptions = { rules: {} };
const EVERYTHING = 'anonymous free';
const inQ = (store: LiveStore, username: string): boolean =>
  store.authorizer.can({ username, roles: ['reader'] }, 'DESCRIBE', {
    type: 'FeatureView',
    name: 'v',
    project: 'q',
  });
const P = { spec: { name: 'p' } };
const Q = { spec: { name: 'q' } };
const withQ = (...roles: readonly string[]) =>
  registryOf({
    projects: [P, Q],
    permissions: [onV('reader'), ...roles.map((role) => onV(role, { project: 'q' }))],
  });

describe('a registry that is applied in steps', () => {
  test('opens nothing by the absence of permissions before a second look agrees', async () => {
    const { live: store } = await watch(whole());
    expect(inForce(store)).toEqual(['reader v']);
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    expect(inForce(store)).toContain(EVERYTHING);
    expect(inForce(store)).not.toContain('writer v');
  });

  test('keeps a new project closed until its permissions are there', async () => {
    const { live: store, source } = await watch(whole(), {}, null);
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    source.set(withQ());
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    expect(inQ(store, 'ann')).toBe(false);
    // What was open before still is.
    expect(inForce(store)).toContain(EVERYTHING);
    source.set(withQ('writer'));
    await vi.advanceTimersByTimeAsync(10 * SECOND);
    expect(inQ(store, 'ann')).toBe(false);
    source.set(withQ('writer', 'reader'));
    await vi.advanceTimersByTimeAsync(5.5 * SECOND);
    expect(inQ(store, 'ann')).toBe(false);
    await vi.advanceTimersByTimeAsync(1 * SECOND);
    expect(inQ(store, 'ann')).toBe(true);
  });

  test('opens a new project that stays without permissions, as the rules say', async () => {
    const { live: store, source } = await watch(whole(), {}, null);
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    source.set(withQ());
    await vi.advanceTimersByTimeAsync(5.5 * SECOND);
    expect(inQ(store, 'ann')).toBe(false);
    await vi.advanceTimersByTimeAsync(1 * SECOND);
    expect(inQ(store, 'ann')).toBe(true);
    expect(inQ(store, '')).toBe(false);
  });

  test('settles in `settleSeconds` at the least, however often it is looked at', async () => {
    const { live: store } = await watch(whole(), { pollSeconds: 0.1 });
    await vi.advanceTimersByTimeAsync(0.9 * SECOND);
    expect(inForce(store)).toEqual(['reader v']);
    await vi.advanceTimersByTimeAsync(0.3 * SECOND);
    expect(inForce(store)).toContain(EVERYTHING);
  });

  test('settles at a reload that finds the same version', async () => {
    const { live: store } = await watch(whole(), { pollSeconds: 0 });
    await store.reload(undefined);
    expect(inForce(store)).toEqual(['reader v']);
    await vi.advanceTimersByTimeAsync(2 * SECOND);
    await store.reload(undefined);
    expect(inForce(store)).toContain(EVERYTHING);
  });

  test('lets what narrows in at once', async () => {
    const { live: store, source } = await watch(whole());
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    source.set(registryOf());
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    expect(inForce(store)).not.toContain('reader v');
  });

  test('grants what is new when readings agree, and tells of both', async () => {
    const { live: store, source, events } = await watch(whole(), CLOSED);
    const { version } = store.status;
    source.set(registryOf({ permissions: [onV('writer')] }));
    await vi.advanceTimersByTimeAsync(5.1 * SECOND);
    expect(inForce(store)).toEqual([]);
    expect(events).toMatchObject([{ outcome: 'reloaded', isSettled: false }]);
    expect(store.status).toMatchObject({ version, isSettled: false, isReady: true });
    await vi.advanceTimersByTimeAsync(1 * SECOND);
    expect(inForce(store)).toEqual(['writer v']);
    const { newestVersion } = store.status;
    expect(events.at(-1)).toMatchObject({ outcome: 'settled', version: newestVersion });
    expect(store.status).toMatchObject({ version: newestVersion, isSettled: true });
  });

  test('grants what stands in both, and what an apply takes away for a moment not', async () => {
    const both = [onV('reader'), onV('writer')];
    const { live: store, source } = await watch(registryOf({ permissions: both }), CLOSED);
    source.set(registryOf({ permissions: [onV('writer')] }));
    await vi.advanceTimersByTimeAsync(5.5 * SECOND);
    expect(inForce(store)).toEqual(['writer v']);
    source.set(registryOf({ permissions: both }));
    await vi.advanceTimersByTimeAsync(1 * SECOND);
    expect(inForce(store)).toEqual(['reader v', 'writer v']);
    expect(store.status.isSettled).toBe(true);
  });

  test('settles though it is never quiet, after `maxSettleSeconds`', async () => {
    const options = { ...CLOSED, pollSeconds: 0.5, settleSeconds: 1, maxSettleSeconds: 5 };
    const { live: store, source } = await watch(whole(), options);
    const roles = Array.from({ length: 20 }, (_, index) => `role${index}`);
    let settledAt = 0;
    for (const [index, role] of roles.entries()) {
      source.set(registryOf({ permissions: [onV('writer'), onV(role)] }));
      await vi.advanceTimersByTimeAsync(0.5 * SECOND);
      if (settledAt === 0 && inForce(store).includes('writer v')) settledAt = (index + 1) / 2;
    }
    expect(settledAt).toBeGreaterThanOrEqual(5);
    expect(settledAt).toBeLessThanOrEqual(7);
  });

  test('does not wait for what was only touched', async () => {
    const { live: store, source, events } = await watch(whole(), CLOSED);
    source.set(whole());
    await vi.advanceTimersByTimeAsync(5.1 * SECOND);
    expect(store.status.isSettled).toBe(true);
    expect(events).toMatchObject([{ outcome: 'reloaded', isSettled: true }]);
  });

  test.each([
    [{ settleSeconds: -1 }],
    [{ settleSeconds: 3601 }],
    [{ settleSeconds: 2, maxSettleSeconds: 1 }],
    [{ maxSettleSeconds: '5' as never }],
  ])('is refused with %o', (options) => {
    expect(() => assertLiveOptions(options)).toThrow(TypeError);
  });
});
