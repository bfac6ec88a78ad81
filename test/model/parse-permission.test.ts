import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  ALL_ACTIONS,
  type AuthzError,
  defineVocabulary,
  type ExcludedPermission,
  isExcludedPermission,
  PermissionInvalidError,
  type PolicyData,
  type PolicyKind,
  parseForeignPermission,
  parsePermission,
} from '../../src/model/index.js';
import { permissionContext } from '../../src/policy/index.js';

const CONTEXT = permissionContext();
const parse = (input: unknown): ReturnType<typeof parsePermission> =>
  parsePermission(input, CONTEXT);
const foreign = (input: unknown): ReturnType<typeof parseForeignPermission> =>
  parseForeignPermission(input, CONTEXT);

function problemsOf(read: () => unknown): readonly PermissionInvalidError[] {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(PermissionInvalidError);
    return (error as AuthzError).errors as readonly PermissionInvalidError[];
  }
  throw new Error('nothing was thrown');
}

class Instance {
  readonly name = 'p';
  get policy(): PolicyData {
    return { type: 'RoleBasedPolicy' };
  }
}

describe('parsePermission', () => {
  it('fills in what is missing', () => {
    expect(parse({ name: 'p' })).toEqual({
      name: 'p',
      project: undefined,
      types: [],
      namePatterns: [],
      requiredTags: Object.create(null),
      actions: ALL_ACTIONS,
      policy: { type: 'AllowAll' },
      tags: Object.create(null),
    });
  });

  it('takes either case, aliases, single values and Feast’s field names', () => {
    const permission = parse({
      name: 'p',
      project: 'q',
      types: 'all_feature_view_types',
      name_patterns: 'a.*',
      required_tags: { team: 'risk' },
      actions: ['read', 'DESCRIBE', 'read_online'],
      policy: { type: 'RoleBasedPolicy', roles: ['r'] },
      tags: { owner: 'me' },
    });
    expect(permission).toMatchObject({
      project: 'q',
      types: [
        'FeatureView',
        'OnDemandFeatureView',
        'BatchFeatureView',
        'StreamFeatureView',
        'LabelView',
      ],
      namePatterns: ['a.*'],
      actions: ['READ_ONLINE', 'READ_OFFLINE', 'DESCRIBE'],
      policy: { type: 'RoleBasedPolicy', roles: ['r'] },
    });
    expect(permission.requiredTags['team']).toBe('risk');
    expect(permission.tags['owner']).toBe('me');
  });

  it.each([
    [{ types: null, namePatterns: null, requiredTags: null, tags: null, project: null }],
    [
      {
        types: undefined,
        namePatterns: undefined,
        name_patterns: undefined,
        policy: undefined,
        actions: undefined,
      },
    ],
    [{ namePatterns: ['a'], name_patterns: undefined }],
  ])('takes missing fields in every shape: %j', (fields) => {
    expect(parse({ name: 'p', ...fields }).project).toBeUndefined();
  });

  it('is frozen at every depth, and shares nothing with what it was made of', () => {
    const input = {
      name: 'p',
      namePatterns: [{ glob: 'a*' }],
      policy: { type: 'RoleBasedPolicy', roles: ['r'] },
    };
    const permission = parse(input);
    input.namePatterns[0]!.glob = '*';
    input.policy.roles.push('admin');
    const policy = permission.policy as { roles?: readonly string[] };
    expect(permission.namePatterns).toEqual([{ glob: 'a*' }]);
    expect(policy.roles).toEqual(['r']);
    const parts = [
      permission,
      permission.types,
      permission.namePatterns,
      permission.namePatterns[0],
      permission.requiredTags,
    ];
    expect(
      [...parts, permission.actions, policy, policy.roles, permission.tags].every(Object.isFrozen),
    ).toBe(true);
  });

  it('tells globs by their prefix, unless all text is a regular expression', () => {
    const written = ['glob:a*', ' \tglob:b', 'globs', { glob: 'glob:c' }];
    expect(parse({ name: 'p', namePatterns: written }).namePatterns).toEqual([
      { glob: 'a*' },
      { glob: 'b' },
      'globs',
      { glob: 'glob:c' },
    ]);
    const plain = parsePermission({ name: 'p', namePatterns: written }, CONTEXT, { globs: false });
    expect(plain.namePatterns).toEqual(written);
  });

  it('strips required tags as Python does, and other tags not', () => {
    const permission = parse({
      name: 'p',
      requiredTags: { ' team\u0085': '\u00a0risk\n' },
      tags: { ' a ': ' b ' },
    });
    expect(Object.entries(permission.requiredTags)).toEqual([['team', 'risk']]);
    expect(Object.entries(permission.tags)).toEqual([[' a ', ' b ']]);
  });

  it('takes tags of any name, out of JSON too', () => {
    const permission = parse(
      JSON.parse('{"name":"p","required_tags":{"__proto__":"a","constructor":"b"}}'),
    );
    expect(Object.entries(permission.requiredTags)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
  });

  it.each<[unknown, string, string]>([
    [null, '', 'permission: must be a plain object'],
    ['p', '', 'permission: must be a plain object'],
    [[], '', 'permission: must be a plain object'],
    [new Map([['name', 'p']]), '', 'permission: must be a plain object'],
    [new Instance(), '', 'permission: must be a plain object'],
    [{}, 'name', 'permission: name: invalid input: expected string, received undefined'],
    [{ name: '' }, 'name', 'permission ``: name: must not be empty'],
    [{ name: 'p', project: '' }, 'project', 'permission `p`: project: must not be empty'],
    [
      { name: 'p', types: ['Entity', 'View'] },
      'types[1]',
      'permission `p`: types[1]: `View` is unknown; known are Project, ',
    ],
    [
      { name: 'p', actions: 'raed' },
      'actions[0]',
      'permission `p`: actions[0]: `raed` is unknown; known are CREATE, ',
    ],
    [{ name: 'p', actions: [] }, 'actions', 'permission `p`: actions: must not be empty'],
    [
      { name: 'p', actions: null },
      'actions',
      'permission `p`: actions: invalid input: expected array, received null',
    ],
    [
      { name: 'p', namePatterns: [1] },
      'namePatterns[0]',
      'permission `p`: namePatterns[0]: must be a string or { glob }',
    ],
    [
      { name: 'p', namePatterns: { glob: 'a', no: 1 } },
      'namePatterns[0].no',
      'permission `p`: namePatterns[0].no: is not a field of a permission',
    ],
    [
      { name: 'p', requiredTags: new Map([['a', 'b']]) },
      'requiredTags',
      'permission `p`: requiredTags: must be an object of strings',
    ],
    [
      { name: 'p', requiredTags: ['a'] },
      'requiredTags',
      'permission `p`: requiredTags: must be an object of strings',
    ],
    [{ name: 'p', tags: { a: 1 } }, 'tags', 'permission `p`: tags: must be an object of strings'],
    [
      { name: 'p', requiredTags: { a: 'b', ' a': 'c' } },
      'requiredTags',
      'permission `p`: requiredTags: requires `a` twice, but for white space',
    ],
    [
      { name: 'p', policy: null },
      'policy',
      'permission `p`: policy: invalid input: expected object, received null',
    ],
    [
      { name: 'p', policy: { type: 'Rolebased' } },
      'policy.type',
      'permission `p`: policy.type: `Rolebased` is unknown; known are RoleBasedPolicy, ',
    ],
    [
      { name: 'p', policy: { type: 'RoleBasedPolicy' } },
      'policy.roles',
      'permission `p`: policy.roles: invalid input: expected array, received undefined',
    ],
    [
      { name: 'p', policy: { type: 'RoleBasedPolicy', roles: ['a', 1] } },
      'policy.roles[1]',
      'permission `p`: policy.roles[1]: invalid input: expected string, received number',
    ],
    [
      { name: 'p', policy: { type: 'AllowAll', roles: [] } },
      'policy.roles',
      'permission `p`: policy.roles: is not a field of a AllowAll',
    ],
    [{ name: 'p', polcy: 1 }, 'polcy', 'permission `p`: polcy: is not a field of a permission'],
    [{ name: 'p', 'a\nb': 1 }, 'a\nb', 'permission `p`: a\\u000ab: is not a field of a permission'],
    [
      JSON.parse('{"name":"p","__proto__":{"actions":["READ"]}}'),
      '__proto__',
      'permission `p`: __proto__: is not a field of a permission',
    ],
    [
      { name: 'p', namePatterns: 'a', name_patterns: 'b' },
      'namePatterns',
      'permission `p`: namePatterns: is given twice, in both spellings',
    ],
    [
      { name: 'p', required_tags: {}, requiredTags: {} },
      'requiredTags',
      'permission `p`: requiredTags: is given twice, in both spellings',
    ],
  ])('refuses %j for %s', (input, field, message) => {
    const [problem, ...others] = problemsOf(() => parse(input));
    expect(others).toEqual([]);
    expect(problem!.field).toBe(field);
    expect(problem!.message.startsWith(message), problem!.message).toBe(true);
    expect(problem!.permission).toBe(
      message.startsWith('permission:') ? undefined : (input as { name: string }).name,
    );
  });

  it('collects all problems', () => {
    const input = {
      name: 'p',
      types: ['View', 'Views'],
      actions: ['raed'],
      policy: { type: 'RoleBasedPolicy', roles: [1, 2], x: 1 },
    };
    expect(problemsOf(() => parse(input)).map(({ field }) => field)).toEqual([
      'types[0]',
      'types[1]',
      'actions[0]',
      'policy.roles[0]',
      'policy.roles[1]',
      'policy.x',
    ]);
    expect(problemsOf(() => parse({ x: 1, y: 2 })).map(({ field }) => field)).toEqual([
      'name',
      'x',
      'y',
    ]);
  });

  it('keeps messages short, whatever is in them', () => {
    const huge = 'x'.repeat(1_000_000);
    for (const input of [
      { name: huge, actions: [huge] },
      { name: 'p', [huge]: 1 },
      { name: 'p', policy: { type: huge } },
    ]) {
      for (const { message } of problemsOf(() => parse(input)))
        expect(message.length).toBeLessThan(1000);
    }
  });
});

describe('a permission that was parsed before', () => {
  const team = z.string().transform((text) => ({ team: text }));
  const kind: PolicyKind<PolicyData & { team: { team: string } }> = {
    type: 'Team',
    schema: z.strictObject({ type: z.literal('Team'), team }) as never,
    compile: () => ({ kind: 'any-of' }),
    explain: () => 'being in the team',
  };

  it('is given back as it is, by the same rules', () => {
    const permission = parse({ name: 'p' });
    expect(parse(permission)).toBe(permission);
    const own = permissionContext({ policyKinds: [kind] });
    const withOwnKind = parsePermission({ name: 'p', policy: { type: 'Team', team: 'risk' } }, own);
    // What the schema made of a policy would not pass it again.
    expect(parsePermission(withOwnKind, permissionContext({ policyKinds: [kind] }))).toBe(
      withOwnKind,
    );
    expect(withOwnKind.policy).toEqual({ type: 'Team', team: { team: 'risk' } });
  });

  it('is checked anew by another vocabulary, or another kind for its policy', () => {
    const vocabulary = defineVocabulary({ name: 'v', actions: { DESCRIBE: {} }, types: { T: {} } });
    const describing = parse({ name: 'p', actions: 'DESCRIBE' });
    const elsewhere = parsePermission(describing, permissionContext({ vocabulary }));
    expect(elsewhere).not.toBe(describing);
    expect(elsewhere).toEqual(describing);
    expect(() => parsePermission(parse({ name: 'p' }), permissionContext({ vocabulary }))).toThrow(
      '`CREATE` is unknown',
    );
  });

  it('keeps text that only looks like a glob a regular expression', () => {
    const vocabulary = defineVocabulary({ name: 'v', actions: { DESCRIBE: {} }, types: { T: {} } });
    const written = foreign({ name: 'p', actions: 'DESCRIBE', namePatterns: 'glob:.*' });
    expect(parse(written)).toBe(written);
    expect(parsePermission(written, permissionContext({ vocabulary }))).toMatchObject({
      namePatterns: ['glob:.*'],
    });
  });
});

describe('parseForeignPermission', () => {
  it('reads what can be understood, all text being a regular expression', () => {
    expect(foreign({ name: 'p', name_patterns: ['glob:a'] })).toMatchObject({
      name: 'p',
      namePatterns: ['glob:a'],
    });
  });

  it.each<[string, object, readonly unknown[] | undefined, number]>([
    ['an unknown action', { name_patterns: ['a'], actions: ['FLY'] }, ['a'], 1],
    [
      'an unknown type, and a policy of no kind',
      { namePatterns: 'a', types: ['Car'], policy: { type: 'X' } },
      ['a'],
      2,
    ],
    ['no patterns', { actions: ['FLY'] }, [], 1],
    ['patterns that are none', { namePatterns: [1] }, undefined, 1],
    ['patterns in both spellings', { namePatterns: 'a', name_patterns: 'b' }, undefined, 1],
  ])('excludes one with %s', (_, fields, namePatterns, count) => {
    const excluded = foreign({ name: 'p', project: 'q', ...fields }) as ExcludedPermission;
    expect(isExcludedPermission(excluded)).toBe(true);
    expect(excluded).toMatchObject({ name: 'p', project: 'q' });
    expect(excluded.namePatterns).toEqual(namePatterns);
    expect(excluded.excluded).toHaveLength(count);
    expect([excluded, excluded.excluded].every(Object.isFrozen)).toBe(true);
    for (const { message } of excluded.excluded) expect(message).not.toContain('more:');
  });

  it('excludes an instance of a class, which hides what it inherits', () => {
    expect(isExcludedPermission(foreign(new Instance()))).toBe(true);
  });

  it.each([[{}], [{ name: '' }], [{ name: 'p', project: 1 }], [null]])(
    'refuses %j, which has no name or project to know it by',
    (input) => {
      expect(() => foreign(input)).toThrow(PermissionInvalidError);
    },
  );
});

describe('isExcludedPermission', () => {
  it.each([
    [{}],
    [{ excluded: 'no' }],
    [{ excluded: [] }],
    [{ excluded: ['x'] }],
    [{ excluded: [new Error('x')] }],
  ])('does not take %j', (value) => {
    expect(isExcludedPermission(value)).toBe(false);
  });
});
