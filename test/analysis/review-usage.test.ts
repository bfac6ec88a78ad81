import { describe, expect, it } from 'vitest';
import { reviewUsage } from '../../src/analysis/index.js';
import { createDecisionLog } from '../../src/decision-log/index.js';
import { createAuthorizer, type Snapshot } from '../../src/engine/index.js';
import { createGate } from '../../src/gate/index.js';
import { roles } from '../../src/policy/index.js';

const READER = { username: 'ann', roles: ['reader'] };

function storeOf(): Snapshot {
  return createAuthorizer({
    projects: ['p'],
    permissions: [
      {
        name: 'read',
        project: 'p',
        types: ['FeatureView'],
        actions: ['DESCRIBE', 'READ_ONLINE'],
        policy: roles('reader'),
      },
      {
        name: 'write',
        project: 'p',
        types: ['FeatureView'],
        actions: ['WRITE_ONLINE'],
        policy: roles('writer'),
      },
    ],
    resources: [
      { project: 'p', type: 'FeatureView', name: 'view' },
      { project: 'p', type: 'Entity', name: 'open' },
    ],
    unsecured: 'allow',
  }).snapshot as unknown as Snapshot;
}

/** Records of a gate that was asked these questions by a reader. */
function recordsOf(
  snapshot: Snapshot,
  questions: readonly (readonly [string, string, string])[],
  maxPermissions = 10,
): unknown[] {
  const records: unknown[] = [];
  const sink = { writeLine: (line: string) => void records.push(JSON.parse(line)) };
  const { onDecision } = createDecisionLog({ sink, maxPermissions });
  const authorizer = createAuthorizer(snapshot as never);
  const gate = createGate({
    authenticator: { authenticate: async () => READER },
    authorizer,
    telemetry: false,
    onDecision,
    now: () => 1_700_000_000_000 + records.length,
  });
  for (const [actions, type, name] of questions) {
    const resources = { project: 'p', type, name };
    try {
      gate.authorize(authorizer.for(READER), { actions, resources } as never);
    } catch {
      // A refusal is recorded as well.
    }
  }
  return records;
}

function suggestionsFor(...input: Parameters<typeof recordsOf>) {
  const review = reviewUsage(input[0]);
  for (const record of recordsOf(...input)) review.add(record);
  return review.suggest();
}

describe('reviewUsage', () => {
  it('lists the actions of each permission that no decision used', () => {
    const { unusedGrants, decisions, from, to } = suggestionsFor(storeOf(), [
      ['READ_ONLINE', 'FeatureView', 'view'],
      ['WRITE_ONLINE', 'FeatureView', 'view'],
    ]);
    expect(unusedGrants).toEqual([
      {
        permission: { project: 'p', name: 'read' },
        actions: ['DESCRIBE'],
        isWhole: false,
        uncertain: [],
      },
      {
        permission: { project: 'p', name: 'write' },
        actions: ['WRITE_ONLINE'],
        isWhole: true,
        uncertain: [],
      },
    ]);
    expect([decisions, from, to]).toEqual([
      2,
      '2023-11-14T22:13:20.000Z',
      '2023-11-14T22:13:20.001Z',
    ]);
  });

  it('says which grants may be used where a record leaves permissions out', () => {
    const { unusedGrants } = suggestionsFor(storeOf(), [['DESCRIBE', 'FeatureView', 'view']], 0);
    expect(unusedGrants[0]).toMatchObject({
      actions: ['DESCRIBE', 'READ_ONLINE'],
      uncertain: ['DESCRIBE'],
    });
    expect(unusedGrants[1]).toMatchObject({ uncertain: [] });
  });

  it('lists resources in use that no permission covers, the most used first', () => {
    const { unsecuredUses, complete } = suggestionsFor(storeOf(), [
      ['DESCRIBE', 'Entity', 'open'],
      ['DESCRIBE', 'Entity', 'new'],
      ['UPDATE', 'Entity', 'new'],
    ]);
    expect(unsecuredUses).toEqual([
      {
        resource: { project: 'p', type: 'Entity', name: 'new' },
        registered: false,
        allowed: 2,
        refused: 0,
        actions: ['DESCRIBE', 'UPDATE'],
      },
      {
        resource: { project: 'p', type: 'Entity', name: 'open' },
        registered: true,
        allowed: 1,
        refused: 0,
        actions: ['DESCRIBE'],
      },
    ]);
    expect(complete).toBe(true);
  });

  it('counts refusals before a decision, and ignores permissions that are gone', () => {
    const snapshot = storeOf();
    const review = reviewUsage(snapshot);
    review.add({ path: 'feast_permissions/refusal' });
    const [record] = recordsOf(snapshot, [['DESCRIBE', 'FeatureView', 'view']]) as {
      result: { permissions: { name: string }[] };
    }[];
    if (record?.result.permissions[0] !== undefined) record.result.permissions[0].name = 'gone';
    review.add(record);
    expect(review.suggest()).toMatchObject({ decisions: 1, refusals: 1 });
    expect(review.suggest().unusedGrants.map(({ isWhole }) => isWhole)).toEqual([true, true]);
  });

  it('uses no more memory for a log of endless names', () => {
    const snapshot = storeOf();
    const [record] = recordsOf(snapshot, [['DESCRIBE', 'Entity', 'new']]) as {
      input: { resource: { name: string } };
    }[];
    const review = reviewUsage(snapshot);
    for (let count = 0; count < 100_010; count++) {
      if (record !== undefined) record.input.resource.name = `name-${count}`;
      review.add(record);
    }
    const { unsecuredUses, complete, decisions } = review.suggest();
    expect([unsecuredUses.length, complete, decisions]).toEqual([100_000, false, 100_010]);
  });

  it.each([
    [null, 'the record'],
    [[], 'the record'],
    [{ path: 'other' }, '`path`'],
    [{ event_type: 'authz.decision' }, 'shape of Feast'],
    [{ timestamp: 'today' }, '`timestamp`'],
    [{ input: null }, '`input`'],
    [{ input: { actions: [], resource: { project: 'p', type: 'Entity', name: 'a' } } }, 'actions'],
    [{ input: { actions: ['FLY'], resource: { project: 'p', type: 'Entity', name: 'a' } } }, 'FLY'],
    [{ input: { actions: ['UPDATE'], resource: { project: 'p', type: 'Car', name: 'a' } } }, 'Car'],
    [
      { input: { actions: ['UPDATE'], resource: { project: 1, type: 'Entity', name: 'a' } } },
      'project',
    ],
    [{ result: { allowed: 'yes', permissions: [], permission_count: 0 } }, 'allowed'],
    [{ result: { allowed: true, permissions: [{}], permission_count: 1 } }, 'granted'],
    [{ result: { allowed: true, permissions: [], permission_count: -1 } }, 'permission_count'],
  ])('rejects the record %j and does not count it', (change, message) => {
    const snapshot = storeOf();
    const [record] = recordsOf(snapshot, [['DESCRIBE', 'Entity', 'open']]) as object[];
    const review = reviewUsage(snapshot);
    const changed = change === null || Array.isArray(change) ? change : { ...record, ...change };
    expect(() => review.add(changed)).toThrow(TypeError);
    expect(() => review.add(changed)).toThrow(message);
    expect(review.suggest()).toMatchObject({ decisions: 0, unsecuredUses: [] });
  });
});
