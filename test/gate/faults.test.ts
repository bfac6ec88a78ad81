import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LiveStore } from '../../src/gate/live-store.js';
import type { LiveOptions } from '../../src/gate/open-live-store.js';
import {
  RegistryInvalidError,
  RegistryProjectMissingError,
  RegistryUnavailableError,
} from '../../src/model/index.js';
import {
  type Answer,
  FaultySource,
  inForce,
  OPENING,
  onV,
  READER,
  registryOf,
  SECOND,
  STALE,
  sort,
  UNCOVERED,
  watchSource,
  whole,
} from './faulty-source.js';

const READER_AND_UNCOVERED = [...READER, ...UNCOVERED];

const two = () => registryOf({ permissions: [onV('reader'), onV('writer')] });
const PROJECT_Q = { spec: { name: 'q' } };

interface Fault {
  readonly fault: string;
  readonly options?: LiveOptions;
  /** Default: one permission, which lets a reader describe `v`. */
  readonly registry?: () => Answer;
  readonly becomes: () => Answer;
  /** What is allowed before the fault, at the next look, and 900 seconds later. */
  readonly before: readonly string[];
  readonly during: readonly string[];
  readonly later: readonly string[];
  /** The code of the error that is told; none: the registry is believed. */
  readonly error?: string;
  /** Seconds until it is over, once the source is well. Default: `5`, one look. */
  readonly heals?: number;
  /** What is allowed then. Default: what was before. Anything else stays closed until confirmed. */
  readonly after?: readonly string[];
  /** Told as gone, and as closed. */
  readonly removed?: readonly string[];
  readonly closed?: readonly string[];
}

const LAST_GOOD = { before: READER, during: READER, later: STALE };
const LAST_GOOD_OPENING = {
  options: { rules: OPENING },
  before: READER_AND_UNCOVERED,
  during: READER_AND_UNCOVERED,
  later: STALE,
};

