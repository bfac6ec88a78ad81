import { describe, expect, it } from 'vitest';
import { assertSubject, freezeSubject, type Subject } from '../../src/model/index.js';

describe('assertSubject', () => {
  it.each([
    [null],
    [{ username: '' }],
    [{ username: 'a', roles: [], groups: ['g'], namespaces: undefined }],
  ])('takes %j', (subject) => {
    expect(() => assertSubject(subject)).not.toThrow();
  });

  it.each([
    [undefined, 'a subject is an object, or null for the anonymous one'],
    ['alice', 'a subject is an object, or null for the anonymous one'],
    [[], 'subject.username must be a string'],
    [{}, 'subject.username must be a string'],
    [{ username: 1 }, 'subject.username must be a string'],
    [{ username: 'a', roles: 'admin' }, 'subject.roles must be a list of strings'],
    [{ username: 'a', roles: null }, 'subject.roles must be a list of strings'],
    [{ username: 'a', groups: new Set(['g']) }, 'subject.groups must be a list of strings'],
    [{ username: 'a', namespaces: {} }, 'subject.namespaces must be a list of strings'],
  ])('refuses %j', (subject, message) => {
    expect(() => assertSubject(subject)).toThrow(new TypeError(message));
  });
});

describe('freezeSubject', () => {
  it('keeps the anonymous one', () => {
    expect(freezeSubject(null)).toBeNull();
  });

  it('makes empty lists of missing ones', () => {
    expect(freezeSubject({ username: 'a' })).toEqual({
      username: 'a',
      roles: [],
      groups: [],
      namespaces: [],
      claims: {},
    });
  });

  it('makes a copy that later changes do not reach, at any depth', () => {
    const roles = ['r'];
    const teams = ['risk'];
    const original = { username: 'a', roles, claims: { teams, nested: { on: true } } };
    const frozen = freezeSubject(original) as Subject;
    roles.push('admin');
    teams.push('ops');
    original.claims.nested.on = false;
    expect(frozen.roles).toEqual(['r']);
    expect(frozen.claims).toEqual({ teams: ['risk'], nested: { on: true } });
    expect(Object.isFrozen(frozen)).toBe(true);
    expect(Object.isFrozen(frozen.roles)).toBe(true);
  });

  it('refuses what is no subject', () => {
    expect(() => freezeSubject('admin' as never)).toThrow(TypeError);
  });
});
