import { describe, expect, it } from 'vitest';
import type { Governance } from '../../src/engine/governance.js';
import { GovernanceTable } from '../../src/engine/governance-table.js';
import { compiledOf, createAuthorizer } from '../../src/engine/index.js';
import { weightOf } from '../../src/engine/stranger-cache.js';
import { VerdictTable } from '../../src/engine/verdict-table.js';
import { roles, SubjectAtoms } from '../../src/policy/index.js';

const JUDGE = {
  verdictOn: () => ({ asksPredicates: false, passes: () => true, passesDerived: () => true }),
};

const newTable = (judge = JUDGE): GovernanceTable =>
  new GovernanceTable(judge, new VerdictTable(8, new SubjectAtoms()));

const BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/** Lists that the table's hash (FNV-1a, from `start` on) does not tell apart, one of them of another length. */
function collidingLists(start: number): readonly Int32Array[] {
  const beforeLast = Math.imul(start ^ 1, PRIME) ^ 2;
  return [
    Int32Array.of(1, 2),
    Int32Array.of(3, Math.imul(start ^ 3, PRIME) ^ beforeLast),
    Int32Array.of(start ^ beforeLast),
  ];
}

describe('GovernanceTable', () => {
  const none = Int32Array.of();

  it('has one governance for each pair of lists', () => {
    const table = newTable();
    const id = table.ofRegistered(Int32Array.of(1, 2), none);
    expect(table.ofRegistered(Int32Array.of(1, 2), none)).toBe(id);
    const registered = table.verdicts.governance(id);
    expect(table.ofStranger(Int32Array.of(1, 2), none)).toBe(registered);
    const stranger = table.ofStranger(Int32Array.of(1), Int32Array.of(2));
    expect(stranger).not.toBe(registered);
    expect(table.ofStranger(Int32Array.of(1), Int32Array.of(2))).toBe(stranger);
    expect(table.ofStranger(none, Int32Array.of(1, 2))).not.toBe(registered);
    expect(table.ofStranger(Int32Array.of(1, 3), none)).not.toBe(registered);
    expect(table.ofStranger(Int32Array.of(1, 2, 3), none)).not.toBe(registered);
  });

  it.each(['ofRegistered', 'ofStranger'] as const)(
    '%s keeps lists apart that have the same hash',
    (way) => {
      const table = newTable();
      const scopes = collidingLists(BASIS);
      const unknownScopes = collidingLists(Math.imul(BASIS ^ -1, PRIME));
      const found = (known: Int32Array, unknown: Int32Array): Governance => {
        const result = table[way](known, unknown);
        return typeof result === 'number' ? table.verdicts.governance(result) : result;
      };
      for (const list of [...scopes, ...scopes]) {
        expect(found(list, none).scopes).toEqual(list);
      }
      for (const list of [...unknownScopes, ...unknownScopes]) {
        expect(found(none, list).unknownScopes).toEqual(list);
      }
    },
  );

  it('weighs a governance by what it keeps', () => {
    const table = newTable();
    expect(weightOf(table.without('unsecured'))).toBe(32);
    expect(weightOf(table.ofStranger(Int32Array.of(1, 2), Int32Array.of(3)))).toBe(35);
  });
});

describe('Governance', () => {
  it('works a verdict out once for each of a bounded number of sets of actions', () => {
    let worked = 0;
    const judge = {
      verdictOn: (): ReturnType<typeof JUDGE.verdictOn> => {
        worked++;
        return JUDGE.verdictOn();
      },
    };
    const governance = newTable(judge).without('unsecured');
    for (const _ of ['first', 'again']) {
      expect(governance.verdictOn(0b1000)).toBe(governance.verdictOn(0b1000));
      expect(governance.verdictOn(0b11)).toBe(governance.verdictOn(0b11));
    }
    expect(worked).toBe(2);
    for (let mask = 1; mask < 256; mask++) governance.verdictOn(mask);
    worked = 0;
    for (let mask = 1; mask < 256; mask++) governance.verdictOn(mask);
    expect(worked).toBe(255 - 64);
  });
});

describe('resources that the same permissions govern', () => {
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
  const governanceOf = (name: string, project: string, tags?: Record<string, string>): Governance =>
    snapshot.governanceOf({ type: 'Entity', name, project, ...(tags && { tags }) });

  it('share one governance, across types and projects, registered or not', () => {
    const registered = governanceOf('a', 'p');
    expect(snapshot.governanceOf({ type: 'FeatureView', name: 'b', project: 'q' })).toBe(
      registered,
    );
    expect(governanceOf('stranger', 'p', {})).toBe(registered);
    expect(governanceOf('s1', 'p')).toBe(governanceOf('s2', 'q'));
    expect(governanceOf('s1', 'p')).not.toBe(registered);
    expect(governanceOf('s3', 'p', { team: 'risk' })).toBe(
      governanceOf('s4', 'p', { team: 'risk' }),
    );
  });
});
