import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import * as z3 from 'zod/v3';
import type { PolicyData, PolicyKind, PolicyTest, Subject } from '../../src/model/index.js';
import {
  AttributeTable,
  allowAll,
  definePermission,
  FEAST_POLICY_KINDS,
  groups,
  groupsOrNamespaces,
  namespaces,
  permissionContext,
  policyKindMap,
  roles,
  SubjectTest,
} from '../../src/policy/index.js';

const kindOf = (policy: PolicyData): PolicyKind =>
  FEAST_POLICY_KINDS.get(policy.type) as PolicyKind;

function passes(policy: PolicyData, subject: Subject | null): boolean {
  const attributes = new AttributeTable();
  const test = SubjectTest.compile(kindOf(policy).compile(policy), attributes);
  const answer = test.passes(subject);
  expect(test.passesDerived({ subject, attributes: attributes.of(subject), serial: 0 })).toBe(
    answer,
  );
  return answer;
}

const ALICE: Subject = { username: 'alice', roles: ['r', 'x'], groups: ['g'], namespaces: ['n'] };
const EMPTY: Subject = { username: 'empty' };

describe('Feast’s policies', () => {
  it.each<[PolicyData, boolean, string]>([
    [roles('r'), true, 'the role "r"'],
    [roles('a', 'r'), true, 'one of the roles "a", "r"'],
    [roles('g', 'n'), false, 'one of the roles "g", "n"'],
    [roles(), false, 'a role from an empty list'],
    [groups('g'), true, 'the group "g"'],
    [groups('r'), false, 'the group "r"'],
    [namespaces('n', 'o'), true, 'one of the namespaces "n", "o"'],
    [namespaces('g'), false, 'the namespace "g"'],
    [
      groupsOrNamespaces({ groups: ['g'], namespaces: [] }),
      true,
      'the group "g" or a namespace from an empty list',
    ],
    [
      groupsOrNamespaces({ groups: [], namespaces: ['n'] }),
      true,
      'a group from an empty list or the namespace "n"',
    ],
    [
      groupsOrNamespaces({ groups: ['n'], namespaces: ['g'] }),
      false,
      'the group "n" or the namespace "g"',
    ],
  ])('%j', (policy, allowed, explanation) => {
    expect(passes(policy, ALICE)).toBe(allowed);
    expect(passes(policy, EMPTY)).toBe(false);
    expect(passes(policy, null)).toBe(false);
    expect(kindOf(policy).explain(policy)).toBe(explanation);
    expect(z.safeParse(kindOf(policy).schema, policy).success).toBe(true);
  });

  it('allow-all lets everyone in, the anonymous subject too', () => {
    for (const subject of [ALICE, EMPTY, null]) expect(passes(allowAll(), subject)).toBe(true);
    expect(kindOf(allowAll()).explain(allowAll())).toBe('nothing');
  });

  it('an empty name is a name', () => {
    expect(passes(roles(''), { username: 'a', roles: [''] })).toBe(true);
    expect(passes(roles(''), EMPTY)).toBe(false);
  });

  it.each(['__proto__', 'constructor', 'toString', '\ud800', 'a\u0000b', 'x'.repeat(1_000_000)])(
    'takes any text for a name',
    (name) => {
      expect(passes(roles(name), { username: 'a', roles: [name] })).toBe(true);
      expect(passes(roles('r'), { username: 'a', roles: [name] })).toBe(false);
    },
  );

  it('takes nothing but text for a name', () => {
    const odd = [undefined, null, 1, ['r'], { toString: () => 'r' }] as never[];
    expect(passes(roles('r'), { username: 'a', roles: odd })).toBe(false);
  });
});

describe('policyKindMap', () => {
  it('refuses two kinds of one name', () => {
    const kind = kindOf(allowAll());
    expect(() => policyKindMap([kind, kind])).toThrow(
      new TypeError('two policy kinds are called `AllowAll`'),
    );
    expect(() => permissionContext({ policyKinds: [kind] })).toThrow(TypeError);
  });

  it.each([
    ['of zod 3', z3.object({ type: z3.literal('Old') })],
    ['of another kind', { safeParse: () => ({ success: true }) }],
    ['that is missing', undefined],
  ])('refuses a schema %s', (_, schema) => {
    const old = { ...kindOf(allowAll()), type: 'Old', schema: schema as never };
    expect(() => policyKindMap([old])).toThrow(
      new TypeError(
        'the policy kind `Old` needs a schema of version 4 of zod. Make it with `zod` or `zod/mini`',
      ),
    );
  });
});

