import {
  type DecidingPermission,
  type Decision,
  type DecisionReason,
  formatResource,
  freezeSubject,
  type PolicyKind,
  type Resource,
} from '../model/index.js';
import { isGranted } from './combining-algorithm.js';
import {
  type CompiledPermission,
  type ExcludedCompiledPermission,
  isEffective,
} from './compile-permissions.js';
import type { CompiledSnapshot } from './compiled-snapshot.js';
import type { PermissionsByApplicability } from './evaluator.js';
import { type Explanation, LazyDecision } from './lazy-decision.js';
import type { PermissionSet } from './permission-set.js';
import type { Question } from './question.js';

/**
 * Decides now and explains when the explanation is read, so that a log of refusals pays for
 * refusals only. If predicates decide, the reasons are kept at once, since they may change.
 *
 * INVARIANT: `allowed` is what the compiled decision on the same permission set, actions and subject
 * says.
 */
export function decide(snapshot: CompiledSnapshot, question: Question): Decision {
  const { subject, actions, mask, resource, permissionSet } = question;
  const { evaluator } = snapshot;
  const conclude = (
    allowed: boolean,
    reason: DecisionReason,
    explain: () => Explanation,
  ): Decision => {
    const { version } = snapshot;
    return new LazyDecision({ allowed, reason, subject, actions, resource, version }, explain);
  };
  if (!evaluator.rules.enforced) {
    return conclude(true, 'no-auth', () => explained('auth is no_auth: nothing is enforced'));
  }
  const { kind } = permissionSet;
  const decision = permissionSet.decisionOn(mask);
  if (kind !== 'covered') {
    const allowed = decision.passes(subject);
    return conclude(allowed, kind, () => explained(explainRule(kind, allowed, resource)));
  }
  if (!decision.asksPredicates) {
    // A copy: a later explanation must describe the subject as it was.
    const asked = { ...question, subject: freezeSubject(subject) };
    const allowed = decision.passes(asked.subject);
    return conclude(allowed, reasonOf(allowed), () => explainCovered(snapshot, asked));
  }
  const byApplicability = evaluator.byApplicability(permissionSet, mask);
  const evaluations = evaluatePermissions(snapshot, question, byApplicability);
  const allowed = isAllowed(snapshot, evaluations);
  return conclude(allowed, reasonOf(allowed), () =>
    explainOutcome(snapshot, question, byApplicability, evaluations),
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

function isAllowed(
  { evaluator }: CompiledSnapshot,
  evaluations: readonly DecidingPermission[],
): boolean {
  const grants = evaluations.filter(({ granted }) => granted).length;
  return isGranted(evaluator.rules.strategy, grants, evaluations.length - grants);
}

function explainCovered(snapshot: CompiledSnapshot, question: Question): Explanation {
  const byApplicability = snapshot.evaluator.byApplicability(question.permissionSet, question.mask);
  return explainOutcome(
    snapshot,
    question,
    byApplicability,
    evaluatePermissions(snapshot, question, byApplicability),
  );
}

function explainOutcome(
  snapshot: CompiledSnapshot,
  question: Question,
  byApplicability: PermissionsByApplicability,
  evaluations: readonly DecidingPermission[],
): Explanation {
  const allowed = isAllowed(snapshot, evaluations);
  const showsGrants = allowed && snapshot.evaluator.rules.strategy === 'affirmative';
  return explained(
    explainEvaluations(allowed, question, byApplicability, evaluations),
    showsGrants ? evaluations.filter(({ granted }) => granted) : evaluations,
  );
}

function explainRule(
  kind: Exclude<PermissionSet['kind'], 'covered'>,
  allowed: boolean,
  resource: Resource,
): string {
  const what = formatResource(resource);
  switch (kind) {
    case 'unknown-project':
      return `the project of ${what} is not known`;
    case 'unsecured':
      return `no permission covers ${what}: unsecured resources are ${allowed ? 'open to everyone' : 'refused'}`;
    case 'no-permissions':
      return allowed
        ? `the project of ${what} has no permissions yet: every named user is let through`
        : `the project of ${what} has no permissions: the request is refused`;
  }
}

/** The effect of each permission that takes part in the decision: applicable ones first. */
function evaluatePermissions(
  snapshot: CompiledSnapshot,
  { subject, actions }: Question,
  { applicable, indeterminate, excluded }: PermissionsByApplicability,
): DecidingPermission[] {
  const evaluate = (
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
    ...applicable.map((permission) =>
      evaluate(
        permission,
        permission.test.passes(subject),
        `it requires ${requirementOf(snapshot, permission)}`,
      ),
    ),
    ...indeterminate.map((permission) =>
      evaluate(permission, false, 'it requires tags, and those of the resource are not known'),
    ),
    ...excluded.map((permission) =>
      evaluate(permission, false, `it is excluded, since ${whyExcluded(permission)}`),
    ),
  ];
}

function explainEvaluations(
  allowed: boolean,
  { resource, actions }: Question,
  { notApplicable }: PermissionsByApplicability,
  evaluations: readonly DecidingPermission[],
): string {
  const what = `${actions.join(', ')} on ${formatResource(resource)}`;
  if (evaluations.length === 0) {
    const names = notApplicable.slice(0, 3).map(({ source }) => JSON.stringify(source.name));
    const more =
      notApplicable.length > names.length ? ` and ${notApplicable.length - names.length} more` : '';
    return `no permission holds ${what}: ${names.join(', ')}${more} cover it with other actions`;
  }
  const deciding = evaluations.filter(({ granted }) => granted === allowed);
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

function whyExcluded({ source }: ExcludedCompiledPermission): string {
  return source.excluded.map(({ message }) => message).join('; ');
}
