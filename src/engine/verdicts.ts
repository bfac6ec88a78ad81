import type { Subject } from '../model/index.js';
import { type DerivedSubject, type SubjectAtoms, SubjectTest } from '../policy/index.js';
import type { EffectivePermission } from './compile-permissions.js';
import type { DecisionStrategy } from './options.js';
import type { Verdict } from './verdict.js';

/** The permissions that have a say in a verdict. */
export interface Electorate {
  /** Permissions that govern the resource and hold all the actions. */
  readonly holders: readonly EffectivePermission[];
  /** Permissions that deny whoever asks: excluded ones, and holders that need tags which nobody knows. */
  readonly denials: number;
}

/**
 * Makes the answers of several permissions one.
 *
 * Affirmative verdicts merge into one test, so that their cost does not depend on how many permissions there are. The
 * other strategies count permissions, once for each distinct policy.
 */
export function combine(
  strategy: DecisionStrategy,
  electorate: Electorate,
  atoms: SubjectAtoms,
): Verdict {
  const counts = new Map<SubjectTest, number>();
  for (const { test } of electorate.holders) {
    counts.set(test, (counts.get(test) ?? 0) + 1);
  }
  if (strategy === 'affirmative') return SubjectTest.anyOf(new Set(counts.keys()), atoms);
  return new Ballot(strategy, [...counts], electorate.denials);
}

class Ballot implements Verdict {
  readonly #strategy: DecisionStrategy;
  readonly #voters: readonly (readonly [test: SubjectTest, votes: number])[];
  readonly #votes: number;
  readonly #denials: number;

  constructor(
    strategy: DecisionStrategy,
    voters: readonly (readonly [SubjectTest, number])[],
    denials: number,
  ) {
    this.#strategy = strategy;
    this.#voters = voters;
    this.#votes = voters.reduce((sum, [, votes]) => sum + votes, 0);
    this.#denials = denials;
  }

  get asksPredicates(): boolean {
    return this.#voters.some(([test]) => test.asksPredicates);
  }

  passes(subject: Subject | null): boolean {
    let grants = 0;
    for (const [test, votes] of this.#voters) if (test.passes(subject)) grants += votes;
    return this.#isWon(grants);
  }

  passesDerived(subject: DerivedSubject): boolean {
    let grants = 0;
    for (const [test, votes] of this.#voters) if (test.passesDerived(subject)) grants += votes;
    return this.#isWon(grants);
  }

  #isWon(grants: number): boolean {
    return isGranted(this.#strategy, grants, this.#votes - grants + this.#denials);
  }
}

/** The rule of a strategy, on numbers of permissions. */
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
