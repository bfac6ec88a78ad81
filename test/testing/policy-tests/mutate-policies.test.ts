import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Authorizer, compiledOf } from '../../../src/engine/index.js';
import { createAuthorizer, roles, type Vocabulary } from '../../../src/index.js';
import { isExcludedPermission } from '../../../src/model/index.js';
import { mutatePolicies, type PolicyCase, parsePolicyTests } from '../../../src/testing/index.js';
import { mutantsOf } from '../../../src/testing/policy-tests/mutate-policies.js';
import { authorizerOf, storesWithQuestions } from '../../support/arbitrary-stores.js';
import { PROPERTY_TIMEOUT_MS, propertyRuns } from '../../support/property-runs.js';
import type { ReferenceStore } from '../../support/reference-evaluator.js';

describe('mutatePolicies', () => {
  const authorizer = createAuthorizer({
    whenNoPermissions: 'deny',
    permissions: [
      {
        name: 'readers',
        types: 'FeatureView',
        namePatterns: 'a.*',
        requiredTags: { team: 'risk' },
        actions: 'DESCRIBE',
        policy: roles('analyst'),
      },
    ],
    resources: [
      { type: 'FeatureView', name: 'ab', tags: { team: 'risk' } },
      { type: 'FeatureView', name: 'ac' },
    ],
  });
  const cases = (...more: readonly string[]): { readonly cases: readonly PolicyCase[] } =>
    parsePolicyTests(
      ['users: { ann: { roles: [analyst] } }', 'cases:', ...more.map((one) => `  - ${one}`)].join(
        '\n',
      ),
    );
  const granted = "{ user: ann, action: DESCRIBE, resource: 'FeatureView:ab', expect: allowed }";

  it('lists the changes that no case notices', () => {
    const { mutants, noticed, unnoticed } = mutatePolicies(authorizer, cases(granted));
    expect([mutants, noticed]).toEqual([6, 1]);
    expect(unnoticed.map(({ mutation }) => mutation)).toEqual([
      'any type',
      'any name',
      'without the tag team: risk',
      'any action',
      'for everyone',
    ]);
  });

  it('notices all of them with a case for each condition', () => {
    const tests = cases(
      granted,
      '{ user: ann, action: DESCRIBE, resource: { type: Entity, name: ab, tags: { team: risk } }, expect: refused }',
      '{ user: ann, action: DESCRIBE, resource: { type: FeatureView, name: b, tags: { team: risk } }, expect: refused }',
      "{ user: ann, action: DESCRIBE, resource: 'FeatureView:ac', expect: refused }",
      "{ user: ann, action: DELETE, resource: 'FeatureView:ab', expect: refused }",
      "{ user: anonymous, action: DESCRIBE, resource: 'FeatureView:ab', expect: refused }",
    );
    expect(mutatePolicies(authorizer, tests)).toEqual({ mutants: 6, noticed: 6, unnoticed: [] });
  });

  it('counts cases that pass only', () => {
    const wrong = granted.replace('allowed', 'refused');
    expect(mutatePolicies(authorizer, cases(wrong)).noticed).toBe(0);
  });
});

describe('mutatePolicies against a snapshot for each mutant', {
  timeout: PROPERTY_TIMEOUT_MS,
}, () => {
  it('notices the same mutants', () => {
    fc.assert(
      fc.property(storesWithQuestions(1), ({ stores, questions }) => {
        const authorizer = authorizerOf(stores[0] as ReferenceStore);
        const cases = questions.flatMap((question) => caseOf(authorizer, question) ?? []);
        const { unnoticed } = mutatePolicies(authorizer as never, { cases });
        const compiled = compiledOf(authorizer.snapshot);
        const survivors: string[] = [];
        for (const [position, { source }] of compiled.permissions.entries()) {
          if (isExcludedPermission(source)) continue;
          for (const { mutation, changed } of mutantsOf(compiled, source)) {
            const permissions = compiled.permissions.flatMap((one, index) =>
              index === position ? (changed ?? []) : one.source,
            );
            const options = { ...compiled.options, permissions };
            const isNoticed = cases.some((one) => !passes(options, one));
            if (!isNoticed) survivors.push(`${source.name} ${mutation}`);
          }
        }
        const found = unnoticed.map(({ permission, mutation }) => `${permission.name} ${mutation}`);
        expect(found).toEqual(survivors);
      }),
      propertyRuns(60, 20_000),
    );
  });
});

function passes(options: object, { subject, actions, resource, expected }: PolicyCase): boolean {
  try {
    const authorizer = createAuthorizer<Vocabulary>(options as never);
    return authorizer.can(subject, actions, resource) === (expected === 'allowed');
  } catch (error) {
    // Without the permission, no project is left that the question could be about.
    if (error instanceof TypeError) return expected === 'refused';
    throw error;
  }
}

/** A case that passes; undefined for a question that cannot be asked. */
function caseOf(
  authorizer: Authorizer<Vocabulary>,
  { subject, actions, resource }: Pick<PolicyCase, 'subject' | 'actions' | 'resource'>,
): PolicyCase | undefined {
  try {
    const expected = authorizer.can(subject, actions, resource) ? 'allowed' : 'refused';
    return { title: '', name: null, number: 1, subject, actions, resource, expected };
  } catch {
    return undefined;
  }
}
