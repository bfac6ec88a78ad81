import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoundedCache } from '../../src/foundation/bounded-cache.js';
import { propertyRuns } from '../support/property-runs.js';

const weigh = (value: { readonly weight: number }): number => value.weight;

describe('BoundedCache', () => {
  it('never holds more than two generations, and never a wrong value', () => {
    const step = fc.record({
      key: fc.nat(12),
      weight: fc.integer({ min: 1, max: 6 }),
      isSet: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const cache = new BoundedCache<number, { weight: number }>(10, weigh);
        const last = new Map<number, { weight: number }>();
        for (const { key, weight, isSet } of steps) {
          if (isSet) {
            const value = { weight };
            cache.set(key, value);
            last.set(key, value);
          } else {
            expect([undefined, last.get(key)]).toContain(cache.get(key));
          }
          expect(cache.size).toBeLessThanOrEqual(20);
        }
      }),
      propertyRuns(200, 20_000),
    );
  });

  it('keeps what is asked for, and forgets what is not', () => {
    const cache = new BoundedCache<string, { weight: number }>(3, weigh);
    const value = { weight: 1 };
    cache.set('wanted', value);
    cache.set('once', value);
    for (let index = 0; index < 20; index++) {
      cache.set(`stranger ${index}`, value);
      expect(cache.get('wanted')).toBe(value);
    }
    expect(cache.get('once')).toBeUndefined();
    expect(cache.size).toBeLessThanOrEqual(6);
  });

  it('counts weights: heavy values crowd others out', () => {
    const cache = new BoundedCache<string, { weight: number }>(10, weigh);
    for (const key of ['a', 'b', 'c', 'd']) cache.set(key, { weight: 9 });
    expect(cache.size).toBe(2);
    cache.set('e', { weight: 11 });
    expect(cache.get('e')).toBeUndefined();
    expect(cache.size).toBe(2);
  });

  it('counts a value that is replaced once', () => {
    const cache = new BoundedCache<string, { weight: number }>(10, weigh);
    cache.set('kept', { weight: 4 });
    for (let index = 0; index < 20; index++) cache.set('same', { weight: 5 });
    expect(cache.size).toBe(2);
    expect(cache.get('kept')).toEqual({ weight: 4 });
  });
});
