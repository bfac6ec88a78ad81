import { type Authorizer, compiledOf } from '../../engine/index.js';
import type { FeastVocabulary, Vocabulary } from '../../model/index.js';
import { AuthorizationAssertionError } from '../authorization-assertion-error.js';
import { toAuthorizer } from '../check-arguments.js';
import { checkDecision } from '../check-decision.js';
import { coverTests, type PolicyTestCoverage } from './policy-test-coverage.js';
import type { PolicyCase, PolicyTests } from './policy-test-file.js';

/** What became of one case. */
export interface PolicyCaseResult {
  readonly case: PolicyCase;
  /** `error`: the question could not be asked. */
  readonly outcome: 'passed' | 'failed' | 'error';
  /** Why, with the permissions that decided or almost matched; empty if it passed. */
  readonly message: string;
}

/** What became of a file of policy tests. */
export interface PolicyTestReport {
  readonly passed: number;
  readonly failed: number;
  readonly errors: number;
  /** In the order of the file. */
  readonly results: readonly PolicyCaseResult[];
  readonly coverage: PolicyTestCoverage;
}

/**
 * Asks all questions of a file of policy tests.
 *
 * @param given the authorizer that is tested
 * @throws TypeError if it is not an authorizer
 * @example
 * const tests = await loadPolicyTests('permissions.test.yaml');
 * const { failed, coverage } = runPolicyTests(authorizer, tests);
 */
export function runPolicyTests<V extends Vocabulary = FeastVocabulary>(
  given: Authorizer<V>,
  tests: Pick<PolicyTests, 'cases'>,
): PolicyTestReport {
  const authorizer = toAuthorizer(given);
  const results = tests.cases.map((one) => runCase(authorizer, one));
  const count = (outcome: PolicyCaseResult['outcome']): number =>
    results.filter((one) => one.outcome === outcome).length;
  return {
    passed: count('passed'),
    failed: count('failed'),
    errors: count('error'),
    results,
    coverage: coverTests(compiledOf(authorizer.snapshot), authorizer, tests.cases),
  };
}

function runCase(authorizer: Authorizer<Vocabulary>, one: PolicyCase): PolicyCaseResult {
  const { subject, actions, resource, expected } = one;
  try {
    const { pass, message } = checkDecision(authorizer, { subject, actions, resource }, expected);
    return { case: one, outcome: pass ? 'passed' : 'failed', message: pass ? '' : message() };
  } catch (error) {
    // A question that the snapshot cannot be asked: a project is missing, or a type unknown.
    if (!(error instanceof TypeError)) throw error;
    return { case: one, outcome: 'error', message: error.message };
  }
}

/**
 * Asserts that an authorizer gives the answer that one case expects: for vitest, jest and
 * `node:test`.
 *
 * @throws {@link AuthorizationAssertionError} if the answer is another one, with the decision's
 *   reasons
 * @throws TypeError if `authorizer` is not an authorizer, or the question cannot be asked
 * @example
 * for (const one of cases) test(one.title, () => assertPolicyCase(authorizer, one));
 */
export function assertPolicyCase<V extends Vocabulary = FeastVocabulary>(
  authorizer: Authorizer<V>,
  one: PolicyCase,
): void {
  const { subject, actions, resource, expected } = one;
  const result = checkDecision(authorizer, { subject, actions, resource }, expected);
  if (result.pass) return;
  const error = new AuthorizationAssertionError(assertPolicyCase.name, result);
  Error.captureStackTrace?.(error, assertPolicyCase);
  throw error;
}
