import type { EffectivePermission } from '../engine/index.js';
import type { Atom } from './principal.js';

/** Permissions with the same policy: satisfied together, by one atom out of several. */
export interface Clause {
  /** Whether every subject satisfies it, the anonymous one included. */
  readonly everyone: boolean;
  readonly atoms: readonly Atom[];
  readonly permissions: readonly EffectivePermission[];
}

/** Maximum number of sets that a search looks at. */
const MAX_STEPS = 20_000;
/** Maximum number of sets that a search returns. */
const MAX_SETS = 200;

/** The minimal sets of atoms, or those that were found within the bound. */
export interface MinimalSets {
  readonly sets: readonly (readonly Atom[])[];
  /** False if more may exist. */
  readonly complete: boolean;
}

/**
 * Finds the minimal sets of atoms that satisfy clauses of a total weight; the weight of a clause is
 * its number of permissions.
 *
 * Goes through the sets in the order of their atoms. A set is left out, with all that contain it,
 * if an atom of it satisfies nothing that the others do not, or if the atoms that are left cannot
 * reach the weight.
 *
 * @param needed at least 1, and reachable
 */
export function findMinimalSets(clauses: readonly Clause[], needed: number): MinimalSets {
  return new Search(clauses, needed).run();
}

interface Candidate {
  readonly atom: Atom;
  /** Positions of the clauses that it satisfies. */
  readonly clauses: readonly number[];
}

class Search {
  readonly #weights: readonly number[];
  readonly #needed: number;
  readonly #candidates: readonly Candidate[];
  /** By clause: position of the last candidate that satisfies it. */
  readonly #last: readonly number[];
  /** By clause: how many chosen atoms satisfy it. */
  readonly #hits: number[];
  readonly #chosen: Candidate[] = [];
  readonly #sets: (readonly Atom[])[] = [];
  #steps = 0;
  #complete = true;

  constructor(clauses: readonly Clause[], needed: number) {
    this.#weights = clauses.map(({ permissions }) => permissions.length);
    this.#needed = needed;
    this.#candidates = candidatesOf(clauses);
    const last: number[] = clauses.map(() => -1);
    for (const [position, candidate] of this.#candidates.entries()) {
      for (const clause of candidate.clauses) last[clause] = position;
    }
    this.#last = last;
    this.#hits = clauses.map(() => 0);
  }

  run(): MinimalSets {
    this.#extend(0, 0);
    return { sets: this.#sets, complete: this.#complete };
  }

  /** @param weight that the chosen atoms satisfy */
  #extend(from: number, weight: number): void {
    for (let position = from; position < this.#candidates.length; position++) {
      if (++this.#steps > MAX_STEPS || this.#sets.length >= MAX_SETS) this.#complete = false;
      if (!this.#complete || this.#reach(position, weight) < this.#needed) return;
      const candidate = this.#candidates[position] as Candidate;
      const gain = this.#choose(candidate);
      if (gain > 0 && this.#isTight()) {
        if (weight + gain < this.#needed) this.#extend(position + 1, weight + gain);
        else if (this.#isMinimal(weight + gain)) {
          this.#sets.push(this.#chosen.map(({ atom }) => atom));
        }
      }
      this.#drop(candidate);
    }
  }

  /** The weight that the chosen atoms and all atoms from a position on satisfy. */
  #reach(position: number, weight: number): number {
    let reach = weight;
    for (const [clause, last] of this.#last.entries()) {
      if (last >= position && this.#hits[clause] === 0) reach += this.#weights[clause] as number;
    }
    return reach;
  }

  #choose(candidate: Candidate): number {
    let gain = 0;
    for (const clause of candidate.clauses) {
      if (this.#hits[clause] === 0) gain += this.#weights[clause] as number;
      this.#hits[clause] = (this.#hits[clause] as number) + 1;
    }
    this.#chosen.push(candidate);
    return gain;
  }

  #drop(candidate: Candidate): void {
    this.#chosen.pop();
    for (const clause of candidate.clauses) {
      this.#hits[clause] = (this.#hits[clause] as number) - 1;
    }
  }

  /** Whether each chosen atom satisfies a clause that no other one satisfies. */
  #isTight(): boolean {
    return this.#chosen.every((candidate) => this.#ownWeight(candidate) > 0);
  }

  #isMinimal(weight: number): boolean {
    return this.#chosen.every((candidate) => weight - this.#ownWeight(candidate) < this.#needed);
  }

  #ownWeight({ clauses }: Candidate): number {
    let own = 0;
    for (const clause of clauses) {
      if (this.#hits[clause] === 1) own += this.#weights[clause] as number;
    }
    return own;
  }
}

/** The atoms that satisfy most come first, so that small sets are found first. */
function candidatesOf(clauses: readonly Clause[]): readonly Candidate[] {
  const byKey = new Map<string, { readonly atom: Atom; readonly clauses: number[] }>();
  for (const [position, { atoms }] of clauses.entries()) {
    for (const atom of new Map(atoms.map((one) => [one.key, one])).values()) {
      const candidate = byKey.get(atom.key);
      if (candidate === undefined) byKey.set(atom.key, { atom, clauses: [position] });
      else candidate.clauses.push(position);
    }
  }
  return [...byKey.values()].sort((a, b) => b.clauses.length - a.clauses.length);
}
