import { describe, expect, test } from 'vitest';
import {
  afterLook,
  afterReading,
  decidingReadings,
  firstState,
  isReadAfter,
  isStale,
  type LiveState,
  newestReading,
  type Reading,
  type SettleRules,
} from '../../src/gate/live-protocol.js';
import { explore, type Scope } from './explore-protocol.js';

const SMALL: Scope = { readers: 1, ticks: 3, changes: 2, tears: 0, failures: 0, steps: 0 };
const RULES: SettleRules = { inSteps: true, settleMs: 1000, maxSettleMs: 3000 };

function reading(digest: string, began: number, ended = began): Reading {
  return { digest, began, ended, time: began };
}
const digests = (state: LiveState<Reading>): readonly string[] =>
  decidingReadings(state).map(({ digest }) => digest);

describe('a change of a registry', () => {
  const first = firstState(reading('a', 0), false);

  test('is in force at once where a registry changes as a whole', () => {
    const state = afterReading(first, reading('b', 10), { ...RULES, inSteps: false });
    expect(digests(state)).toEqual(['b']);
  });

  test('needs the grant of both readings until they agree for long enough', () => {
    const changed = afterReading(first, reading('b', 100, 150), RULES);
    expect(digests(changed)).toEqual(['a', 'b']);
    expect(digests(afterReading(changed, reading('b', 1149), RULES))).toEqual(['a', 'b']);
    expect(digests(afterReading(changed, reading('b', 1150), RULES))).toEqual(['b']);
  });

  test('begins to settle anew with each reading that differs, and ends all the same', () => {
    let state = first;
    for (let time = 500; time < 3500; time += 500) {
      state = afterReading(state, reading(`${time}`, time), RULES);
      expect(digests(state)).toEqual(['a', `${time}`]);
    }
    expect(digests(afterReading(state, reading('last', 3500), RULES))).toEqual(['last']);
  });

  test('that was taken back is over at once', () => {
    const changed = afterReading(first, reading('b', 100), RULES);
    expect(digests(afterReading(changed, reading('a', 200), RULES))).toEqual(['a']);
  });

  test('is not settled by a look, which confirms what was read', () => {
    const changed = afterReading(first, reading('b', 100), RULES);
    const looked = afterLook(changed, 5000);
    expect(digests(looked)).toEqual(['a', 'b']);
    expect(isStale(looked, 5999, 1000)).toBe(false);
    expect(isStale(looked, 6000, 1000)).toBe(true);
  });

  test('has to settle at the first reading too, where that may be in the middle', () => {
    const cautious = firstState(reading('a', 0), true);
    expect(decidingReadings(cautious)).toHaveLength(2);
    expect(decidingReadings(afterReading(cautious, reading('a', 999), RULES))).toHaveLength(2);
    expect(decidingReadings(afterReading(cautious, reading('a', 1000), RULES))).toHaveLength(1);
  });
});

describe('a reading after a time', () => {
  const state = firstState({ digest: 'a', began: 100, ended: 120, time: 9000 }, false);

  test('began later, by the clock of the source', () => {
    expect(isReadAfter(state, 8999)).toBe(true);
    expect(isReadAfter(state, 9000)).toBe(false);
  });

  test('is not believed when the clock was set back since', () => {
    expect(isReadAfter(state, 5000, { now: 1100, time: 10_000 })).toBe(true);
    expect(isReadAfter(state, 5000, { now: 1100, time: 6000 })).toBe(false);
  });

  test('is the newest one, which need not have settled', () => {
    const changed = afterReading(state, { ...reading('b', 200), time: 9100 }, RULES);
    expect(newestReading(changed).digest).toBe('b');
    expect(isReadAfter(changed, 9050)).toBe(true);
  });
});

// Larger scopes are in test/e2e/live-protocol.e2e.ts.
describe('all interleavings of', () => {
  test.each<readonly [string, Scope, number]>([
    ['one reader', { ...SMALL, changes: 1 }, 4000],
    ['two readers', { ...SMALL, readers: 2, ticks: 1, changes: 1 }, 3000],
  ])('%s grant nothing that they must not', (_, scope, atLeast) => {
    const { states, violation, granted } = explore(scope);
    expect(violation).toBeUndefined();
    expect(states).toBeGreaterThan(atLeast);
    expect(granted).toBeGreaterThan(0);
  });

  test.each([
    ['settles without waiting', { settleMs: 0 }, 'granted before it has settled'],
    ['puts every reading in force at once', { inSteps: false }, 'granted before it has settled'],
    ['waits for a quiet that does not come', { maxSettleMs: 1e9 }, 'a change does not settle'],
  ])('find a protocol that %s', (_, mutant, violation) => {
    expect(explore(SMALL, mutant).violation).toContain(violation);
  });
});
