import { quote } from '../../model/index.js';
import type { UnknownName } from './aws-names.js';
import type { PolicyProblem, StatementReference } from './policy-document.js';

/** What a statement is read with. */
export interface StatementContext {
  readonly reference: StatementReference;
  /** Whether `${…}` is a policy variable: from version 2012-10-17 on. */
  readonly variables: boolean;
  /** Called with each problem. */
  readonly report: (kind: PolicyProblem['kind'], message: string) => void;
}

/** Reports names that AWS does not have, each with the nearest that it has. */
export function reportUnknown(
  names: Iterable<UnknownName>,
  report: StatementContext['report'],
  kind: PolicyProblem['kind'] = 'unknown-name',
): void {
  for (const { what, name, nearest } of names) {
    report(kind, `names the ${what} ${quote(name)}, which AWS does not have${suggest(nearest)}`);
  }
}

/** `; did you mean …?`, or an empty string. */
export function suggest(nearest: string | undefined): string {
  return nearest === undefined ? '' : `; did you mean ${quote(nearest)}?`;
}
