import type { PolicyDocument, Statement, StatementReference } from './policy-document.js';
import { complement, type Extent, extentOfAny, type Target } from './wildcard-pattern.js';

/**
 * - `allowed`: whatever the request.
 * - `conditional`: it depends on the request.
 * - `denied`: a statement denies it.
 * - `missing`: nothing allows it.
 */
export type PolicyAnswer = 'allowed' | 'conditional' | 'denied' | 'missing';

/** From what is worst to what is best for who asks. */
const ANSWERS: readonly PolicyAnswer[] = ['denied', 'missing', 'conditional', 'allowed'];

/** An answer, and the statements that make it so; none where nothing allows. */
export interface PolicyDecision {
  readonly answer: PolicyAnswer;
  readonly decidedBy: readonly StatementReference[];
}

/**
 * The answer that several identity policies give together.
 *
 * Each pattern is matched once with each action and resource, however often it is asked for: an
 * evaluator is made for one check and thrown away.
 *
 * @source docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html: an
 * explicit deny, then an allow, then the implicit deny, whatever the order of the statements
 */
export class PolicyEvaluator {
  readonly statements: readonly Statement[];
  readonly #mayDeny: readonly StatementReference[];
  /** Policies whose documents are not at hand. */
  readonly #mayAllow: readonly StatementReference[];
  readonly #actions = new Map<string, ReadonlySet<Statement>>();
  readonly #resources = new Map<string, ReadonlyMap<Statement, Extent>>();

  /** @param now milliseconds since 1970: a statement that has expired neither allows nor denies */
  constructor(documents: readonly PolicyDocument[], now: number) {
    this.statements = documents.flatMap(({ statements }) =>
      statements.filter((statement) => !hasExpired(statement, now)),
    );
    this.#mayDeny = documents.flatMap((document) => document.mayDeny);
    this.#mayAllow = documents.flatMap((document) =>
      document.isAbsent === true ? document.mayDeny : [],
    );
  }

  /** @param action name of an action of DynamoDB, without `dynamodb:` */
  decide(action: string, resource: Target): PolicyDecision {
    const named = this.naming(action);
    const extents = this.#extents(resource);
    const found = {
      denied: [],
      mayDeny: [...this.#mayDeny],
      allowed: [],
      mayAllow: [...this.#mayAllow],
    } as Record<'denied' | 'mayDeny' | 'allowed' | 'mayAllow', StatementReference[]>;
    for (const statement of named) {
      const extent = extents.get(statement);
      if (extent === undefined) continue;
      const applies = extent === 'all' && !statement.conditional;
      if (statement.effect === 'Deny')
        found[applies ? 'denied' : 'mayDeny'].push(statement.reference);
      else found[applies ? 'allowed' : 'mayAllow'].push(statement.reference);
    }
    const { denied, mayDeny, allowed, mayAllow } = found;
    if (denied.length > 0) return { answer: 'denied', decidedBy: denied };
    if (allowed.length > 0 && mayDeny.length === 0)
      return { answer: 'allowed', decidedBy: allowed };
    if (allowed.length > 0) return { answer: 'conditional', decidedBy: mayDeny };
    if (mayAllow.length > 0)
      return { answer: 'conditional', decidedBy: [...new Set([...mayAllow, ...mayDeny])] };
    return { answer: 'missing', decidedBy: [] };
  }

  /**
   * The statements that allow an action on a resource, on a part of it, or where conditions are
   * met.
   */
  allowing(action: string, resource: Target): readonly StatementReference[] {
    const extents = this.#extents(resource);
    return Array.from(this.naming(action))
      .filter((statement) => statement.effect === 'Allow' && extents.has(statement))
      .map(({ reference }) => reference);
  }

  /** The statements that are about an action of DynamoDB. */
  naming(action: string): ReadonlySet<Statement> {
    const known = this.#actions.get(action);
    if (known !== undefined) return known;
    const named = new Set(this.statements.filter((statement) => namesAction(statement, action)));
    this.#actions.set(action, named);
    return named;
  }

  #extents(resource: Target): ReadonlyMap<Statement, Extent> {
    const key = `${resource.open ? 'open' : 'exact'} ${resource.text}`;
    const known = this.#resources.get(key);
    if (known !== undefined) return known;
    const extents = new Map<Statement, Extent>();
    for (const statement of this.statements) {
      const extent = extentOf(statement, resource);
      if (extent !== 'none') extents.set(statement, extent);
    }
    this.#resources.set(key, extents);
    return extents;
  }
}

/** Whether the conditions of a statement can never be met again. */
export function hasExpired({ endsAt }: Statement, now: number): boolean {
  return endsAt !== undefined && now >= endsAt;
}

/** The worst of several answers; `allowed` for an empty list. */
export function worstAnswer(answers: Iterable<PolicyAnswer>): PolicyAnswer {
  const ranks = Array.from(answers, (answer) => ANSWERS.indexOf(answer));
  return ANSWERS[Math.min(ANSWERS.length - 1, ...ranks)] ?? 'denied';
}

/** @source reference_policies_elements_action.html, reference_policies_elements_notaction.html */
function namesAction({ actions }: Statement, action: string): boolean {
  const named = actions.patterns.some(({ names }) => names.has(action));
  return named !== actions.negated;
}

/**
 * @source reference_policies_elements_resource.html, reference_policies_elements_notresource.html
 */
function extentOf({ resources }: Statement, resource: Target): Extent {
  const extent = extentOfAny(resources.patterns.map(({ arn }) => arn.matches(resource)));
  return resources.negated ? complement(extent) : extent;
}
