import { array, assert, nat, property, uniqueArray } from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ALL_SET,
  EMPTY_SET,
  equalSets,
  intersectSets,
  negateSet,
  normalizeSet,
  setContains,
  singleCodePoint,
  unionSets,
} from '../../../src/matchers/name-pattern/code-point-set.js';
import {
  type CodePointSet,
  MAX_CODE_POINT,
} from '../../../src/matchers/name-pattern/pattern-tree.js';

/** The set of `members`, made one by one. */
function setOf(members: readonly number[]): CodePointSet {
  return normalizeSet(members.flatMap((member) => [member, member]));
}

function membersBelow(set: CodePointSet, limit: number): number[] {
  return Array.from({ length: limit }, (_, codePoint) => codePoint).filter((codePoint) =>
    setContains(set, codePoint),
  );
}

const LIMIT = 24;
const members = uniqueArray(nat(LIMIT - 1));

describe('sets agree with lists of their members', () => {
  const all = Array.from({ length: LIMIT }, (_, codePoint) => codePoint);

  test('membership, union, intersection and complement', () => {
    assert(
      property(members, members, (a, b) => {
        expect(membersBelow(setOf(a), LIMIT)).toEqual(all.filter((x) => a.includes(x)));
        expect(membersBelow(unionSets(setOf(a), setOf(b)), LIMIT)).toEqual(
          all.filter((x) => a.includes(x) || b.includes(x)),
        );
        expect(membersBelow(intersectSets(setOf(a), setOf(b)), LIMIT)).toEqual(
          all.filter((x) => a.includes(x) && b.includes(x)),
        );
        expect(membersBelow(negateSet(setOf(a)), LIMIT)).toEqual(all.filter((x) => !a.includes(x)));
        expect(negateSet(negateSet(setOf(a)))).toEqual(setOf(a));
      }),
    );
  });

  test('ranges in any order become ascending and apart', () => {
    assert(
      property(array(nat(LIMIT - 1)), (bounds) => {
        const ranges = bounds.flatMap((first, i) => [first, Math.min(LIMIT - 1, first + (i % 4))]);
        const set = normalizeSet(ranges);
        expect(
          set.every(
            (bound, i) => i === 0 || bound > (set[i - 1] as number) + (i % 2 === 0 ? 1 : -1),
          ),
        ).toBe(true);
        expect(membersBelow(set, LIMIT)).toEqual(
          all.filter((x) => bounds.some((first, i) => x >= first && x <= first + (i % 4))),
        );
      }),
    );
  });
});

test('the bounds of the code points', () => {
  expect(negateSet(EMPTY_SET)).toEqual(ALL_SET);
  expect(negateSet(ALL_SET)).toEqual(EMPTY_SET);
  expect(negateSet([0, 5])).toEqual([6, MAX_CODE_POINT]);
  expect(negateSet([6, MAX_CODE_POINT])).toEqual([0, 5]);
  expect(setContains(ALL_SET, MAX_CODE_POINT)).toBe(true);
  expect(setContains(EMPTY_SET, 0)).toBe(false);
});

test('a single code point', () => {
  expect(singleCodePoint([7, 7])).toBe(7);
  expect(singleCodePoint([7, 8])).toBeUndefined();
  expect(singleCodePoint([7, 7, 9, 9])).toBeUndefined();
  expect(singleCodePoint(EMPTY_SET)).toBeUndefined();
});

test('a union of nothing and of one', () => {
  expect(unionSets()).toEqual(EMPTY_SET);
  expect(unionSets([1, 2])).toEqual([1, 2]);
  expect(equalSets([1, 2], [1, 2])).toBe(true);
  expect(equalSets([1, 2], [1, 3])).toBe(false);
});
