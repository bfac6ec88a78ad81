import { create, toBinary } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import {
  type ExcludedPermission,
  isExcludedPermission,
  type Permission,
  PermissionInvalidError,
  RegistryInvalidError,
} from '../../src/model/index.js';
import {
  PermissionSchema,
  PermissionSpecSchema,
  PolicySchema,
} from '../../src/registry/gen/registry_pb.js';
import { decodeRegistry } from '../../src/registry/index.js';
import { concat, delimited, permissionInit, registryBytes } from './registry-bytes.js';

type SpecInit = Parameters<typeof permissionInit>[0];

function read(spec: SpecInit): Permission | ExcludedPermission {
  return readOnly(registryBytes({ permissions: [permissionInit(spec)] }));
}

function readOnly(registry: Uint8Array): Permission | ExcludedPermission {
  const { permissions, resources } = decodeRegistry(registry);
  expect(permissions).toHaveLength(1);
  // Excluded or not, it is something that permissions cover.
  expect(resources.filter(({ type }) => type === 'Permission')).toHaveLength(1);
  return permissions[0]!;
}

/** The registry's permission, written by hand: `spec` and what else the permission holds. */
function handWritten(spec: Uint8Array, ...rest: readonly Uint8Array[]): Uint8Array {
  return insert(delimited(16, concat(delimited(1, spec), ...rest)));
}

function insert(permission: Uint8Array): Uint8Array {
  const whole = registryBytes();
  const project = delimited(17, delimited(1, delimited(1, new TextEncoder().encode('p'))));
  const before = whole.subarray(0, whole.length - project.length);
  expect([...whole.subarray(before.length)]).toEqual([...project]);
  return concat(before, permission, project);
}

/** An encoded permission without its policy, up to the field before it. */
function specBytes(spec: SpecInit = {}): Uint8Array {
  const init = permissionInit({ ...spec, policy: undefined! }).spec!;
  return toBinary(PermissionSpecSchema, create(PermissionSpecSchema, init));
}

function expectExcluded(
  permission: Permission | ExcludedPermission,
  field: string,
  message: RegExp,
): ExcludedPermission {
  expect(isExcludedPermission(permission)).toBe(true);
  const { excluded, name, project } = permission as ExcludedPermission;
  expect([name, project]).toEqual(['perm', 'p']);
  expect(excluded[0]).toBeInstanceOf(PermissionInvalidError);
  expect((excluded[0] as PermissionInvalidError).field).toBe(field);
  expect((excluded[0] as PermissionInvalidError).message).toMatch(message);
  return permission as ExcludedPermission;
}

describe('what is understood', () => {
  test('no types on the wire are all types, no patterns all names, no required tags none', () => {
    const permission = read({ types: [] }) as Permission;
    expect(permission.types).toEqual([]);
    expect(permission.namePatterns).toEqual([]);
    expect(Object.keys(permission.requiredTags)).toEqual([]);
  });

  test('patterns stay as they are: text that starts with `glob:` is a regular expression too', () => {
    const namePatterns = ['glob:a*', ' x ', '('];
    expect((read({ namePatterns }) as Permission).namePatterns).toEqual(namePatterns);
  });

  test('a policy that holds nothing is for everyone', () => {
    expect((read({ policy: {} }) as Permission).policy).toEqual({ type: 'AllowAll' });
  });

  test('a policy with an empty list of roles matches no user, unlike a missing policy', () => {
    const policy = { policyType: { case: 'roleBasedPolicy' as const, value: {} } };
    expect((read({ policy }) as Permission).policy).toEqual({ type: 'RoleBasedPolicy', roles: [] });
  });

  test('a policy with its name', () => {
    const value = { groups: ['g'] };
    const policy = {
      name: 'n',
      project: 'p',
      policyType: { case: 'groupBasedPolicy' as const, value },
    };
    expect((read({ policy }) as Permission).policy).toEqual({
      type: 'GroupBasedPolicy',
      groups: ['g'],
    });
  });

  test('200,000 roles', () => {
    const roles = Array.from({ length: 200_000 }, (_, id) => `role-${id}`);
    const policy = { policyType: { case: 'roleBasedPolicy' as const, value: { roles } } };
    expect((read({ policy }) as Permission).policy).toEqual({ type: 'RoleBasedPolicy', roles });
  });

  test('lists of numbers that are not packed', () => {
    const spec = concat(
      delimited(1, new TextEncoder().encode('perm')),
      delimited(2, new TextEncoder().encode('p')),
      [0x18, 4, 0x18, 11, 0x30, 1, 0x30, 4],
      delimited(7, []),
    );
    const permission = readOnly(handWritten(spec)) as Permission;
    expect(permission.types).toEqual(['Entity', 'LabelView']);
    expect(permission.actions).toEqual(['DESCRIBE', 'READ_ONLINE']);
  });
});

