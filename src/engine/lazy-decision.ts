import type { DecidingPermission, Decision, DecisionReason } from '../model/index.js';

/** What is said of a decision besides the answer. */
export type Explanation = Pick<Decision, 'permissions' | 'explanation'>;

/**
 * A frozen decision whose reasons are worked out when they are first read.
 *
 * The reasons are own members, so that a log that copies or serialises a decision has them. All
 * decisions share the two getters: getters of its own would give each decision a shape of its own,
 * which costs ten times the explanation.
 */
export class LazyDecision implements Decision {
  readonly allowed: boolean;
  readonly reason: DecisionReason;
  readonly subject: Decision['subject'];
  readonly actions: Decision['actions'];
  readonly resource: Decision['resource'];
  declare readonly permissions: readonly DecidingPermission[];
  declare readonly explanation: string;
  readonly version: string;
  #explain: (() => Explanation) | undefined;
  #known: Explanation | undefined;

  constructor(facts: Omit<Decision, keyof Explanation>, explain: () => Explanation) {
    this.allowed = facts.allowed;
    this.reason = facts.reason;
    this.subject = facts.subject;
    this.actions = facts.actions;
    this.resource = facts.resource;
    Object.defineProperty(this, 'permissions', LazyDecision.#PERMISSIONS);
    Object.defineProperty(this, 'explanation', LazyDecision.#EXPLANATION);
    this.version = facts.version;
    this.#explain = explain;
    Object.freeze(this);
  }

  static readonly #PERMISSIONS: PropertyDescriptor = {
    enumerable: true,
    get(this: LazyDecision) {
      return this.#reasons().permissions;
    },
  };

  static readonly #EXPLANATION: PropertyDescriptor = {
    enumerable: true,
    get(this: LazyDecision) {
      return this.#reasons().explanation;
    },
  };

  #reasons(): Explanation {
    this.#known ??= this.#explain?.() as Explanation;
    // What it was explained from is let go.
    this.#explain = undefined;
    return this.#known;
  }
}
