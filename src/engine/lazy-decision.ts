import type { DecidingPermission, Decision, DecisionReason } from '../model/index.js';

/** What is said of a decision besides the answer. */
export type Explanation = Pick<Decision, 'permissions' | 'explanation'>;

/** What one listener keeps with a decision. */
interface Note {
  readonly owner: object;
  readonly value: unknown;
}

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
  #note: Note | undefined;

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

  /**
   * What `owner` keeps with a decision, such as its text in a log: decisions are remembered, and
   * come again. Gone with the decision, and replaced by the note of another owner.
   */
  static noteOf(decision: Decision, owner: object): unknown {
    if (!(#note in decision)) return undefined;
    const note = decision.#note;
    return note?.owner === owner ? note.value : undefined;
  }

  /** Keeps `value` for {@link LazyDecision.noteOf}, unless the decision is of another make. */
  static keepNote(decision: Decision, owner: object, value: unknown): void {
    if (#note in decision) decision.#note = { owner, value };
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
