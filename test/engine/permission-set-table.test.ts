import { describe, expect, it } from 'vitest';
import { compiledOf, createAuthorizer } from '../../src/engine/index.js';
import type { PermissionSet } from '../../src/engine/permission-set.js';
import { PermissionSetTable } from '../../src/engine/permission-set-table.js';
import { weightOf } from '../../src/engine/unregistered-cache.js';
import { roles } from '../../src/policy/index.js';

const EVALUATOR = {
  decisionOn: () => ({ asksPredicates: false, passes: () => true, passesDerived: () => true }),
};

const newTable = (evaluator = EVALUATOR): PermissionSetTable => new PermissionSetTable(evaluator);

const BASIS = 0x811c9dc5;
const PRIME = 0x01000193;
/** Where the hash of indeterminate targets starts, after no other targets. */
const HASH_OF_NONE = BASIS ^ (BASIS >>> 15);

/**
 * Lists that the table's hash (FNV-1a, from `start` on) does not tell apart, one of them of another
 * length.
 */
function collidingLists(start: number): readonly Int32Array[] {
  const beforeLast = Math.imul(start ^ 1, PRIME) ^ 2;
  return [
    Int32Array.of(1, 2),
    Int32Array.of(3, Math.imul(start ^ 3, PRIME) ^ beforeLast),
    Int32Array.of(start ^ beforeLast),
  ];
}

describe('PermissionSetTable', () => {
  const none = Int32Array.of();

  it('has one permission set for each pair of lists', () => {
    const table = newTable();
    const id = table.ofRegistered(Int32Array.of(1, 2));
    expect(table.ofRegistered(Int32Array.of(1, 2))).toBe(id);
    const registered = table.permissionSet(id);
    expect(table.ofUnregistered(Int32Array.of(1, 2), none)).toBe(registered);
    const unregistered = table.ofUnregistered(Int32Array.of(1), Int32Array.of(2));
    expect(unregistered).not.toBe(registered);
    expect(table.ofUnregistered(Int32Array.of(1), Int32Array.of(2))).toBe(unregistered);
    expect(table.ofUnregistered(none, Int32Array.of(1, 2))).not.toBe(registered);
    expect(table.ofUnregistered(Int32Array.of(1, 3), none)).not.toBe(registered);
    expect(table.ofUnregistered(Int32Array.of(1, 2, 3), none)).not.toBe(registered);
  });

  it.each(['ofRegistered', 'ofUnregistered'] as const)(
    '%s keeps lists apart that have the same hash',
    (way) => {
      const table = newTable();
      const found = (list: Int32Array): PermissionSet =>
        way === 'ofRegistered'
          ? table.permissionSet(table.ofRegistered(list))
          : table.ofUnregistered(list, none);
      const lists = collidingLists(BASIS);
      for (const list of [...lists, ...lists]) expect(found(list).targets).toEqual(list);
    },
  );

  it('keeps indeterminate targets apart that have the same hash', () => {
    const table = newTable();
    const lists = collidingLists(HASH_OF_NONE);
    for (const list of [...lists, ...lists]) {
      expect(table.ofUnregistered(none, list).indeterminateTargets).toEqual(list);
    }
  });

  it('says which permission sets have a target', () => {
    const table = newTable();
    const ids = [[1, 2], [2, 3], [4]].map((list) => table.ofRegistered(Int32Array.from(list)));
    const marks = table.having(new Set([2, 9]));
    expect(ids.map((id) => marks[id])).toEqual([1, 1, 0]);
  });

  it('finds all of thousands of lists again', () => {
    const table = newTable();
    const lists = Array.from({ length: 5000 }, (_, at) => Int32Array.of(at, 7919 * at + 10_000));
    const ids = lists.map((list) => table.ofRegistered(list));
    expect(new Set(ids).size).toBe(lists.length);
    table.trim();
    expect(lists.map((list) => table.ofRegistered(list))).toEqual(ids);
    for (const [at, id] of ids.entries())
      expect(table.permissionSet(id).targets).toEqual(lists[at]);
  });

  it('weighs a permission set by what it keeps', () => {
    const table = newTable();
    expect(weightOf(table.without('unsecured'))).toBe(32);
    expect(weightOf(table.ofUnregistered(Int32Array.of(1, 2), Int32Array.of(3)))).toBe(35);
  });
});

describe('PermissionSet', () => {
  it('works a decision out once for each of a bounded number of sets of actions', () => {
    let worked = 0;
    const evaluator = {
      decisionOn: (): ReturnType<typeof EVALUATOR.decisionOn> => {
        worked++;
        return EVALUATOR.decisionOn();
      },
    };
    const permissionSet = newTable(evaluator).without('unsecured');
    for (const _ of ['first', 'again']) {
      expect(permissionSet.decisionOn(0b1000)).toBe(permissionSet.decisionOn(0b1000));
      expect(permissionSet.decisionOn(0b11)).toBe(permissionSet.decisionOn(0b11));
    }
    expect(worked).toBe(2);
    for (let mask = 1; mask < 256; mask++) permissionSet.decisionOn(mask);
    worked = 0;
    for (let mask = 1; mask < 256; mask++) permissionSet.decisionOn(mask);
    expect(worked).toBe(255 - 64);
  });
});

describe('resources that the same permissions cover', () => {
  const authorizer = createAuthorizer({
    permissions: [
      { name: 'all', policy: roles('a') },
      { name: 'tagged', requiredTags: { team: 'risk' } },
    ],
    resources: [
      { type: 'Entity', name: 'a', project: 'p' },
      { type: 'FeatureView', name: 'b', project: 'q' },
    ],
  });
  const snapshot = compiledOf(authorizer.snapshot);
  const permissionSetOf = (
    name: string,
    project: string,
    tags?: Record<string, string>,
  ): PermissionSet =>
    snapshot.permissionSetOf({ type: 'Entity', name, project, ...(tags && { tags }) });

  it('share one permission set, across types and projects, registered or not', () => {
    const registered = permissionSetOf('a', 'p');
    expect(snapshot.permissionSetOf({ type: 'FeatureView', name: 'b', project: 'q' })).toBe(
      registered,
    );
    expect(permissionSetOf('unregistered', 'p', {})).toBe(registered);
    expect(permissionSetOf('s1', 'p')).toBe(permissionSetOf('s2', 'q'));
    expect(permissionSetOf('s1', 'p')).not.toBe(registered);
    expect(permissionSetOf('s3', 'p', { team: 'risk' })).toBe(
      permissionSetOf('s4', 'p', { team: 'risk' }),
    );
  });
});
