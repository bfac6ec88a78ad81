import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { DecisionMemo } from '../../src/engine/decision-memo.js';
import { createAuthorizer } from '../../src/engine/index.js';
import type { Decision, PolicyKind } from '../../src/model/index.js';

const decision = { allowed: true } as Decision;
const subjectOf = (serial: number) => ({ subject: null, attributes: [], serial });
const resourceOf = (name: string) => ({ type: 'FeatureView', name, tags: {} });

describe('DecisionMemo', () => {
  it('keeps a decision when its question comes for the second time', () => {
    const memo = new DecisionMemo();
    const [subject, resource] = [subjectOf(1), resourceOf('a')];
    const add = (): void => memo.add(subject, 1, resource, { decision, permissions: 3 });
    add();
    expect(memo.get(subject, 1, resource)).toBeUndefined();
    add();
    expect(memo.get(subject, 1, resource)).toBe(decision);
    expect(memo.get(subjectOf(1), 1, resource)).toBeUndefined();
    expect(memo.get(subject, 2, resource)).toBeUndefined();
    expect(memo.get(subject, 1, resourceOf('a'))).toBeUndefined();
  });

  it('keeps two questions of one hash, and forgets the third that is the oldest', () => {
    const memo = new DecisionMemo();
    const subject = subjectOf(1);
    // The same name, so the same hash.
    const [a, b, c] = [resourceOf('a'), resourceOf('a'), resourceOf('a')];
    for (const resource of [a, a, b, b]) {
      memo.add(subject, 1, resource, { decision, permissions: 0 });
    }
    expect([memo.get(subject, 1, b), memo.get(subject, 1, a)]).toEqual([decision, decision]);
    memo.add(subject, 1, c, { decision, permissions: 0 });
    expect(memo.get(subject, 1, b)).toBeUndefined();
    expect(memo.get(subject, 1, a)).toBe(decision);
  });

  it('is bounded by the number of permissions that its decisions name', () => {
    const memo = new DecisionMemo();
    const questions = Array.from({ length: 100 }, (_, at) => resourceOf(`view-${at}`));
    const subject = subjectOf(1);
    for (const resource of questions) {
      for (const _ of [1, 2]) memo.add(subject, 1, resource, { decision, permissions: 8000 });
    }
    const kept = questions.filter((resource) => memo.get(subject, 1, resource) !== undefined);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThanOrEqual(16);
    for (const _ of [1, 2]) {
      memo.add(subject, 2, resourceOf('huge'), { decision, permissions: 10_000 });
    }
    expect(memo.get(subject, 2, resourceOf('huge'))).toBeUndefined();
  });
});

const policy = { type: 'RoleBasedPolicy', roles: ['reader'] } as const;
const permission = {
  name: 'read',
  types: ['FeatureView'],
  actions: ['READ_ONLINE'],
  policy,
} as const;
const resources = [{ type: 'FeatureView', name: 'a' }] as const;
const reader = { username: 'ann', roles: ['reader'] };

describe('decisions for a bound subject', () => {
  it('are given again for the same question, and made anew on a new snapshot', () => {
    const authorizer = createAuthorizer({ permissions: [permission], resources });
    const caller = authorizer.for(reader);
    const ask = () => caller.decide('READ_ONLINE', { type: 'FeatureView', name: 'a' });
    const [first, second, third] = [ask(), ask(), ask()];
    expect(first).toEqual(second);
    expect(third).toBe(second);
    expect(third).toMatchObject({ allowed: true, permissions: [{ name: 'read' }] });
    authorizer.replace({ permissions: [{ ...permission, actions: ['DESCRIBE'] }] });
    expect(ask()).toMatchObject({ allowed: false, reason: 'denied' });
    expect(ask().version).not.toBe(third.version);
  });

  it('name the actions as they were asked for', () => {
    const caller = createAuthorizer({ permissions: [permission], resources }).for(reader);
    const orders = [['READ_ONLINE', 'DESCRIBE'], ['DESCRIBE', 'READ_ONLINE'], 'DESCRIBE'] as const;
    for (const actions of [...orders, ...orders, ...orders, ['DESCRIBE', 'DESCRIBE'] as const]) {
      expect(caller.decide(actions, resources[0]).actions).toEqual([actions].flat());
    }
  });

  it('ask predicates each time', () => {
    let answer = true;
    const moody: PolicyKind<{ type: 'Moody' }> = {
      type: 'Moody',
      schema: z.strictObject({ type: z.literal('Moody') }),
      compile: () => ({ kind: 'predicate', grants: () => answer }),
      explain: () => 'a good mood',
    };
    const caller = createAuthorizer({
      permissions: [{ ...permission, policy: { type: 'Moody' } } as never],
      resources,
      policyKinds: [moody],
    }).for(reader);
    for (const expected of [true, true, true, false, true]) {
      answer = expected;
      expect(caller.decide('READ_ONLINE', resources[0]).allowed).toBe(expected);
    }
  });
});
