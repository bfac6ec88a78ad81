import { describe, expect, test } from 'vitest';
import { explore, type Scope } from '../gate/explore-protocol.js';

const NONE: Scope = { readers: 1, ticks: 0, changes: 0, tears: 0, failures: 0, steps: 0 };

describe('all interleavings of', () => {
  test.each<readonly [string, Scope, number]>([
    ['two changes between three states', { ...NONE, ticks: 4, changes: 2 }, 100_000],
    ['changes and torn readings', { ...NONE, ticks: 3, changes: 2, tears: 1 }, 60_000],
    [
      'a failure and a clock that is set',
      { ...NONE, ticks: 3, changes: 1, failures: 1, steps: 1 },
      80_000,
    ],
    ['two readers', { ...NONE, readers: 2, ticks: 2, changes: 1 }, 50_000],
  ])('%s grant nothing that they must not', (_, scope, atLeast) => {
    const { states, violation, settled, granted } = explore(scope);
    expect(violation).toBeUndefined();
    expect(states).toBeGreaterThan(atLeast);
    // The model reaches what it is about.
    expect(settled).toBeGreaterThan(0);
    expect(granted).toBeGreaterThan(0);
  });
});
