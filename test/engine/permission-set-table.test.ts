import { describe, expect, it } from 'vitest';
import { DecisionTable } from '../../src/engine/decision-table.js';
import { compiledOf, createAuthorizer } from '../../src/engine/index.js';
import type { PermissionSet } from '../../src/engine/permission-set.js';
import { PermissionSetTable } from '../../src/engine/permission-set-table.js';
import { weightOf } from '../../src/engine/unregistered-cache.js';
import { AttributeTable, roles } from '../../src/policy/index.js';

const EVALUATOR = {
  decisionOn: () => ({ asksPredicates: false, passes: () => true, passesDerived: () => true }),
};

const newTable = (evaluator = EVALUATOR): PermissionSetTable =>
  new PermissionSetTable(evaluator, new DecisionTable(8, new AttributeTable()));

const BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

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
    const id = table.ofRegistered(Int32Array.of(1, 2), none);
    expect(table.ofRegistered(Int32Array.of(1, 2), none)).toBe(id);
    const registered = table.decisions.permissionSet(id);
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
      const targets = collidingLists(BASIS);
      const indeterminateTargets = collidingLists(Math.imul(BASIS ^ -1, PRIME));
      const found = (known: Int32Array, unknown: Int32Array): PermissionSet => {
        const result = table[way](known, unknown);
        return typeof result === 'number' ? table.decisions.permissionSet(result) : result;
      };
      for (const list of [...targets, ...targets]) {
        expect(found(list, none).targets).toEqual(list);
      }
      for (const list of [...indeterminateTargets, ...indeterminateTargets]) {
        expect(found(none, list).indeterminateTargets).toEqual(list);
      }
    },
  );

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