/** One row for each fault. What comes after all of them: the registry as it was, read again. */
const FAULTS: readonly Fault[] = [
  {
    fault: 'the source is down',
    becomes: () => new RegistryUnavailableError('refused'),
    ...LAST_GOOD,
    error: 'ERR_REGISTRY_UNAVAILABLE',
  },
  {
    fault: 'the source is down, and rules open what is not covered',
    becomes: () => new RegistryUnavailableError('refused'),
    ...LAST_GOOD_OPENING,
    error: 'ERR_REGISTRY_UNAVAILABLE',
  },
  { fault: 'the source does not answer', becomes: () => 'hangs', ...LAST_GOOD, heals: 900 },
  {
    fault: 'a half-written registry',
    becomes: () => new RegistryInvalidError('is cut off'),
    ...LAST_GOOD,
    error: 'ERR_REGISTRY_INVALID',
  },
  {
    fault: 'an error that is not ours',
    becomes: () => new TypeError('undefined is not a function'),
    ...LAST_GOOD,
    error: 'none',
  },
  {
    fault: 'emptied: no project at all',
    becomes: () => new RegistryProjectMissingError('holds no project'),
    ...LAST_GOOD_OPENING,
    error: 'ERR_REGISTRY_PROJECT_MISSING',
  },
  {
    fault: 'emptied, where the source says nothing of it',
    becomes: () => ({ ...whole(), projects: [], permissions: [], resources: [] }),
    ...LAST_GOOD_OPENING,
    error: 'ERR_REGISTRY_PROJECT_MISSING',
  },
  {
    fault: 'torn down: another project is left',
    becomes: () => registryOf({ projects: [PROJECT_Q], featureViews: [] }),
    ...LAST_GOOD_OPENING,
    error: 'ERR_REGISTRY_PROJECT_MISSING',
  },
  {
    fault: 'the project is renamed in case',
    becomes: () => registryOf({ projects: [{ spec: { name: 'P' } }], featureViews: [] }),
    ...LAST_GOOD,
    error: 'ERR_REGISTRY_PROJECT_MISSING',
  },
  {
    fault: 'a permission with a pattern that is refused',
    becomes: () => registryOf({ permissions: [onV('reader', { namePatterns: ['('] })] }),
    ...LAST_GOOD,
    error: 'ERR_PATTERN_UNSUPPORTED',
  },
  {
    fault: 'an older version: the registry is right, whatever it held',
    registry: two,
    becomes: whole,
    before: [...READER, 'writer v'],
    during: READER,
    later: READER,
    removed: ['writer'],
  },
  {
    fault: 'all permissions are gone',
    becomes: registryOf,
    before: READER,
    during: [],
    later: [],
    removed: ['reader'],
  },
  {
    fault: 'all permissions are gone, and rules would open all of it',
    options: { rules: OPENING },
    becomes: registryOf,
    before: READER_AND_UNCOVERED,
    during: UNCOVERED,
    later: UNCOVERED,
    removed: ['reader'],
    closed: ['reader'],
  },
  {
    fault: 'all permissions are gone, and rules would let named users in',
    options: { rules: { whenNoPermissions: 'allow-named' } },
    becomes: registryOf,
    before: READER,
    during: [],
    later: [],
    removed: ['reader'],
    closed: ['reader'],
  },
  {
    fault: 'the last permission on a resource is gone, and rules would open it',
    options: { rules: OPENING },
    registry: () =>
      registryOf({ permissions: [onV('reader'), onV('writer', { namePatterns: ['free'] })] }),
    becomes: () => registryOf({ permissions: [onV('writer', { namePatterns: ['free'] })] }),
    before: [
      'reader v',
      'reader unregistered',
      'writer free',
      'writer unregistered',
      'named unregistered',
      'anonymous unregistered',
    ],
    during: [
      'reader unregistered',
      'writer free',
      'writer unregistered',
      'named unregistered',
      'anonymous unregistered',
    ],
    later: [
      'reader unregistered',
      'writer free',
      'writer unregistered',
      'named unregistered',
      'anonymous unregistered',
    ],
    removed: ['reader'],
    closed: ['reader'],
  },
  {
    fault: 'the last permission on a name that is not registered is gone',
    options: { rules: OPENING },
    registry: () =>
      registryOf({ permissions: [onV('reader', { namePatterns: ['v', 'unregistered'] })] }),
    becomes: whole,
    before: [
      'reader v',
      'reader free',
      'reader unregistered',
      'writer free',
      'named free',
      'anonymous free',
    ],
    during: ['reader v', 'reader free', 'writer free', 'named free', 'anonymous free'],
    later: ['reader v', 'reader free', 'writer free', 'named free', 'anonymous free'],
    closed: ['reader'],
  },
  {
    fault: 'a permission goes and another one covers the same',
    options: { rules: OPENING },
    registry: two,
    becomes: whole,
    before: ['reader v', ...UNCOVERED, 'writer v'],
    during: READER_AND_UNCOVERED,
    later: READER_AND_UNCOVERED,
    removed: ['writer'],
  },
  {
    fault: 'a permission is renamed in case',
    options: { rules: OPENING },
    becomes: () => registryOf({ permissions: [onV('reader', { name: 'Reader' })] }),
    before: READER_AND_UNCOVERED,
    during: READER_AND_UNCOVERED,
    later: READER_AND_UNCOVERED,
    removed: ['reader'],
  },
  {
    fault: 'many permissions are gone: too many to remember each',
    options: { rules: OPENING },
    registry: () =>
      registryOf({
        permissions: Array.from({ length: 10_001 }, (_, index) =>
          onV('reader', { name: `p${index}`, namePatterns: [index === 0 ? 'v' : `n${index}`] }),
        ),
      }),
    becomes: registryOf,
    before: READER_AND_UNCOVERED,
    during: [],
    later: [],
    removed: expect.any(Array) as never,
    closed: ['many'],
    after: READER,
  },
];

let live: LiveStore | undefined;
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  live?.close();
  vi.useRealTimers();
});

const names = (of: readonly { readonly name: string }[]): readonly string[] =>
  of.map(({ name }) => name);

