import { describe, expect, test } from 'vitest';
import { createAuthorizer } from '../../../../src/engine/index.js';
import type { Subject } from '../../../../src/model/index.js';
import {
  databricksVocabulary,
  levelPermission,
  type Principal,
  principalFromName,
  principalKey,
  principals,
  principalsPolicyKind,
  workspaceSubject,
} from '../../../../src/platforms/databricks/vocabulary/index.js';

const ID = '7f3a1c52-0d4e-4b8f-9a61-2c5d7e8f9011';
const service = (name: string): Principal => ({ kind: 'service-principal', name });
const user = (name: string): Principal => ({ kind: 'user', name });
const group = (name: string): Principal => ({ kind: 'group', name });

const scope = { type: 'SecretScope', name: 'scope' } as const;

function canRead(principal: Principal, subject: Subject | null): boolean {
  return createAuthorizer({
    vocabulary: databricksVocabulary,
    policyKinds: [principalsPolicyKind],
    permissions: [levelPermission({ resource: scope, principal, level: 'READ' })],
    resources: [scope],
  }).can(subject, 'READ', scope);
}

describe('who is meant', () => {
  test.each([
    ['a service principal by its id', service(ID), { applicationId: ID }, true],
    ['in any case', service(ID.toUpperCase()), { applicationId: ID }, true],
    ['another service principal', service(ID), { applicationId: ID.replace('7', '8') }, false],
    ['a user by name', user('Ann@Example.com'), { userName: 'ann@example.COM' }, true],
    ['another user', user('ann@example.com'), { userName: 'bob@example.com' }, false],
    [
      'a look-alike of a name',
      user('kim@example.com'),
      { userName: '\u212aim@example.com' },
      false,
    ],
    [
      'a service principal of the name of a user',
      service('ann@example.com'),
      { userName: 'ann@example.com' },
      false,
    ],
    ['an id where a user should be', user(ID), { applicationId: ID }, false],
    ['a group', group('ml'), { userName: 'ann@example.com', groups: ['ml'] }, true],
    [
      'a group in another case',
      group('ML'),
      { userName: 'ann@example.com', groups: ['ml'] },
      false,
    ],
    ['a user of the name of a group', group('ml'), { userName: 'ml' }, false],
    ['everyone', group('users'), { applicationId: ID }, true],
    ['a group of the name of a user', user('ml'), { userName: 'x@y.z', groups: ['ml'] }, false],
  ] as const)('%s', (_, principal, member, expected) => {
    expect(canRead(principal, workspaceSubject(member))).toBe(expected);
  });

  test.each([user(''), service(''), group('')])('matches no user: %j', (principal) => {
    expect(canRead(principal, null)).toBe(false);
  });

  test('one of several, in one policy', () => {
    const authorizer = createAuthorizer({
      vocabulary: databricksVocabulary,
      policyKinds: [principalsPolicyKind],
      permissions: [
        {
          name: 'p',
          actions: ['READ'],
          policy: principals([user('ann@example.com'), service(ID), group('ml')]),
        },
      ],
      resources: [scope],
    });
    const bob = { userName: 'bob@example.com' };
    const can = (member: Parameters<typeof workspaceSubject>[0]): boolean =>
      authorizer.can(workspaceSubject(member), 'READ', scope);
    expect(can({ userName: 'ann@example.com' })).toBe(true);
    expect(can({ applicationId: ID })).toBe(true);
    expect(can({ ...bob, groups: ['ml'] })).toBe(true);
    expect(can(bob)).toBe(false);
    expect(authorizer.can(null, 'READ', scope)).toBe(false);
    expect(authorizer.decide(workspaceSubject(bob), 'READ', scope).explanation).toContain(
      `user \`ann@example.com\` or service principal \`${ID}\` or group \`ml\``,
    );
  });

  test('an empty policy matches no user, and says so', () => {
    expect(principalsPolicyKind.explain(principals([]))).toContain('empty list');
    expect(principalsPolicyKind.compile(principals([]))).toEqual({ kind: 'any-of', groups: [] });
  });
});

test.each([
  [ID, 'service-principal'],
  [ID.toUpperCase(), 'service-principal'],
  ['ann@example.com', 'user'],
  ['users', 'group'],
  [`${ID}0`, 'group'],
] as const)('a bare name %s is a %s', (name, kind) => {
  expect(principalFromName(name)).toEqual({ kind, name });
});

test('keys tell principals apart, groups by case too', () => {
  expect(principalKey(user('A@b.c'))).toBe(principalKey(user('a@B.C')));
  expect(principalKey(group('A'))).not.toBe(principalKey(group('a')));
  expect(principalKey(user('a'))).not.toBe(principalKey(service('a')));
});

describe('workspaceSubject', () => {
  test('is in users once', () => {
    expect(workspaceSubject({ applicationId: ID, groups: ['users', 'ml'] })).toEqual({
      username: ID,
      groups: ['users', 'ml'],
    });
  });

  test.each([
    {},
    { userName: '' },
    { applicationId: ID, userName: 'ann@example.com' },
    { applicationId: 'ann@example.com' },
    { userName: ID.toUpperCase() },
  ])('refuses %j', (member) => {
    expect(() => workspaceSubject(member)).toThrow(TypeError);
  });
});