describe('what is not understood excludes the permission', () => {
  test.each([12, 13, 99, 2 ** 31 - 1, -1, -(2 ** 31)])('type %d', (number) => {
    const excluded = expectExcluded(
      read({ types: [0, number] }),
      'types[1]',
      /is unknown; known are/,
    );
    expect(excluded.excluded[0]?.message).toContain(`\`${number}\``);
    expect(excluded.namePatterns).toEqual([]);
  });

  test.each([8, 9, 99, 2 ** 31 - 1, -1])('action %d', (number) => {
    expectExcluded(read({ actions: [1, number], namePatterns: ['a'] }), 'actions[1]', /is unknown/);
  });

  test('no action', () => {
    expectExcluded(read({ actions: [] }), 'actions', /must not be empty/);
  });

  test('no policy at all, which Feast never writes', () => {
    const understood = { namePatterns: ['a', 'b'], types: [4], requiredTags: { t: 'x' } };
    const permission = read({ policy: undefined!, actions: [1], ...understood });
    expect(expectExcluded(permission, 'policy', /is missing/)).toMatchObject({
      ...understood,
      types: ['Entity'],
    });
    const odd = expectExcluded(read({ policy: undefined!, types: [99] }), 'policy', /is missing/);
    expect([odd.types, odd.excluded.length]).toEqual([undefined, 2]);
  });

  test.each([7, 8, 15, 1000])('a kind of policy with number %d, which no kind has', (number) => {
    const policy = delimited(number, delimited(1, [0x61]));
    const permission = readOnly(handWritten(concat(specBytes(), delimited(7, policy))));
    expectExcluded(permission, 'policy.type', new RegExp(`field ${number}\` is unknown`));
  });

  test('an unknown kind of policy beside a known one', () => {
    const known = toBinary(
      PolicySchema,
      create(PolicySchema, { policyType: { case: 'roleBasedPolicy', value: { roles: ['a'] } } }),
    );
    const policy = concat(known, delimited(9, []));
    expectExcluded(
      readOnly(handWritten(concat(specBytes(), delimited(7, policy)))),
      'policy.type',
      /field 9/,
    );
  });

  test('an unknown field inside a known kind of policy', () => {
    const policy = delimited(3, concat(delimited(1, [0x61]), [0x10, 1]));
    const permission = readOnly(handWritten(concat(specBytes(), delimited(7, policy))));
    expectExcluded(permission, 'policy.type', /`roleBasedPolicy, field 2` is unknown/);
  });

  test('a policy with a name and without a kind', () => {
    expectExcluded(read({ policy: { name: 'n' } }), 'policy.type', /without a kind/);
    expectExcluded(read({ policy: { project: 'p' } }), 'policy.type', /without a kind/);
  });

  test('an unknown field of the permission: it may be a filter, so any name could match', () => {
    const spec = specBytes({ namePatterns: ['a'] });
    const permission = readOnly(handWritten(concat(spec, delimited(7, []), delimited(9, [0x61]))));
    expect(
      expectExcluded(permission, 'field 9', /field 9: is unknown/).namePatterns,
    ).toBeUndefined();
  });

  test('an unknown field beside the specification, but not in the dates', () => {
    const spec = concat(specBytes(), delimited(7, []));
    expectExcluded(readOnly(handWritten(spec, Uint8Array.of(3 * 8, 1))), 'field 3', /is unknown/);
    expect(isExcludedPermission(readOnly(handWritten(spec, delimited(2, delimited(9, [])))))).toBe(
      false,
    );
  });

  test('the others are read all the same, and nothing is left out', () => {
    const { permissions } = decodeRegistry(
      registryBytes({
        permissions: [
          permissionInit({ name: 'a' }),
          permissionInit({ name: 'b', types: [77] }),
          permissionInit({ name: 'c' }),
        ],
      }),
    );
    expect(permissions.map((one) => [one.name, isExcludedPermission(one)])).toEqual([
      ['a', false],
      ['b', true],
      ['c', false],
    ]);
  });
});

describe('what is never written makes the registry invalid', () => {
  const role = delimited(3, delimited(1, [0x61]));
  const allowAll = delimited(7, []);

  test.each<readonly [string, Uint8Array]>([
    ['a policy of two kinds', concat(specBytes(), delimited(7, concat(role, delimited(4, []))))],
    ['the same kind twice', concat(specBytes(), delimited(7, concat(role, role)))],
    ['two policies', concat(specBytes(), delimited(7, role), allowAll)],
    ['two names', concat(delimited(1, [0x61]), specBytes(), allowAll)],
    ['a name behind the policy', concat(specBytes({ name: '' }), allowAll, delimited(1, [0x61]))],
    ['a policy that is a number', concat(specBytes(), [0x38, 1])],
    ['a name that is a number', concat([0x08, 1], specBytes({ name: '' }), allowAll)],
    [
      'types that are text of half a number',
      concat(specBytes({ types: [], actions: [] }), delimited(3, [0x80]), allowAll),
    ],
    ['a tag with a third part', concat(specBytes(), allowAll, delimited(8, delimited(3, [])))],
    [
      'a tag with two keys',
      concat(specBytes(), allowAll, delimited(8, concat(delimited(1, []), delimited(1, [])))),
    ],
    ['a tag whose key is a number', concat(specBytes(), allowAll, delimited(8, [0x08, 1]))],
    ['a group', concat(specBytes(), allowAll, [0x4b, 0x4c])],
    [
      'a tag that outruns its entry',
      concat(specBytes(), allowAll, delimited(8, [0x0a, 5]), [0x61, 0x61]),
    ],
  ])('%s', (_, spec) => {
    expect(() => decodeRegistry(handWritten(spec))).toThrow(RegistryInvalidError);
    expect(() => decodeRegistry(handWritten(spec))).toThrow(/\(byte \d+\)/);
  });

  test('text that is not UTF-8', () => {
    const name = concat(delimited(1, [0xff, 0xfe]), specBytes({ name: '' }), allowAll);
    expect(() => decodeRegistry(handWritten(name))).toThrow(
      /text is not UTF-8 \(in `permissions`, byte \d+\)/,
    );
  });

  test('two specifications', () => {
    const permission = toBinary(PermissionSchema, create(PermissionSchema, permissionInit()));
    const twice = insert(delimited(16, concat(permission, permission)));
    expect(() => decodeRegistry(twice)).toThrow(RegistryInvalidError);
  });
});