describe('what is in force before, during and after', () => {
  test.each(FAULTS)('$fault', async (row) => {
    const { registry = whole, becomes, options, error, removed = [], closed = [] } = row;
    const good = registry();
    const source = new FaultySource(good);
    const watched = await watchSource(source, options);
    live = watched.live;
    const { events } = watched;
    expect(sort(inForce(live))).toEqual(sort(row.before));

    source.set(becomes());
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    expect(sort(inForce(live))).toEqual(sort(row.during));
    const [event] = events;
    if (event?.outcome === 'failed') {
      expect((event.error as { code?: string }).code ?? 'none').toBe(error);
    } else if (event?.outcome === 'reloaded') {
      expect(names(event.removedPermissions)).toEqual(removed);
      expect(names(event.closed)).toEqual(closed);
    }
    expect(event?.outcome).toBe(error ? 'failed' : row.later === STALE ? undefined : 'reloaded');

    // Right up to the end of the time, and right behind it.
    await vi.advanceTimersByTimeAsync(890 * SECOND);
    expect(sort(inForce(live))).toEqual(sort(row.during));
    await vi.advanceTimersByTimeAsync(6 * SECOND);
    expect(sort(inForce(live))).toEqual(sort(row.later));
    expect(events.some(({ outcome }) => outcome === 'stale')).toBe(row.later === STALE);
    await vi.advanceTimersByTimeAsync(7200 * SECOND);
    expect(sort(inForce(live))).toEqual(sort(row.later));

    // A look that does not end is not repeated: the store reads again by itself.
    source.set(good);
    await vi.advanceTimersByTimeAsync((row.heals ?? 5) * SECOND);
    expect(sort(inForce(live))).toEqual(sort(row.after ?? row.before));
    expect(events.at(-1)).toMatchObject({ outcome: 'reloaded', emptiedProjects: [] });
    expect(live.warnings).toHaveLength(row.after === undefined ? 0 : 1);
  });

  test.each(FAULTS)('$fault: nothing is wider than before', ({ before, during, later }) => {
    expect(during.filter((label) => !before.includes(label))).toEqual([]);
    if (later !== STALE) expect(later).toEqual(during);
  });
});

describe('a registry of several projects', () => {
  const IN_Q = { spec: { name: 'v', project: 'q' } };
  const both = () =>
    registryOf({
      projects: [{ spec: { name: 'p' } }, PROJECT_Q],
      featureViews: [IN_Q, { spec: { name: 'v', project: 'p' } }],
      permissions: [onV('reader'), onV('reader', { project: 'q' })],
    });
  const may = (store: LiveStore, who: string, project: string): boolean => {
    const subject = { username: 'ann', roles: [who] };
    return store.authorizer.can(subject, 'DESCRIBE', { type: 'FeatureView', name: 'v', project });
  };

  test('loses one: it is closed at once, and comes back closed without its permissions', async () => {
    const source = new FaultySource(both());
    const watched = await watchSource(source, { rules: OPENING }, null);
    live = watched.live;
    source.set(whole());
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    expect(may(live, 'reader', 'q')).toBe(false);
    expect(may(live, 'reader', 'p')).toBe(true);
    expect(watched.events.at(-1)).toMatchObject({
      removedPermissions: [{ name: 'reader', project: 'q' }],
      closed: [],
    });
    source.set(
      registryOf({
        projects: [{ spec: { name: 'p' } }, PROJECT_Q],
        featureViews: [IN_Q],
        permissions: [onV('reader')],
      }),
    );
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    expect(may(live, 'reader', 'q')).toBe(false);
    expect(may(live, 'nobody', 'q')).toBe(false);
    expect(may(live, 'reader', 'p')).toBe(true);
    expect(watched.events.at(-1)).toMatchObject({ closed: [{ name: 'reader', project: 'q' }] });
  });

  test('loses all of them: it is not believed', async () => {
    const source = new FaultySource(both());
    const watched = await watchSource(source, {}, null);
    live = watched.live;
    source.set(registryOf({ projects: [{ spec: { name: 'r' } }], featureViews: [] }));
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    expect(may(live, 'reader', 'q')).toBe(true);
    expect(watched.events.at(-1)).toMatchObject({
      outcome: 'failed',
      error: expect.any(RegistryProjectMissingError),
    });
  });
});
