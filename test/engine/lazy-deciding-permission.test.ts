import { describe, expect, it } from 'vitest';
import { LazyDecidingPermission } from '../../src/engine/lazy-deciding-permission.js';

const FACTS = { name: 'readers', project: undefined, granted: true } as const;

describe('LazyDecidingPermission', () => {
  it('makes its sentence when it is first read, and once', () => {
    let calls = 0;
    const permission = new LazyDecidingPermission(FACTS, () => `sentence ${++calls}`);
    expect([permission.name, permission.granted, calls]).toEqual(['readers', true, 0]);
    expect([permission.explanation, permission.explanation]).toEqual(['sentence 1', 'sentence 1']);
  });

  it('is serialised and copied with its sentence', () => {
    const whole = { ...FACTS, explanation: 'because' };
    const make = () => new LazyDecidingPermission(FACTS, () => 'because');
    expect({ ...make() }).toEqual(whole);
    expect(structuredClone({ ...make() })).toEqual(whole);
    expect(JSON.parse(JSON.stringify(make()))).toEqual({
      name: 'readers',
      granted: true,
      explanation: 'because',
    });
  });

  it('is frozen, and shares its getter with all of its kind', () => {
    const [one, other] = ['one', 'other'].map(
      (sentence) => new LazyDecidingPermission(FACTS, () => sentence),
    );
    const getterOf = (permission: object | undefined) =>
      Object.getOwnPropertyDescriptor(permission, 'explanation')?.get;
    expect(Object.isFrozen(one)).toBe(true);
    expect(getterOf(one)).toBe(getterOf(other));
    expect([one?.explanation, other?.explanation]).toEqual(['one', 'other']);
  });
});
