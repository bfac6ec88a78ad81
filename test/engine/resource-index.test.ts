import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ResourceIndex } from '../../src/engine/resource-index.js';
import type { Resource } from '../../src/model/index.js';
import { propertyRuns } from '../support/property-runs.js';

const TYPES = ['FeatureView', 'Entity', 'DataSource'] as const;

describe('ResourceIndex', () => {
  it('tells resources of one name apart by their types', () => {
    const places = new ResourceIndex();
    places.set('Entity', 1, 'driver', 7);
    expect(places.get({ type: 'Entity', name: 'driver' })).toBe(7);
    expect(places.get({ type: 'DataSource', name: 'driver' })).toBeUndefined();
    places.set('DataSource', 2, 'driver', 8);
    places.set('FeatureView', 0, 'driver', 9);
    expect(TYPES.map((type) => places.get({ type, name: 'driver' }))).toEqual([9, 7, 8]);
    expect(places.get({ type: 'Project', name: 'driver' })).toBeUndefined();
  });

  it('finds nothing for an invalid resource', () => {
    const places = new ResourceIndex();
    places.set('Entity', 1, 'driver', 7);
    for (const given of [null, undefined, 'driver', {}, { name: 'driver' }, { name: 1 }]) {
      expect(places.get(given as unknown as Resource)).toBeUndefined();
    }
  });

  it('answers as a map of pairs', () => {
    const names = ['a', 'b', '', '__proto__', 'constructor'];
    const entry = fc.record({
      typeId: fc.nat(TYPES.length - 1),
      name: fc.constantFrom(...names),
      number: fc.nat(2 ** 26 - 1),
    });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 12 }), (entries) => {
        const places = new ResourceIndex();
        const expected = new Map<string, number>();
        for (const { typeId, name, number } of entries) {
          const key = JSON.stringify([TYPES[typeId], name]);
          if (expected.has(key)) continue;
          expected.set(key, number);
          places.set(TYPES[typeId] as string, typeId, name, number);
        }
        for (const type of TYPES) {
          for (const name of names) {
            expect(places.get({ type, name })).toBe(expected.get(JSON.stringify([type, name])));
          }
        }
      }),
      propertyRuns(1_000, 50_000),
    );
  });
});
