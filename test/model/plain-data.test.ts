import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { frozenCopy, isPlainObject } from '../../src/model/plain-data.js';

class Thing {
  readonly a = 1;
}

describe('isPlainObject', () => {
  it.each([
    [{}],
    [{ a: 1 }],
    [Object.create(null)],
    [JSON.parse('{"__proto__":1}')],
    [runInNewContext('({ a: 1 })')],
  ])('takes %j', (value) => {
    expect(isPlainObject(value)).toBe(true);
  });

  it.each([
    [null],
    [undefined],
    [1],
    ['a'],
    [[]],
    [new Map()],
    [new Date()],
    [new Thing()],
    [() => 1],
  ])('does not take %o', (value) => {
    expect(isPlainObject(value)).toBe(false);
  });
});

describe('frozenCopy', () => {
  it('copies and freezes at every depth', () => {
    const original = { list: [{ deep: ['a'] }], word: 'b', nothing: null };
    const copy = frozenCopy(original);
    expect(copy).toEqual(original);
    original.list[0]!.deep.push('c');
    expect(copy.list[0]!.deep).toEqual(['a']);
    expect([copy, copy.list, copy.list[0], copy.list[0]!.deep].every(Object.isFrozen)).toBe(true);
    expect(Object.isFrozen(original)).toBe(false);
  });

  it('shares other objects, and leaves them as they are', () => {
    const thing = new Thing();
    const copy = frozenCopy({ thing });
    expect(copy.thing).toBe(thing);
    expect(Object.isFrozen(thing)).toBe(false);
  });

  it('keeps a member named __proto__ a member', () => {
    const copy = frozenCopy(JSON.parse('{"__proto__":{"admin":true}}') as Record<string, unknown>);
    expect(Object.keys(copy)).toEqual(['__proto__']);
    expect(copy['admin']).toBeUndefined();
  });
});
