/** Work on one request or answer, in seconds without waits. */
const DEFAULT_MAX_DECISION_SECONDS = 10;

/**
 * How long deciding on one request, or filtering one answer, may take.
 *
 * @returns milliseconds
 * @throws TypeError when the option is not a number above 0
 */
export function maxDecisionMs({
  maxDecisionSeconds = DEFAULT_MAX_DECISION_SECONDS,
}: {
  readonly maxDecisionSeconds?: number | undefined;
}): number {
  if (!(typeof maxDecisionSeconds === 'number' && maxDecisionSeconds > 0)) {
    throw new TypeError('option maxDecisionSeconds must be a number above 0');
  }
  return 1000 * maxDecisionSeconds;
}
