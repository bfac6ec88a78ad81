import { describe, expect, it } from 'vitest';
import { createAuthorizer } from '../../src/engine/index.js';
import { assertSubject, freezeSubject, ownSubject, type Subject } from '../../src/model/index.js';
import { definePermission } from '../../src/policy/index.js';

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

  it('refuses an invalid subject', () => {
    expect(() => freezeSubject('admin' as never)).toThrow(TypeError);
  });
});

describe('a subject with members of a prototype', () => {
  class Inheriting {
    readonly username = 'a';
    get roles(): readonly string[] {
      return ['admin'];
    }
  }
  const polluted = (test: () => void): void => {
    const prototype = Object.prototype as unknown as Record<string, unknown>;
    Object.assign(prototype, { roles: ['admin'], username: 'root', claims: { admin: true } });
    try {
      test();
    } finally {
      for (const member of ['roles', 'username', 'claims']) delete prototype[member];
    }
  };

  it('is frozen with its own members only', () => {
    expect(freezeSubject(new Inheriting()).roles).toEqual([]);
    expect(
      freezeSubject(Object.create({ roles: ['admin'] }, { username: { value: 'a' } })),
    ).toEqual({ username: 'a', roles: [], groups: [], namespaces: [], claims: {} });
    polluted(() => {
      const frozen = freezeSubject({ username: 'a' });
      expect([frozen.username, frozen.roles, frozen.claims]).toEqual(['a', [], {}]);
    });
  });

  it('has no user name that it inherits', () => {
    const inherited = Object.create({ username: 'root' }) as Subject;
    expect(() => assertSubject(inherited)).toThrow('subject.username must be a string');
    polluted(() => {
      expect(() => assertSubject({})).toThrow('subject.username must be a string');
    });
  });

  it('gains no right from them', () => {
    const authorizer = createAuthorizer({
      permissions: [
        definePermission({
          name: 'admins',
          actions: 'READ_ONLINE',
          policy: { type: 'RoleBasedPolicy', roles: ['admin'] },
        }),
      ],
      resources: [{ type: 'FeatureView', name: 'v' }],
    });
    const view = { type: 'FeatureView', name: 'v' } as const;
    const answers = (subject: Subject): readonly boolean[] => [
      authorizer.can(subject, 'READ_ONLINE', view),
      authorizer.can(subject, ['READ_ONLINE'], view),
      authorizer.decide(subject, 'READ_ONLINE', view).allowed,
      authorizer.for(subject).can('READ_ONLINE', view),
      authorizer.filter(subject, 'READ_ONLINE', [view]).length > 0,
    ];
    expect(answers({ username: 'a', roles: ['admin'] })).toEqual(Array(5).fill(true));
    expect(answers(new Inheriting())).toEqual(Array(5).fill(false));
    polluted(() => {
      expect(answers({ username: 'a' })).toEqual(Array(5).fill(false));
    });
  });

  it('is taken as it is where the prototype adds nothing', () => {
    class Plain {
      readonly username = 'a';
      readonly roles = ['r'];
    }
    const plain = new Plain();
    expect(ownSubject(plain)).toBe(plain);
    expect(ownSubject(null)).toBeNull();
  });
});
