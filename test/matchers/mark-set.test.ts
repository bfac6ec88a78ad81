import { expect, test } from 'vitest';
import { MarkSet } from '../../src/matchers/mark-set.js';

test('says of each member whether it is new', () => {
  const marks = new MarkSet(3);
  expect([0, 2, 0, 2, 1].map((member) => marks.add(member))).toEqual([
    true,
    true,
    false,
    false,
    true,
  ]);
});

test('knows its members', () => {
  const marks = new MarkSet(3);
  marks.add(2);
  expect([0, 1, 2].map((member) => marks.has(member))).toEqual([false, false, true]);
  marks.clear();
  expect(marks.has(2)).toBe(false);
});

test('forgets its members when emptied, however often', () => {
  const marks = new MarkSet(2);
  const wrongRounds: number[] = [];
  marks.add(1);
  for (let round = 0; round < 200_000; round++) {
    marks.clear();
    // Member 1 rests for whole cycles of marks, so that an old mark would show as a member.
    const member = round % 65_535 === 0 ? 1 : 0;
    const isNew = marks.add(member);
    const isNewAgain = marks.add(member);
    if (!isNew || isNewAgain) wrongRounds.push(round);
  }
  expect(wrongRounds).toEqual([]);
});
