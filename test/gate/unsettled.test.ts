import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LiveStore } from '../../src/gate/live-store.js';
import type { LiveOptions } from '../../src/gate/open-live-store.js';
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
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    expect(inQ(store, 'ann')).toBe(true);
  });

  test('opens a new project that stays without permissions, as the rules say', async () => {
    const { live: store, source } = await watch(whole(), {}, null);
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    source.set(withQ());
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    source.set(withQ());
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    expect(inQ(store, 'ann')).toBe(false);
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    expect(inQ(store, 'ann')).toBe(true);
    expect(inQ(store, '')).toBe(false);
  });

  test('settles in two seconds at the least, however often it is looked at', async () => {
    const { live: store } = await watch(whole(), { pollSeconds: 0.1 });
    await vi.advanceTimersByTimeAsync(1.9 * SECOND);
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
});
