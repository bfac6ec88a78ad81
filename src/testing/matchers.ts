import type { Authorizer } from '../engine/index.js';
import type { ResourceOf } from '../model/index.js';
import type { AccessQuestion } from './access-question.js';
import { checkDecision } from './check-decision.js';
import { checkFullyCovered } from './check-fully-covered.js';
import type { CheckResult } from './check-result.js';
import { checkSecured } from './check-secured.js';
import type { CoverageDemand } from './coverage-demand.js';

/**
 * What `expect(authorizer)` gets from {@link feastPermissionMatchers}.
 *
 * @typeParam Result what a matcher of the test runner returns
 * @typeParam Actual type of the authorizer, or of a promise of one, whose vocabulary the arguments
 *   must keep to
 */
export interface FeastPermissionMatchers<Result, Actual> {
  /**
   * The subject may do it. On failure: the decision's reasons, and the permissions that almost
   * matched.
   */
  toAllow(question: AccessQuestion<VocabularyOf<Actual>>): Result;
  /** The subject may not do it. On failure: the permissions that grant it. */
  toDeny(question: AccessQuestion<VocabularyOf<Actual>>): Result;
  /** Some permission covers each of the resources, whatever its actions. */
  toBeSecured(
    resources: ResourceOf<VocabularyOf<Actual>> | readonly ResourceOf<VocabularyOf<Actual>>[],
  ): Result;
  /**
   * Each action on each registered resource is held by a permission whose policy somebody can
   * satisfy.
   */
  toBeFullyCovered(demand?: CoverageDemand<VocabularyOf<Actual>>): Result;
}

type VocabularyOf<Actual> = Awaited<Actual> extends Authorizer<infer V> ? V : never;

declare global {
  // Vitest 3 and 4 and `@types/jest` take matchers from here; without them the interface stays
  // unused.
  namespace jest {
    interface Matchers<R, T> extends FeastPermissionMatchers<R, T> {}
  }
}

/**
 * A matcher as vitest and jest call it: `pass`, and the message of the outcome that was not wanted.
 */
export type FeastPermissionMatcher = (
  received: unknown,
  ...args: readonly unknown[]
) => Pick<CheckResult, 'pass' | 'message'>;

/**
 * Matchers for the `expect.extend` of vitest and jest.
 *
 * Called in a wrong way, they throw a TypeError, which fails a negated expectation too.
 *
 * @example
 * expect.extend(feastPermissionMatchers);
 * expect(authorizer).toAllow({ subject, actions: 'READ_ONLINE', resource });
 */
export const feastPermissionMatchers: Readonly<
  Record<keyof FeastPermissionMatchers<void, never>, FeastPermissionMatcher>
> = Object.freeze({
  toAllow: createMatcher((received, question) => checkDecision(received, question, 'allowed')),
  toDeny: createMatcher((received, question) => checkDecision(received, question, 'refused')),
  toBeSecured: createMatcher(checkSecured),
  toBeFullyCovered: createMatcher(checkFullyCovered),
});

function createMatcher(
  check: (received: unknown, argument: unknown) => CheckResult,
): FeastPermissionMatcher {
  return (received, ...args) => {
    // A second question would go unanswered, and look as if it had been asked.
    if (args.length > 1) throw new TypeError('expected one argument at most');
    const { pass, message } = check(received, args[0]);
    return { pass, message };
  };
}
