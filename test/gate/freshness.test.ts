import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createGate } from '../../src/gate/index.js';
import type { LiveStore } from '../../src/gate/live-store.js';
import { assertLiveOptions, type LiveOptions } from '../../src/gate/open-live-store.js';
import { RegistryUnavailableError, SnapshotStaleError } from '../../src/model/index.js';
import {
  FaultySource,
  inForce,
  READER,
  registryOf,
  SECOND,
  STALE,
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

describe('the age of what is in force', () => {
  const watch = async (options: LiveOptions, source = new FaultySource(whole())) => {
    const watched = await watchSource(source, options);
    live = watched.live;
    return { ...watched, source };
  };

  test('is renewed by looks that find nothing new', async () => {
    const { live: store, source, events } = await watch({});
    await vi.advanceTimersByTimeAsync(86_400 * SECOND);
    expect(inForce(store)).toEqual(READER);
    expect(source.reads).toBe(1);
    expect(events).toEqual([]);
  });

  test('is bounded by `maxStaleSeconds`', async () => {
    const { live: store, source } = await watch({ maxStaleSeconds: 20 });
    source.set(new RegistryUnavailableError('refused'));
    await vi.advanceTimersByTimeAsync(19 * SECOND);
    expect(inForce(store)).toEqual(READER);
    await vi.advanceTimersByTimeAsync(6 * SECOND);
    expect(inForce(store)).toEqual(STALE);
    expect(store.warnings.at(-1)).toMatch(/^nothing is decided, .* for 20 seconds: refused$/);
    await expect(store.reload(undefined)).rejects.toThrow(RegistryUnavailableError);
    expect(inForce(store)).toEqual(STALE);
  });

  test('has no bound without polling, unless one is given', async () => {
    const { live: store } = await watch({ pollSeconds: 0 });
    await vi.advanceTimersByTimeAsync(1e6 * SECOND);
    expect(inForce(store)).toEqual(READER);
    const bounded = await watch({ pollSeconds: 0, maxStaleSeconds: 60 });
    await vi.advanceTimersByTimeAsync(60 * SECOND);
    expect(inForce(bounded.live)).toEqual(STALE);
    expect(bounded.source.reads).toBe(1);
    await bounded.live.reload(undefined);
    expect(inForce(bounded.live)).toEqual(READER);
  });

  test('is found by reading, where a watch tells of changes only', async () => {
    const source = new FaultySource(whole());
    const silent = {
      describe: () => 'silent',
      read: () => source.read(),
      watch: () => {},
    };
    const watched = await watchSource(silent);
    live = watched.live;
    await vi.advanceTimersByTimeAsync(10_000 * SECOND);
    expect(inForce(live)).toEqual(READER);
    expect(source.reads).toBeLessThan(25);
    source.set(new RegistryUnavailableError('refused'));
    await vi.advanceTimersByTimeAsync(901 * SECOND);
    expect(inForce(live)).toEqual(STALE);
  });

  test('of a source without a watch is that of its last read', async () => {
    const source = new FaultySource(whole());
    const watched = await watchSource({ describe: () => 'blind', read: () => source.read() });
    live = watched.live;
    source.set(registryOf());
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    expect(inForce(live)).toEqual([]);
  });

  test('is not that of a read that does not end, which is given up', async () => {
    const source = new FaultySource(whole());
    const silent = { describe: () => 'silent', read: () => source.read(), watch: () => {} };
    const watched = await watchSource(silent, { maxStaleSeconds: 100 });
    live = watched.live;
    source.set('hangs');
    await vi.advanceTimersByTimeAsync(101 * SECOND);
    expect(inForce(live)).toEqual(STALE);
    expect(watched.events.map(({ outcome }) => outcome)).toEqual(['stale', 'failed']);
    expect(watched.events.at(-1)).toMatchObject({ error: { message: 'silent does not answer' } });
    source.set(registryOf());
    await vi.advanceTimersByTimeAsync(101 * SECOND);
    expect(inForce(live)).toEqual([]);
  });

  test.each([0, -1, 9, 604_801, Number.NaN, '900'])(
    'is not bounded by %s seconds',
    async (maxStaleSeconds) => {
      expect(() => assertLiveOptions({ maxStaleSeconds: maxStaleSeconds as number })).toThrow(
        TypeError,
      );
    },
  );

  test('is answered with 503 at a gate', async () => {
    const { live: store, source } = await watch({});
    const authenticator = { authenticate: async () => ({ username: 'ann', roles: ['reader'] }) };
    const gate = createGate({ authenticator, authorizer: store.authorizer, telemetry: false });
    const request = {
      authorization: 'Bearer x',
      requirements: {
        actions: 'DESCRIBE',
        resources: { type: 'FeatureView', name: 'v', project: 'p' },
      },
    } as const;
    const caller = await gate.check(request);
    source.set(new RegistryUnavailableError('secret'));
    await vi.advanceTimersByTimeAsync(901 * SECOND);
    const error = await gate.check(request).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SnapshotStaleError);
    expect(gate.refuse(error)).toMatchObject({ status: 503, grpc: { code: 14 } });
    expect(gate.refuse(error).body).not.toContain('secret');
    expect(() => caller.filter('DESCRIBE', [])).toThrow(SnapshotStaleError);
    expect(() => store.authorizer.for(null)).toThrow(SnapshotStaleError);
  });
});
