import type { Subject } from '../model/index.js';
import { type AttributeTable, type DerivedSubject, SubjectTest } from '../policy/index.js';
import type { CompiledDecision } from './compiled-decision.js';
import type { EffectivePermission } from './compiled-permission.js';
import type { DecisionStrategy } from './options.js';

/** The permissions whose effects are combined into one decision. */
export interface CombinedPermissions {
  /** The applicable permissions: each grants or denies, depending on the subject. */
  readonly applicable: readonly EffectivePermission[];
  /** Number of permissions that deny every subject: excluded and indeterminate ones. */
  readonly denials: number;
}

/**
 * Combines the effects of several permissions into one decision.
 *
 * Affirmative decisions merge into one test, so that their cost is independent of the number of
 * permissions. The other algorithms count permissions, and test each distinct policy once.
 */
export function combine(
  strategy: DecisionStrategy,
  { applicable, denials }: CombinedPermissions,
  attributes: AttributeTable,
): CompiledDecision {
  const counts = new Map<SubjectTest, number>();
  for (const { test } of applicable) {
    counts.set(test, (counts.get(test) ?? 0) + 1);
  }
  if (strategy === 'affirmative') return SubjectTest.anyOf(new Set(counts.keys()), attributes);
  return new CountedDecision(strategy, [...counts], denials);
}

class CountedDecision implements CompiledDecision {
  readonly #strategy: DecisionStrategy;
  /** Each distinct policy, with the number of permissions that have it. */
  readonly #counts: readonly (readonly [test: SubjectTest, permissions: number])[];
  readonly #applicableCount: number;
  readonly #denials: number;

  constructor(
    strategy: DecisionStrategy,
    counts: readonly (readonly [SubjectTest, number])[],
    denials: number,
  ) {
    this.#strategy = strategy;
    this.#counts = counts;
    this.#applicableCount = counts.reduce((sum, [, permissions]) => sum + permissions, 0);
    this.#denials = denials;
  }

  get asksPredicates(): boolean {
    return this.#counts.some(([test]) => test.asksPredicates);
  }

  passes(subject: Subject | null): boolean {
    let grants = 0;
    for (const [test, permissions] of this.#counts) if (test.passes(subject)) grants += permissions;
    return this.#isGranted(grants);
  }

  passesDerived(subject: DerivedSubject): boolean {
    let grants = 0;
    for (const [test, permissions] of this.#counts) {
      if (test.passesDerived(subject)) grants += permissions;
    }
    return this.#isGranted(grants);
  }

  #isGranted(grants: number): boolean {
    return isGranted(this.#strategy, grants, this.#applicableCount - grants + this.#denials);
  }
}

/** The rule of a combining algorithm, on numbers of permissions. */
export function isGranted(strategy: DecisionStrategy, grants: number, denials: number): boolean {
  switch (strategy) {
    case 'affirmative':
      return grants > 0;
    case 'consensus':
      return grants > denials;
    case 'unanimous':
      return grants > 0 && denials === 0;
  }
}
