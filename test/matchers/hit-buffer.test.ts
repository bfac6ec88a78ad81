import { expect, test } from 'vitest';
import { HitBuffer } from '../../src/matchers/hit-buffer.js';

test('keeps values in order while it grows, and starts over when emptied', () => {
  const hits = new HitBuffer();
  for (let value = 0; value < 1000; value++) hits.push(value * 3);
  expect(hits.count).toBe(1000);
  expect(Array.from({ length: 1000 }, (_, at) => hits.at(at))).toEqual(
    Array.from({ length: 1000 }, (_, value) => value * 3),
  );
  hits.clear();
  expect(hits.count).toBe(0);
  hits.push(-7);
  expect([hits.count, hits.at(0)]).toEqual([1, -7]);
});

test.each([0, 1, 2, 20, 32, 33, 500])('gives a sorted copy of %i values', (length) => {
  const hits = new HitBuffer();
  const values = Array.from({ length }, (_, index) => (index * 7919) % 101);
  for (const value of values) hits.push(value);
  expect(Array.from(hits.toSorted())).toEqual(values.toSorted((a, b) => a - b));
  expect(Array.from({ length }, (_, at) => hits.at(at))).toEqual(values);
});
