import {
  type DecidingPermission,
  type Decision,
  type DecisionReason,
  formatResource,
  freezeSubject,
  type PolicyKind,
  type Resource,
  type Subject,
} from '../model/index.js';
import {
  type CompiledPermission,
  isEffective,
  type LeftOutPermission,
} from './compile-permissions.js';
import type { CompiledSnapshot } from './compiled-snapshot.js';
import type { Governance } from './governance.js';
import type { GoverningPermissions } from './judge.js';
import { type Explanation, LazyDecision } from './lazy-decision.js';
import { isGranted } from './verdicts.js';

/** A question, with what governs its resource. */
export interface Question {
  readonly subject: Subject | null;
  readonly actions: readonly string[];
  readonly mask: number;
  readonly resource: Resource;
  readonly governance: Governance;
}

/**
 * Decides, and explains when that is read: a log of refusals alone pays for no other sentences. Where the reasons could be others by
 * then, they are worked out at once.
 *
 * INVARIANT: `allowed` is what the verdict on the same governance, actions and subject says.
 */
export function decide(snapshot: CompiledSnapshot, question: Question): Decision {
  const { subject, actions, mask, resource, governance } = question;
  const { judge } = snapshot;
  const conclude = (
    allowed: boolean,
    reason: DecisionReason,
    explain: () => Explanation,
  ): Decision => {
    const { version } = snapshot;
    return new LazyDecision({ allowed, reason, subject, actions, resource, version }, explain);
  };
  if (!judge.rules.enforced) {
    return conclude(true, 'no-auth', () => explained('auth is no_auth: nothing is enforced'));
  }
  const { kind } = governance;
  const verdict = governance.verdictOn(mask);
  if (kind !== 'governed') {
    const allowed = verdict.passes(subject);
    return conclude(allowed, kind, () => explained(explainRule(kind, allowed, resource)));
  }
  if (!verdict.asksPredicates) {
    // A copy, where the subject may change: what is said later is said of the subject as it was.
    const asked = { ...question, subject: freezeSubject(subject) };
    const allowed = verdict.passes(asked.subject);
    return conclude(allowed, reasonOf(allowed), () => explainGoverned(snapshot, asked));
  }
  const governing = judge.governing(governance, mask);
  const votes = castVotes(snapshot, question, governing);
  const allowed = isWon(snapshot, votes);
  return conclude(allowed, reasonOf(allowed), () =>
    concludeVotes(snapshot, question, governing, votes),
  );
}

function explained(
  explanation: string,
  permissions: readonly DecidingPermission[] = [],
): Explanation {
  return { explanation, permissions: Object.freeze(permissions) };
}

function reasonOf(allowed: boolean): DecisionReason {
  return allowed ? 'granted' : 'denied';
}

function isWon({ judge }: CompiledSnapshot, votes: readonly DecidingPermission[]): boolean {
  const grants = votes.filter(({ granted }) => granted).length;
  return isGranted(judge.rules.strategy, grants, votes.length - grants);
}

function explainGoverned(snapshot: CompiledSnapshot, question: Question): Explanation {
  const governing = snapshot.judge.governing(question.governance, question.mask);
  return concludeVotes(snapshot, question, governing, castVotes(snapshot, question, governing));
}

function concludeVotes(
  snapshot: CompiledSnapshot,
  question: Question,
  governing: GoverningPermissions,
  votes: readonly DecidingPermission[],
): Explanation {
  const allowed = isWon(snapshot, votes);
  const showsGrants = allowed && snapshot.judge.rules.strategy === 'affirmative';
  return explained(
    explainVotes(allowed, question, governing, votes),
    showsGrants ? votes.filter(({ granted }) => granted) : votes,
  );
}

function explainRule(
  kind: Exclude<Governance['kind'], 'governed'>,
  allowed: boolean,
  resource: Resource,
): string {
  const what = formatResource(resource);
  switch (kind) {
    case 'unknown-project':
      return `the project of ${what} is not known`;
    case 'unsecured':
      return `no permission governs ${what}: unsecured resources are ${allowed ? 'open to everyone' : 'refused'}`;
    case 'no-permissions':
      return allowed
        ? `the project of ${what} has no permissions yet: every named user is let through`
        : `the project of ${what} has no permissions: the request is refused`;
  }
}

/** What each permission that has a say answers: those that can grant first. */
function castVotes(
  snapshot: CompiledSnapshot,
  { subject, actions }: Question,
  { holders, undecided, excluded }: GoverningPermissions,
): DecidingPermission[] {
  const vote = (
    permission: CompiledPermission,
    granted: boolean,
    because: string,
  ): DecidingPermission => {
    const { name, project } = permission.source;
    const verb = granted ? 'grants' : 'does not grant';
    const explanation = `permission ${JSON.stringify(name)} ${verb} ${actions.join(', ')}: ${because}`;
    return Object.freeze({ name, project, granted, explanation });
  };
  return [
    ...holders.map((permission) =>
      vote(
        permission,
        permission.test.passes(subject),
        `it requires ${requirementOf(snapshot, permission)}`,
      ),
    ),
    ...undecided.map((permission) =>
      vote(permission, false, 'it requires tags, and those of the resource are not known'),
    ),
    ...excluded.map((permission) =>
      vote(permission, false, `it is left out, since ${whyLeftOut(permission)}`),
    ),
  ];
}

function explainVotes(
  allowed: boolean,
  { resource, actions }: Question,
  { others }: GoverningPermissions,
  votes: readonly DecidingPermission[],
): string {
  const what = `${actions.join(', ')} on ${formatResource(resource)}`;
  if (votes.length === 0) {
    const names = others.slice(0, 3).map(({ source }) => JSON.stringify(source.name));
    const more = others.length > names.length ? ` and ${others.length - names.length} more` : '';
    return `no permission holds ${what}: ${names.join(', ')}${more} govern it with other actions`;
  }
  const deciding = votes.filter(({ granted }) => granted === allowed);
  const sentences = deciding.slice(0, 3).map(({ explanation }) => explanation);
  const more = deciding.length > 3 ? `; and ${deciding.length - 3} more` : '';
  return `${allowed ? 'allowed' : 'refused'} ${what}: ${sentences.join('; ')}${more}`;
}

/** What a permission's policy requires, as a noun phrase. */
export function requirementOf(snapshot: CompiledSnapshot, permission: CompiledPermission): string {
  if (!isEffective(permission)) return 'something that could not be understood';
  const { policy } = permission.source;
  try {
    return (snapshot.policyKinds.get(policy.type) as PolicyKind).explain(policy);
  } catch {
    // An explanation that fails must not change an answer.
    return `what its ${policy.type} says`;
  }
}

function whyLeftOut({ source }: LeftOutPermission): string {
  return source.excluded.map(({ message }) => message).join('; ');
}
