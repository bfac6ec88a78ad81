import { parse } from 'node:querystring';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readQuery } from '../../../src/adapters/support/read-query.js';
import { RequestInvalidError } from '../../../src/model/index.js';

const read = (parsed: unknown, url: string): string => readQuery(parsed, url).toString();

describe('readQuery', () => {
  test.each<[string, unknown, string, string]>([
    ['nothing', {}, '/x', ''],
    ['nothing that was parsed', undefined, '/x?', ''],
    ['one value', { a: '1' }, '/x?a=1', 'a=1'],
    ['a name without a value', { a: '' }, '/x?a', 'a='],
    ['several values', { a: ['1', '2'], b: 'x y' }, '/x?a=1&b=x+y&a=2', 'a=1&a=2&b=x+y'],
    ['a list of one', { a: ['1'] }, '/x?a=1', 'a=1'],
    ['a number that a schema made', { a: 5, b: true }, '/x?a=5&b=true', 'a=5&b=true'],
    ['a number that a schema put there', { a: '1', limit: 50 }, '/x?a=1', 'a=1&limit=50'],
  ])('gives what both read: %s', (_, parsed, url, expected) => {
    expect(read(parsed, url)).toBe(expected);
  });

  test.each<[string, unknown, string]>([
    ['a fragment', { a: '1' }, '/x?a=1#b'],
    ['a second question mark', { '?a': '1' }, '/x??a=1'],
    ['brackets', { 'a[b]': '1' }, '/x?a[b]=1'],
    ['brackets that were parsed', { a: { b: '1' } }, '/x?a[b]=1'],
    ['encoded brackets', { 'a[]': '1' }, '/x?a%5B%5D=1'],
    ['a name that the framework does not have', {}, '/x?a=1'],
    ['a name that only the framework has', { a: '1', b: '2' }, '/x?a=1'],
    ['another value', { a: '2' }, '/x?a=1'],
    ['a value less', { a: '1' }, '/x?a=1&a=2'],
    ['values in another order', { a: ['2', '1'] }, '/x?a=1&a=2'],
    ['a number that is written otherwise', { a: 5 }, '/x?a=05'],
    ['an object', { a: { b: '1' } }, '/x?a=1'],
    ['null', { a: null }, '/x?a'],
    ['101 values', parse('a=&'.repeat(101)), `/x?${'a=&'.repeat(101)}`],
  ])('refuses %s', (_, parsed, url) => {
    expect(() => readQuery(parsed, url)).toThrow(RequestInvalidError);
  });

  test('never gives what one of the two does not read', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', '=', '&', '?', '%3D', '%5B', '%ff', '+', ';', '[', ']', '#'),
      maxLength: 12,
    });
    fc.assert(
      fc.property(text, text, (search, other) => {
        for (const parsed of [parse(search), parse(other)]) {
          let query: URLSearchParams;
          try {
            query = readQuery(parsed, `/x?${search}`);
          } catch (error) {
            expect(error).toBeInstanceOf(RequestInvalidError);
            continue;
          }
          const ours = new URL(`http://x/?${search}`).searchParams;
          for (const name of new Set([...ours.keys(), ...query.keys(), ...Object.keys(parsed)])) {
            expect(query.getAll(name)).toEqual(ours.getAll(name));
            expect(query.getAll(name)).toEqual([parsed[name] ?? []].flat());
          }
        }
      }),
    );
  });
});
