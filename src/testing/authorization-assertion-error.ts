import type { CheckResult } from './check-result.js';

/** Thrown by the assertions, in the shape that test runners know from `node:assert`. */
export class AuthorizationAssertionError extends Error {
  override readonly name = 'AuthorizationAssertionError';
  readonly code = 'ERR_ASSERTION';
  /** The message says more than the values: jest leaves a generated one out. */
  readonly generatedMessage = false;
  /** Name of the assertion. */
  readonly operator: string;
  readonly actual: unknown;
  readonly expected: unknown;

  constructor(operator: string, { message, actual, expected }: CheckResult) {
    super(message());
    this.operator = operator;
    this.actual = actual;
    this.expected = expected;
  }
}
