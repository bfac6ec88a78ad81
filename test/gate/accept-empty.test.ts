import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LiveStore } from '../../src/gate/live-store.js';
import type { LiveOptions } from '../../src/gate/open-live-store.js';
import {
  RegistryUnavailableError,
  RequestInvalidError,
  SnapshotStaleError,
} from '../../src/model/index.js';
import {
  FaultySource,
  inForce,
  OPENING,
  onV,
  registryOf,
  SECOND,
  STALE,
  sort,
  UNCOVERED,
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

describe('the confirmation of a loss', () => {
  const lose = async (options: LiveOptions = {}) => {
    const source = new FaultySource(whole());
    const watched = await watchSource(source, { rules: OPENING, ...options });
    live = watched.live;
    const empty = registryOf();
    source.set(empty);
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    return { ...watched, source, empty };
  };
  const OPEN = ['reader', 'writer', 'named'].flatMap((who) => [
    `${who} v`,
    `${who} free`,
    `${who} unregistered`,
  ]);

  test('opens what the rules open, and is told', async () => {
    const { live: store, events, empty } = await lose();
    expect(store.warnings.join()).toContain(
      `Call \`acceptEmpty\` with version \`${empty.version}\``,
    );
    await store.acceptEmpty(empty.version);
    expect(sort(inForce(store))).toEqual(sort(OPEN));
    expect(events.at(-1)).toMatchObject({
      outcome: 'reloaded',
      version: empty.version,
      removedPermissions: [],
      emptiedProjects: [],
      closed: [],
    });
    expect(store.warnings).toEqual([]);
  });

  test('is of one version: not of what another one lost meanwhile', async () => {
    const { live: store, empty, source } = await lose();
    source.set(registryOf());
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    await expect(store.acceptEmpty(empty.version)).rejects.toThrow(RequestInvalidError);
    await expect(store.acceptEmpty('')).rejects.toThrow('is not in force');
    expect(sort(inForce(store))).toEqual(sort(UNCOVERED));
  });

  test('stays: what is lost later is closed again', async () => {
    const { live: store, empty, source } = await lose();
    await store.acceptEmpty(empty.version);
    source.set(registryOf({ permissions: [onV('writer')] }));
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    expect(inForce(store)).toContain('writer v');
    source.set(registryOf());
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    expect(sort(inForce(store))).toEqual(sort(UNCOVERED));
  });

  test('opens nothing while nothing is decided', async () => {
    const { live: store, empty, source } = await lose();
    source.set(new RegistryUnavailableError('refused'));
    await vi.advanceTimersByTimeAsync(1000 * SECOND);
    await expect(store.acceptEmpty(empty.version)).rejects.toThrow(SnapshotStaleError);
    expect(inForce(store)).toEqual(STALE);
    source.set(empty);
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    expect(sort(inForce(store))).toEqual(sort(UNCOVERED));
  });

  test('is not waited for with `acceptEmpty: true`', async () => {
    const { live: store, events } = await lose({ acceptEmpty: true });
    expect(sort(inForce(store))).toEqual(sort(OPEN));
    expect(events.at(-1)).toMatchObject({ closed: [], emptiedProjects: ['p'] });
  });

  test('is not needed for a registry that never had permissions', async () => {
    const watched = await watchSource(new FaultySource(registryOf()), { rules: OPENING });
    live = watched.live;
    expect(sort(inForce(live))).toEqual(sort(OPEN));
  });
});
