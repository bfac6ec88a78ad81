import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { RangeCache } from '../../../src/registry/wire/range-cache.js';

test('gives what was read from the same bytes, whatever else was read', () => {
  // Few letters, so that ranges are alike, and more ranges than there are slots.
  const bytes = fc.uint8Array({ max: 2, minLength: 1, maxLength: 400 });
  fc.assert(
    fc.property(bytes, fc.infiniteStream(fc.nat(400)), (content, numbers) => {
      const cache = new RangeCache<string>(content);
      const textOf = (start: number, end: number): string => content.subarray(start, end).join();
      for (let asked = 0; asked < 300; asked += 1) {
        const start = (numbers.next().value as number) % content.length;
        const end = Math.min(content.length, start + ((numbers.next().value as number) % 12));
        expect(cache.get(start, end, textOf)).toBe(textOf(start, end));
      }
    }),
  );
});

test('reads the same bytes once, and a long range each time', () => {
  const content = new Uint8Array(1000);
  const cache = new RangeCache<number>(content);
  let reads = 0;
  const read = (): number => ++reads;
  expect([cache.get(0, 256, read), cache.get(700, 956, read), cache.get(0, 0, read)]).toEqual([
    1, 1, 2,
  ]);
  expect([cache.get(0, 257, read), cache.get(0, 257, read)]).toEqual([3, 4]);
});
