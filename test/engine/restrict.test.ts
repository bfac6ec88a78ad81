import { describe, expect, test } from 'vitest';
import { createAuthorizer, prepareSnapshot, restrict } from '../../src/engine/index.js';
import { type Decision, PermissionDeniedError } from '../../src/model/index.js';
import { definePermission } from '../../src/policy/index.js';

const ANN = { username: 'ann', roles: ['reader'] };
const views = ['kept', 'lost', 'gained'].map((name) => ({ type: 'FeatureView', name }) as const);
const [kept, lost, gained] = views as [
  (typeof views)[number],
  (typeof views)[number],
  (typeof views)[number],
];
const snapshotOf = (version: string, ...namePatterns: readonly string[]) =>
  prepareSnapshot({
    version,
    resources: views,
    permissions: [
      definePermission({
        name: 'p',
        namePatterns,
        policy: { type: 'RoleBasedPolicy', roles: ['reader'] },
      } as never),
    ],
  });
const old = await snapshotOf('old', 'kept', 'lost', 'old_.*');
const newer = await snapshotOf('new', 'kept', 'gained', 'new_.*');
const both = ['kept'];

describe('an authorizer that is restricted to a newer snapshot', () => {
  const decisions: Decision[] = [];
  test.each([
    ['', createAuthorizer(old)],
    [' and reports', createAuthorizer(old, { onDecision: (one) => void decisions.push(one) })],
  ])('grants what both snapshots grant%s, in every form of a question', (_, authorizer) => {
    const bound = authorizer.for(ANN);
    restrict(authorizer, newer);
    const named = (allowed: (view: (typeof views)[number]) => boolean): readonly string[] =>
      views.filter(allowed).map(({ name }) => name);
    expect(named((view) => authorizer.can(ANN, 'DESCRIBE', view))).toEqual(both);
    expect(named((view) => authorizer.can(ANN, ['DESCRIBE', 'UPDATE'], view))).toEqual(both);
    expect(named((view) => bound.can('DESCRIBE', view))).toEqual(both);
    expect(named((view) => bound.decide('DESCRIBE', view).allowed)).toEqual(both);
    expect(named((view) => bound.decideDescribed('DESCRIBE', view).allowed)).toEqual(both);
    expect(named((view) => bound.decideChange({ existing: view, proposed: view }).allowed)).toEqual(
      both,
    );
    expect(bound.filter('DESCRIBE', views)).toEqual([kept]);
    expect(authorizer.filter(ANN, 'DESCRIBE', views)).toEqual([kept]);
    expect(() => authorizer.assert(ANN, 'DESCRIBE', views)).toThrow(PermissionDeniedError);
    for (const name of ['old_1', 'new_1']) {
      expect(authorizer.can(ANN, 'DESCRIBE', { type: 'FeatureView', name })).toBe(false);
    }
    expect(authorizer.snapshot).toBe(old);
  });

  test('says which snapshot refuses', () => {
    const authorizer = createAuthorizer(old);
    restrict(authorizer, newer);
    expect(authorizer.decide(ANN, 'DESCRIBE', lost).version).toBe('new');
    expect(authorizer.decide(ANN, 'DESCRIBE', gained).version).toBe('old');
    expect(authorizer.decide(ANN, 'DESCRIBE', kept).version).toBe('old');
  });

  test('is free again without a restriction, and with the next snapshot', () => {
    const authorizer = createAuthorizer(old);
    const bound = authorizer.for(ANN);
    restrict(authorizer, newer);
    restrict(authorizer, undefined);
    expect(bound.can('DESCRIBE', lost)).toBe(true);
    restrict(authorizer, newer);
    authorizer.replace(newer);
    expect(bound.can('DESCRIBE', gained)).toBe(true);
    expect(authorizer.can(ANN, 'DESCRIBE', lost)).toBe(false);
  });
});
