import { describe, expect, it } from 'vitest';
import { createFeastReading } from '../../src/audit/index.js';
import { createAuthorizer } from '../../src/engine/index.js';
import { parsePermission } from '../../src/model/index.js';
import { allowAll, permissionContext, roles } from '../../src/policy/index.js';
import { readVectors } from '../support/conformance.js';
import type { DecisionVector } from '../support/decision-vectors.js';
import { snapshotOf } from './audit-of.js';

const ANN = { username: 'ann', roles: ['a'] };
const BOB = { username: 'bob', roles: ['b'] };

describe('createFeastReading', () => {
  it('gives the recorded answers of Feast to questions about required tags', () => {
    let answered = 0;
    let unlikeOurs = 0;
    const wrong: unknown[] = [];
    for (const vector of readVectors<DecisionVector>('tags.jsonl.gz')) {
      const { snapshot } = createAuthorizer({
        permissions: vector.permissions,
        onUnsupportedPattern: 'exclude',
      });
      if (!isComparable(vector) || snapshot.warnings.length > 0) continue;
      const { user, actions, resources, filterOnly, feast } = vector;
      const reading = createFeastReading(snapshot);
      const answers = resources.map((resource) => reading.decide(user, actions, resource).allowed);
      const allowed = answers.flatMap((answer, position) => (answer ? [position] : []));
      const agrees =
        'error' in feast
          ? answers.includes(false)
          : filterOnly
            ? JSON.stringify(allowed) === JSON.stringify(feast.allowed)
            : !answers.includes(false);
      if (!agrees) wrong.push({ id: vector.id, allowed, feast });
      answered += 1;
      const ours = createAuthorizer(snapshot);
      if (resources.some((one, at) => ours.can(user, actions, one) !== answers[at])) unlikeOurs++;
    }
    expect(wrong).toEqual([]);
    expect({ answered, unlikeOurs }).toEqual({ answered: 350, unlikeOurs: 56 });
  });

  it('reads the patterns of a registry as regular expressions, also those that begin like a glob', () => {
    const written = {
      name: 'odd',
      namePatterns: ['glob:sales.*'],
      requiredTags: { team: 'risk' },
      policy: roles('a'),
    };
    const parsed = parsePermission(written, permissionContext(), { globs: false });
    const { decide } = createFeastReading(
      createAuthorizer({ permissions: [parsed as never] }).snapshot,
    );
    const ask = (name: string) => decide(ANN, ['READ_ONLINE'], { type: 'FeatureView', name });
    expect(ask('glob:sales_eu').allowed).toBe(true);
    expect(ask('sales.eu').allowed).toBe(false);
  });

  it('lets a permission pass for resources without its tags', async () => {
    const snapshot = await snapshotOf({
      permissions: [
        { name: 'tagged', project: 'p', requiredTags: { team: 'risk' }, policy: roles('a') },
        { name: 'other', project: 'p', policy: roles('b') },
      ],
      resources: [{ type: 'FeatureView', name: 'sales', project: 'p', tags: { team: 'sales' } }],
    });
    const { decide } = createFeastReading(snapshot);
    const sales = { type: 'FeatureView', name: 'sales', project: 'p' } as const;
    expect(createAuthorizer(snapshot).can(ANN, ['READ_ONLINE'], sales)).toBe(false);
    expect(decide(ANN, ['READ_ONLINE'], sales)).toMatchObject({
      allowed: true,
      reason: 'granted',
      explanation: expect.stringContaining('permission "tagged" grants READ_ONLINE'),
    });
    expect(decide(null, ['READ_ONLINE'], sales)).toMatchObject({
      allowed: false,
      reason: 'denied',
    });
    expect(decide(ANN, ['READ_ONLINE'], { ...sales, project: 'q' }).reason).toBe('unknown-project');
  });

  it('compares with the required tags of a permission, and not with its labels', async () => {
    const snapshot = await snapshotOf({
      permissions: [
        { name: 'tagged', requiredTags: { team: 'risk' }, policy: roles('a') },
        { name: 'labelled', tags: { team: 'risk' }, requiredTags: { x: 'y' }, policy: roles('b') },
        { name: 'bare', policy: roles('b') },
      ],
      resources: [{ type: 'Permission', name: 'labelled', tags: { team: 'risk' } }],
    });
    const { decide } = createFeastReading(snapshot);
    const allowed = (name: string): boolean =>
      decide(ANN, ['UPDATE'], { type: 'Permission', name }).allowed;
    expect(allowed('tagged')).toBe(true);
    expect(allowed('labelled')).toBe(false);
    expect(allowed('bare')).toBe(true);
    expect(allowed('not there')).toBe(false);
  });

  it('fails at every request of a project with an allow-all permission', async () => {
    const snapshot = await snapshotOf({
      permissions: [
        { name: 'open', project: 'p', types: 'Entity', policy: allowAll() },
        { name: 'b', project: 'p', policy: roles('b') },
        { name: 'b', project: 'q', policy: roles('b') },
      ],
    });
    const { decide } = createFeastReading(snapshot);
    const resource = { type: 'FeatureView', name: 'x', project: 'p' } as const;
    expect(decide(BOB, ['DESCRIBE'], resource)).toEqual({
      allowed: false,
      reason: 'unreadable',
      explanation:
        'permission `open` has the allow-all policy, which Feast cannot read back: every request fails',
      permissions: [],
    });
    expect(decide(BOB, ['DESCRIBE'], { ...resource, project: 'q' }).allowed).toBe(true);
  });

  it('keeps what is not understood left out', async () => {
    const snapshot = await snapshotOf({
      permissions: [
        { name: 'odd', namePatterns: '(a)\\1', requiredTags: { a: 'b' }, policy: roles('a') },
      ],
    });
    const { decide } = createFeastReading(snapshot);
    expect(decide(ANN, ['DESCRIBE'], { type: 'Entity', name: 'aa' }).reason).toBe('denied');
  });
});

/**
 * Feast was asked about permissions in memory: with an allow-all one, a registry gives another
 * answer.
 */
function isComparable({ permissions, actions, resources }: DecisionVector): boolean {
  return (
    actions.length > 0 &&
    permissions.every(({ policy = { type: 'AllowAll' } }) => policy.type !== 'AllowAll') &&
    resources.every(({ type }) => type !== 'Permission')
  );
}