describe('permissionContext', () => {
  it('is the same for all that has nothing of its own', () => {
    expect(permissionContext()).toBe(permissionContext({ policyKinds: [] }));
  });
});

describe('definePermission', () => {
  it('lets everyone in where no policy is given', () => {
    expect(definePermission({ name: 'p' }).policy).toEqual(allowAll());
  });
});

describe('SubjectTest', () => {
  const attributes = new AttributeTable();
  const compile = (test: PolicyTest): SubjectTest => SubjectTest.compile(test, attributes);
  const role = compile({ kind: 'any-of', roles: ['r'] });
  const group = compile({ kind: 'any-of', groups: ['g'] });
  const predicate = compile({
    kind: 'predicate',
    grants: (subject) => subject?.username === 'bob',
  });
  const subjects: readonly (Subject | null)[] = [
    ALICE,
    EMPTY,
    null,
    { username: 'bob' },
    { username: '', roles: ['r'] },
    { username: '' },
  ];

  function expectPasses(test: SubjectTest, expected: readonly boolean[]): void {
    expect(subjects.map((subject) => test.passes(subject))).toEqual(expected);
    expect(
      subjects.map((subject) =>
        test.passesDerived({ subject, attributes: attributes.of(subject), serial: 0 }),
      ),
    ).toEqual(expected);
  }

  it('merges tests of which one is enough', () => {
    const merge = (...tests: SubjectTest[]): SubjectTest =>
      SubjectTest.anyOf(new Set(tests), attributes);
    expect(merge(role)).toBe(role);
    expectPasses(merge(), [false, false, false, false, false, false]);
    expectPasses(merge(role, group), [true, false, false, false, true, false]);
    expectPasses(merge(group, predicate), [true, false, false, true, false, false]);
    expectPasses(merge(SubjectTest.never(attributes), predicate), [
      false,
      false,
      false,
      true,
      false,
      false,
    ]);
    expectPasses(merge(role, SubjectTest.namedUsers(attributes)), [
      true,
      true,
      false,
      true,
      true,
      false,
    ]);
    expectPasses(merge(predicate, SubjectTest.everyone(attributes)), [
      true,
      true,
      true,
      true,
      true,
      true,
    ]);
  });

  it('knows who can never pass, and what everyone passes', () => {
    const nobody = compile({ kind: 'any-of' });
    expect(nobody.isUnsatisfiable).toBe(true);
    expect(SubjectTest.never(attributes).isUnsatisfiable).toBe(true);
    for (const test of [
      role,
      predicate,
      SubjectTest.everyone(attributes),
      SubjectTest.namedUsers(attributes),
    ]) {
      expect(test.isUnsatisfiable).toBe(false);
    }
    expect(compile({ kind: 'always' }).isEveryone).toBe(true);
    expect(role.isEveryone).toBe(false);
  });

  it.each<[string, () => unknown]>([
    ['returns 1', () => 1],
    ['returns a text', () => 'true'],
    ['returns nothing', () => undefined],
    ['returns a promise of true', () => Promise.resolve(true)],
    ['returns a true object', () => new Boolean(true)],
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
  ])('a predicate that %s refuses', (_, grants) => {
    expectPasses(
      compile({ kind: 'predicate', grants: grants as () => boolean }),
      subjects.map(() => false),
    );
  });

  it('a predicate that throws does not stop the next', () => {
    const broken = compile({
      kind: 'predicate',
      grants: () => {
        throw new Error('broken');
      },
    });
    expectPasses(SubjectTest.anyOf(new Set([broken, predicate]), attributes), [
      false,
      false,
      false,
      true,
      false,
      false,
    ]);
  });

  it('refuses a test of no kind', () => {
    expect(() => compile({ kind: 'sometimes' } as never)).toThrow(TypeError);
  });
});
