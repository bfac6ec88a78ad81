/** What a check found: the one shape that the matchers and the assertions are made from. */
export interface CheckResult {
  readonly pass: boolean;
  /**
   * Why the outcome, whichever it is, is not the one that a test wanted. Lines without a final line
   * break.
   */
  readonly message: () => string;
  /** For the diffs of test runners: what was found, and what there should have been. */
  readonly actual: unknown;
  readonly expected: unknown;
}
