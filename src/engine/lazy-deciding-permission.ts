import type { DecidingPermission } from '../model/index.js';

/**
 * One permission's part in a decision, with a sentence that is made when it is first read: a log
 * that asks which permissions refused does not pay for thousands of sentences.
 *
 * The sentence is an own member, made by one getter that all share, as in `LazyDecision`.
 */
export class LazyDecidingPermission implements DecidingPermission {
  readonly name: string;
  readonly project: string | undefined;
  readonly granted: boolean;
  declare readonly explanation: string;
  #explain: (() => string) | undefined;
  #known: string | undefined;

  constructor(facts: Omit<DecidingPermission, 'explanation'>, explain: () => string) {
    this.name = facts.name;
    this.project = facts.project;
    this.granted = facts.granted;
    Object.defineProperty(this, 'explanation', LazyDecidingPermission.#EXPLANATION);
    this.#explain = explain;
    Object.freeze(this);
  }

  static readonly #EXPLANATION: PropertyDescriptor = {
    enumerable: true,
    get(this: LazyDecidingPermission) {
      this.#known ??= this.#explain?.() as string;
      // What the sentence was made from is let go.
      this.#explain = undefined;
      return this.#known;
    },
  };
}
