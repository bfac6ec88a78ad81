import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJsonObject } from '../../src/foundation/json.js';

const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 }));

describe('parseJsonObject', () => {
  it('reads what JSON reads', () => {
    fc.assert(
      fc.property(object, fc.nat(3), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(parseJsonObject(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('refuses a member that is given twice, wherever it is', () => {
    const wrappers = ['{"a":#}', '{"a":[1,#]}', '{"a":{"b":"}","c":#}}', '[#]', '{"#":#}'];
    fc.assert(
      fc.property(object, fc.string(), fc.constantFrom(...wrappers), (value, name, wrapper) => {
        const members = Object.entries({ ...value, [name]: 0 });
        const twice = [...members, [name, 1] as const];
        const text = twice.map(
          ([key, member]) => `${JSON.stringify(key)}:${JSON.stringify(member)}`,
        );
        expect(parseJsonObject(`{${text.join(',')}}`)).toBeUndefined();
        const nested = wrapper.replace('#', () => `{${text.join(',')}}`);
        expect(parseJsonObject(nested)).toBeUndefined();
      }),
    );
  });

  it.each([
    ['', undefined],
    ['[]', undefined],
    ['"a"', undefined],
    ['null', undefined],
    ['{} {}', undefined],
    ['{"a":1,"\\u0061":2}', undefined],
    ['{"a":"\\"a\\":1","b":"\\\\"}', { a: '"a":1', b: '\\' }],
    ['{"a":{"a":1},"b":["b",{"b":2}]}', { a: { a: 1 }, b: ['b', { b: 2 }] }],
  ])('reads %j as %j', (text, value) => {
    expect(parseJsonObject(text)).toEqual(value);
  });

  it('reads 32 levels and no more', () => {
    const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    expect(parseJsonObject(nested(32))).toBeDefined();
    expect(parseJsonObject(nested(33))).toBeUndefined();
    expect(parseJsonObject(nested(100_000))).toBeUndefined();
  });

  it('keeps names that mean something to JavaScript as names', () => {
    const value = parseJsonObject('{"__proto__":{"admin":true},"constructor":1}');
    expect(Object.keys(value ?? {})).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });
});
