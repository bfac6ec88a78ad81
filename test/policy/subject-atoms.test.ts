import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AtomSet, SubjectAtoms } from '../../src/policy/subject-atoms.js';
import { propertyRuns } from '../support/property-runs.js';

describe('AtomSet', () => {
  it('has what it was made of and nothing else, close together or far apart', () => {
    const atom = fc.oneof(fc.nat(40), fc.nat(2000), fc.nat(1_000_000));
    fc.assert(
      fc.property(
        fc.array(atom, { maxLength: 80 }),
        fc.array(atom, { maxLength: 20 }),
        (members, others) => {
          const set = new AtomSet(members);
          for (const one of [...members, ...others, ...members.map((member) => member + 1)]) {
            expect(set.has(one)).toBe(members.includes(one));
          }
          expect([...set.atoms]).toEqual([...new Set(members)].sort((a, b) => a - b));
        },
      ),
      propertyRuns(300, 20_000),
    );
  });

  it('has nothing when it is empty', () => {
    expect([0, 1, 1000].some((atom) => AtomSet.EMPTY.has(atom))).toBe(false);
  });

  it('has bits at the borders of its words', () => {
    const set = new AtomSet([0, 31, 32, 63]);
    expect([0, 1, 30, 31, 32, 33, 62, 63, 64].filter((atom) => set.has(atom))).toEqual([
      0, 31, 32, 63,
    ]);
  });
});

describe('SubjectAtoms', () => {
  it('numbers roles, groups and namespaces of one name apart', () => {
    const atoms = new SubjectAtoms();
    const numbers = [atoms.role('a'), atoms.group('a'), atoms.namespace('a'), atoms.role('b')];
    expect(new Set(numbers).size).toBe(4);
    expect(atoms.role('a')).toBe(numbers[0]);
    const subject = {
      username: 'u',
      roles: ['a', 'unknown', 'a'],
      groups: ['b'],
      namespaces: ['a'],
    };
    expect([...atoms.of(subject)]).toEqual([numbers[0], numbers[2]]);
    expect([...atoms.of(null)]).toEqual([]);
  });
});
