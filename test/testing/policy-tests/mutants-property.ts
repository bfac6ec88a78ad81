import fc from 'fast-check';
import { expect } from 'vitest';
import { type Authorizer, compiledOf } from '../../../src/engine/index.js';
import { createAuthorizer, type Vocabulary } from '../../../src/index.js';
import { isExcludedPermission } from '../../../src/model/index.js';
import { mutatePolicies, type PolicyCase } from '../../../src/testing/index.js';
import { mutantsOf } from '../../../src/testing/policy-tests/mutate-policies.js';
import {
  type ArbitraryQuestion,
  authorizerOf,
  storesWithQuestions,
} from '../../support/arbitrary-stores.js';
import type { ReferenceStore } from '../../support/reference-evaluator.js';

/** The mutants that no case notices are those that a snapshot for each mutant finds. */
export const mutantsProperty = fc.property(storesWithQuestions(1), ({ stores, questions }) => {
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
      const mutant = createAuthorizer<Vocabulary>({
        ...compiled.options,
        resources: [...compiled.resourcesAsGiven()],
        permissions,
      } as never);
      if (cases.every((one) => passes(mutant, one))) survivors.push(`${source.name} ${mutation}`);
    }
  }
  const found = unnoticed.map(({ permission, mutation }) => `${permission.name} ${mutation}`);
  checkSame(found, survivors);
});

/** Called with what is equal most often: `expect` takes longer than to see that. */
function checkSame(found: readonly string[], wanted: readonly string[]): void {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) expect(found).toEqual(wanted);
}

function passes(
  mutant: Authorizer<Vocabulary>,
  { subject, actions, resource, expected }: PolicyCase,
): boolean {
  try {
    return mutant.can(subject, actions, resource) === (expected === 'allowed');
  } catch (error) {
    // Without the permission, no project is left that the question could be about.
    if (error instanceof TypeError) return expected === 'refused';
    throw error;
  }
}

/** A case that passes; undefined for a question that cannot be asked. */
function caseOf(
  authorizer: Authorizer<Vocabulary>,
  { subject, actions, resource }: ArbitraryQuestion,
): PolicyCase | undefined {
  try {
    const expected = authorizer.can(subject, actions, resource) ? 'allowed' : 'refused';
    return { title: '', name: null, number: 1, subject, actions, resource, expected };
  } catch {
    return undefined;
  }
}
