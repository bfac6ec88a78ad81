import type { Authorizer } from '../engine/index.js';
import type { FeastVocabulary, ResourceOf, Vocabulary } from '../model/index.js';
import type { AccessQuestion } from './access-question.js';
import { AuthorizationAssertionError } from './authorization-assertion-error.js';
import { checkDecision } from './check-decision.js';
import { checkFullyCovered } from './check-fully-covered.js';
import type { CheckResult } from './check-result.js';
import { checkSecured } from './check-secured.js';
import type { CoverageDemand } from './coverage-demand.js';

/**
 * Asserts that a subject may do something.
 *
 * @throws {@link AuthorizationAssertionError} when it may not, with the decision's reasons and the
 *   permissions that almost matched
 * @throws TypeError on invalid arguments
 * @example
 * assertAllowed(authorizer, {
 *   subject: { username: 'ann', roles: ['risk-analyst'] },
 *   actions: 'READ_ONLINE',
 *   resource: { type: 'FeatureView', name: 'risk_scores' },
 * });
 */
export function assertAllowed<V extends Vocabulary = FeastVocabulary>(
  authorizer: Authorizer<V>,
  question: AccessQuestion<NoInfer<V>>,
): void {
  assertPass(assertAllowed, checkDecision(authorizer, question, 'allowed'));
}

/**
 * Asserts that a subject may not do something.
 *
 * @throws {@link AuthorizationAssertionError} when it may, with the permissions that grant it
 * @throws TypeError on invalid arguments
 */
export function assertDenied<V extends Vocabulary = FeastVocabulary>(
  authorizer: Authorizer<V>,
  question: AccessQuestion<NoInfer<V>>,
): void {
  assertPass(assertDenied, checkDecision(authorizer, question, 'refused'));
}

/**
 * Asserts that some permission covers each of the resources, whatever its actions.
 *
 * @param resources one, or a list that is not empty
 * @throws {@link AuthorizationAssertionError} when one is not covered, or under `auth: no_auth`
 * @throws TypeError on invalid arguments
 */
export function assertSecured<V extends Vocabulary = FeastVocabulary>(
  authorizer: Authorizer<V>,
  resources: ResourceOf<NoInfer<V>> | readonly ResourceOf<NoInfer<V>>[],
): void {
  assertPass(assertSecured, checkSecured(authorizer, resources));
}

/**
 * Asserts that each action on each registered resource is held by a permission whose policy
 * somebody can satisfy.
 *
 * @throws {@link AuthorizationAssertionError} when there is a gap, when an ignored resource has
 *   none, or under `auth: no_auth`
 * @throws TypeError on invalid arguments, and on an empty list of resources
 */
export function assertFullyCovered<V extends Vocabulary = FeastVocabulary>(
  authorizer: Authorizer<V>,
  demand: CoverageDemand<NoInfer<V>> = {},
): void {
  assertPass(assertFullyCovered, checkFullyCovered(authorizer, demand));
}

/** @param assertion left out of the stack, so that it starts with the test that failed */
function assertPass(assertion: (...args: never[]) => void, result: CheckResult): void {
  if (result.pass) return;
  const error = new AuthorizationAssertionError(assertion.name, result);
  Error.captureStackTrace?.(error, assertion);
  throw error;
}
