import { once } from '../foundation/once.js';
import {
  type DecidingPermission,
  type Decision,
  type DecisionReason,
  formatResource,
  freezeSubject,
  type PolicyKind,
  type PolicyKinds,
  type Resource,
} from '../model/index.js';
import { isGranted } from './combining-algorithm.js';
import {
  type CompiledPermission,
  type EvaluatedPermission,
  isEffective,
} from './compiled-permission.js';
import type { CompiledSnapshot } from './compiled-snapshot.js';
import type { PermissionsByApplicability } from './evaluator.js';
import { LazyDecidingPermission } from './lazy-deciding-permission.js';
import { type Explanation, LazyDecision } from './lazy-decision.js';
import type { PermissionSet } from './permission-set.js';
import type { Question } from './question.js';

/** What one permission says to a question, before it is put into words. */
interface Evaluation {
  readonly permission: EvaluatedPermission;
  readonly granted: boolean;
  /** It requires tags, and those of the resource are not known. */
  readonly lacksTags: boolean;
}

/**
 * Decides now and explains when the explanation is read, so that a log of refusals pays for
 * refusals only. If predicates decide, the reasons are kept at once, since they may change.
 *
 * INVARIANT: `allowed` is what the compiled decision on the same permission set, actions and
 * subject says.
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
  const evaluations = evaluatePermissions(question, byApplicability);
  const allowed = isAllowed(snapshot, evaluations);
  return conclude(allowed, reasonOf(allowed), () =>
    explainOutcome(snapshot, question, byApplicability, evaluations),
  );
}

/**
 * An explanation whose sentence and list are each made when they are first read: a log of decisions
 * wants the list.
 */
class LazyExplanation implements Explanation {
  readonly #explain: () => string;
  readonly #list: () => readonly DecidingPermission[];

  constructor(explain: () => string, list: () => readonly DecidingPermission[]) {
    this.#explain = explain;
    this.#list = list;
  }

  get explanation(): string {
    return this.#explain();
  }

  get permissions(): readonly DecidingPermission[] {
    return this.#list();
  }
}

function explained(explanation: string): Explanation {
  return { explanation, permissions: NO_PERMISSIONS };
}

const NO_PERMISSIONS: readonly DecidingPermission[] = Object.freeze([]);

function reasonOf(allowed: boolean): DecisionReason {
  return allowed ? 'granted' : 'denied';
}

function isAllowed({ evaluator }: CompiledSnapshot, evaluations: readonly Evaluation[]): boolean {
  const grants = evaluations.filter(({ granted }) => granted).length;
  return isGranted(evaluator.rules.strategy, grants, evaluations.length - grants);
}

function explainCovered(snapshot: CompiledSnapshot, question: Question): Explanation {
  const byApplicability = snapshot.evaluator.byApplicability(question.permissionSet, question.mask);
  return explainOutcome(
    snapshot,
    question,
    byApplicability,
    evaluatePermissions(question, byApplicability),
  );
}

function explainOutcome(
  snapshot: CompiledSnapshot,
  question: Question,
  byApplicability: PermissionsByApplicability,
  evaluations: readonly Evaluation[],
): Explanation {
  const sentenceOf = sentenceMaker(snapshot.policyKinds, question.actions);
  const allowed = isAllowed(snapshot, evaluations);
  const showsGrants = allowed && snapshot.evaluator.rules.strategy === 'affirmative';
  const shown = showsGrants ? evaluations.filter(({ granted }) => granted) : evaluations;
  const why = { allowed, byApplicability, evaluations, sentenceOf };
  return new LazyExplanation(
    once(() => explainEvaluations(question, why)),
    once(() => listDeciding(shown, sentenceOf)),
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
  { subject }: Question,
  { applicable, indeterminate, excluded }: PermissionsByApplicability,
): Evaluation[] {
  return [
    ...applicable.map((permission) => {
      const granted = permission.test.passes(subject);
      return { permission, granted, lacksTags: false };
    }),
    ...indeterminate.map((permission) => ({ permission, granted: false, lacksTags: true })),
    ...excluded.map((permission) => ({ permission, granted: false, lacksTags: false })),
  ];
}

function listDeciding(
  evaluations: readonly Evaluation[],
  sentenceOf: (evaluation: Evaluation) => string,
): readonly DecidingPermission[] {
  const list = evaluations.map((evaluation) => {
    const { granted, permission } = evaluation;
    const { name, project } = permission.source;
    return new LazyDecidingPermission({ name, project, granted }, () => sentenceOf(evaluation));
  });
  return Object.freeze(list);
}

function sentenceMaker(
  policyKinds: PolicyKinds,
  actions: readonly string[],
): (evaluation: Evaluation) => string {
  const what = actions.join(', ');
  return ({ permission, granted, lacksTags }) => {
    const name = JSON.stringify(permission.source.name);
    const because = lacksTags ? TAGS_UNKNOWN : reasonIn(permission, policyKinds);
    return `permission ${name} ${granted ? 'grants' : 'does not grant'} ${what}: ${because}`;
  };
}

const TAGS_UNKNOWN = 'it requires tags, and those of the resource are not known';

function reasonIn(permission: EvaluatedPermission, policyKinds: PolicyKinds): string {
  if (isEffective(permission)) return `it requires ${requirementOf({ policyKinds }, permission)}`;
  const why = permission.source.excluded.map(({ message }) => message);
  return `it is excluded, since ${why.join('; ')}`;
}

function explainEvaluations(
  { resource, actions }: Question,
  why: {
    readonly allowed: boolean;
    readonly byApplicability: PermissionsByApplicability;
    readonly evaluations: readonly Evaluation[];
    readonly sentenceOf: (evaluation: Evaluation) => string;
  },
): string {
  const { allowed, evaluations } = why;
  const { notApplicable } = why.byApplicability;
  const what = `${actions.join(', ')} on ${formatResource(resource)}`;
  if (evaluations.length === 0 && notApplicable.length === 0) {
    return `refused ${what}: no permission grants it, and their absence opens nothing here yet`;
  }
  if (evaluations.length === 0) {
    const names = notApplicable.slice(0, 3).map(({ source }) => JSON.stringify(source.name));
    const more =
      notApplicable.length > names.length ? ` and ${notApplicable.length - names.length} more` : '';
    return `no permission holds ${what}: ${names.join(', ')}${more} cover it with other actions`;
  }
  const deciding = evaluations.filter(({ granted }) => granted === allowed);
  const sentences = deciding.slice(0, 3).map(why.sentenceOf);
  const more = deciding.length > 3 ? `; and ${deciding.length - 3} more` : '';
  return `${allowed ? 'allowed' : 'refused'} ${what}: ${sentences.join('; ')}${more}`;
}

/** What a permission's policy requires, as a noun phrase. */
export function requirementOf(
  { policyKinds }: Pick<CompiledSnapshot, 'policyKinds'>,
  permission: CompiledPermission,
): string {
  if (!isEffective(permission)) return 'something that could not be understood';
  const { policy } = permission.source;
  try {
    return (policyKinds.get(policy.type) as PolicyKind).explain(policy);
  } catch {
    // An explanation that fails must not change an answer.
    return `what its ${policy.type} says`;
  }
}
