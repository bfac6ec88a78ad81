import { findNearMisses } from '../analysis/near-misses.js';
import { type CompiledSnapshot, compiledOf } from '../engine/index.js';
import { formatCount } from '../foundation/long-list.js';
import { count } from '../foundation/names.js';
import { type Decision, formatResource, type Subject } from '../model/index.js';
import { assertQuestion, toAuthorizer } from './check-arguments.js';
import type { CheckResult } from './check-result.js';
import { listNames, tabulateFailure } from './failure-message.js';

/**
 * Whether an authorizer gives the wanted answer to a question.
 *
 * @throws TypeError when `authorizer` or `question` is not one
 */
export function checkDecision(
  given: unknown,
  question: unknown,
  wanted: 'allowed' | 'refused',
): CheckResult {
  const authorizer = toAuthorizer(given);
  assertQuestion(question);
  const snapshot = compiledOf(authorizer.snapshot);
  const decision = authorizer.decide(question.subject, question.actions, question.resource);
  const actual = decision.allowed ? 'allowed' : 'refused';
  return {
    pass: actual === wanted,
    message: () => explainDecision(snapshot, decision),
    actual,
    expected: wanted,
  };
}

/** What to tell somebody who expected the opposite. */
function explainDecision(snapshot: CompiledSnapshot, decision: Decision): string {
  const { allowed, subject, actions, resource, permissions } = decision;
  const [expected, found] = allowed ? ['refused', 'allowed'] : ['allowed', 'refused'];
  const what = `${actions.join(', ')} on ${formatResource(resource)}`;
  // Those that decided first.
  const votes = [
    ...permissions.filter(({ granted }) => granted === allowed),
    ...permissions.filter(({ granted }) => granted !== allowed),
  ];
  return tabulateFailure(
    `expected ${nameOf(subject)} to be ${expected} ${what}, and it is ${found}`,
    [
      { label: 'subject', lines: [describeSubject(subject)] },
      { label: 'reason', lines: [describeReason(snapshot, decision)] },
      { label: 'decided by', lines: votes.map(({ explanation }) => explanation) },
      { label: 'almost matched', lines: allowed ? [] : nearMisses(snapshot, decision) },
      {
        label: 'note',
        lines: isUnregistered(snapshot, decision)
          ? [`${formatResource(resource)} is not registered`]
          : [],
      },
    ],
  );
}

function nameOf(subject: Subject | null): string {
  return subject === null ? 'the anonymous subject' : `user ${JSON.stringify(subject.username)}`;
}

function describeSubject(subject: Subject | null): string {
  if (subject === null) return nameOf(null);
  const { roles = [], groups = [], namespaces = [] } = subject;
  const held = Object.entries({ roles, groups, namespaces })
    .filter(([, names]) => names.length > 0)
    .map(([what, names]) => `${what} ${listNames(names)}`);
  return [nameOf(subject), ...(held.length === 0 ? ['no roles, groups or namespaces'] : held)].join(
    '; ',
  );
}

function describeReason(
  snapshot: CompiledSnapshot,
  { reason, permissions, explanation }: Decision,
): string {
  if (permissions.length === 0) return explanation;
  const { strategy } = snapshot.evaluator.rules;
  if (strategy === 'affirmative') return reason;
  const grants = permissions.filter(({ granted }) => granted).length;
  return `${reason}: ${count(grants, 'grant')} of ${formatCount(permissions.length)} (strategy ${strategy})`;
}

/** The near misses that are not told of as deciding permissions already. */
function nearMisses(snapshot: CompiledSnapshot, decision: Decision): readonly string[] {
  const { subject, actions, resource, permissions } = decision;
  const isTold = (permission: string, because: string): boolean =>
    permissions.some(
      ({ name, explanation }) => name === permission && explanation.endsWith(`: ${because}`),
    );
  return findNearMisses(snapshot, subject, actions, resource)
    .filter(({ permission, because }) => !isTold(permission, because))
    .map(({ permission, because }) => `permission ${JSON.stringify(permission)}: ${because}`);
}

/** Whether a registry is there and does not know the resource: its name may be misspelt. */
function isUnregistered(snapshot: CompiledSnapshot, { resource }: Decision): boolean {
  return snapshot.registered(resource) === undefined && snapshot.resources().next().done !== true;
}
