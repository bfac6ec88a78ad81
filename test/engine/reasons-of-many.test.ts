import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createAuthorizer } from '../../src/engine/index.js';
import type { Decision, PolicyData, PolicyKind } from '../../src/model/index.js';

const MANY = 1000;

/**
 * A decision that 1,000 permissions cover, and the permissions whose policies were put into words.
 */
function decide(kind: 'any-of' | 'predicate'): {
  readonly decision: Decision;
  readonly explained: string[];
} {
  const explained: string[] = [];
  const counting: PolicyKind<PolicyData & { role: string }> = {
    type: 'Counting',
    schema: z.strictObject({ type: z.literal('Counting'), role: z.string() }) as never,
    compile: ({ role }) =>
      kind === 'any-of' ? { kind, roles: [role] } : { kind, grants: () => false },
    explain: ({ role }) => {
      explained.push(role);
      return `the role "${role}"`;
    },
  };
  const permissions = Array.from({ length: MANY }, (_, index) => ({
    name: `p${index}`,
    actions: 'READ' as const,
    policy: { type: 'Counting', role: `r${index}` },
  }));
  const authorizer = createAuthorizer({ permissions, policyKinds: [counting] });
  const decision = authorizer.decide({ username: 'bob' }, 'READ_ONLINE' as never, {
    type: 'FeatureView',
    name: 'view',
  });
  return { decision, explained };
}

describe.each(['any-of', 'predicate'] as const)('a decision on 1,000 permissions, %s', (kind) => {
  it('puts three of them into words for its explanation', () => {
    const { decision, explained } = decide(kind);
    expect(explained).toEqual([]);
    expect(decision.explanation).toMatch(/"p0".*"p1".*"p2".*; and 997 more$/);
    expect(explained).toEqual(['r0', 'r1', 'r2']);
  });

  it('lists them all and puts none of them into words for that', () => {
    const { decision, explained } = decide(kind);
    const before = explained.length;
    expect(decision.permissions).toHaveLength(MANY);
    expect(decision.permissions.every(({ granted }) => !granted)).toBe(true);
    expect(decision.permissions.at(-1)?.name).toBe(`p${MANY - 1}`);
    expect(explained.length - before).toBeLessThanOrEqual(3);
  });

  it('puts one into words when its sentence is first read', () => {
    const { decision, explained } = decide(kind);
    const last = decision.permissions.at(-1);
    explained.length = 0;
    const sentence = `permission "p999" does not grant READ_ONLINE: it requires the role "r999"`;
    expect([last?.explanation, last?.explanation]).toEqual([sentence, sentence]);
    expect(explained).toEqual(['r999']);
  });

  it('is serialised with all sentences', () => {
    const { decision } = decide(kind);
    const { permissions } = JSON.parse(JSON.stringify(decision)) as Decision;
    expect(permissions).toEqual(decision.permissions.map((permission) => ({ ...permission })));
    expect(permissions.at(-1)?.explanation).toContain('"r999"');
  });
});
