import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AttributeSet } from '../../src/policy/attribute-set.js';
import { propertyRuns } from '../support/property-runs.js';

describe('AttributeSet', () => {
  it('has what it was made of and nothing else, close together or far apart', () => {
    const attribute = fc.oneof(fc.nat(40), fc.nat(2000), fc.nat(1_000_000));
    fc.assert(
      fc.property(
        fc.array(attribute, { maxLength: 80 }),
        fc.array(attribute, { maxLength: 20 }),
        (members, others) => {
          const set = new AttributeSet(members);
          for (const one of [...members, ...others, ...members.map((member) => member + 1)]) {
            expect(set.has(one)).toBe(members.includes(one));
          }
          expect([...set.attributes]).toEqual([...new Set(members)].sort((a, b) => a - b));
        },
      ),
      propertyRuns(300, 20_000),
    );
  });

  it('has nothing when it is empty', () => {
    expect([0, 1, 1000].some((attribute) => AttributeSet.EMPTY.has(attribute))).toBe(false);
  });

  it('has bits at the borders of its words', () => {
    const set = new AttributeSet([0, 31, 32, 63]);
    expect([0, 1, 30, 31, 32, 33, 62, 63, 64].filter((attribute) => set.has(attribute))).toEqual([
      0, 31, 32, 63,
    ]);
  });
});
