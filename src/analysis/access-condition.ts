import type { EffectivePermission } from '../engine/index.js';
import { type Clause, findMinimalSets } from './minimal-sets.js';
import { type Atom, NAMED_USER } from './principal.js';

/** The rule that decides: permissions that cover the resource, or one of the rules without any. */
export type AccessRule = 'covered' | 'unsecured' | 'no-permissions' | 'unknown-project' | 'no-auth';

/** Atoms of which all are needed and together are enough. */
export interface Combination {
  readonly atoms: readonly Atom[];
  readonly permissions: readonly EffectivePermission[];
}

/** All minimal combinations, or those that were found within the bound. */
export interface Combinations {
  readonly found: readonly Combination[];
  /** False if more may exist. */
  readonly complete: boolean;
}

const NO_COMBINATION: Combinations = Object.freeze({ found: Object.freeze([]), complete: true });

/**
 * Which subjects a decision allows, with the subject left out: those that satisfy policies of at
 * least `needed` permissions.
 *
 * INVARIANT: more atoms never turn a grant into a denial, whatever the combining algorithm.
 */
export class AccessCondition {
  readonly rule: AccessRule;
  /** Number of grants that are needed: 0: everyone. Infinity: never granted. */
  readonly needed: number;
  readonly #clauses: readonly Clause[];
  /** Permissions that every subject satisfies. */
  readonly #open: readonly EffectivePermission[];
  #combinations: Combinations | undefined;
  #byAtom: ReadonlyMap<string, readonly Clause[]> | undefined;

  constructor(rule: AccessRule, needed: number, clauses: readonly Clause[]) {
    this.rule = rule;
    const open = clauses.filter(({ everyone }) => everyone);
    this.#open = open.flatMap(({ permissions }) => permissions);
    this.#clauses = clauses.filter(({ everyone, atoms }) => !everyone && atoms.length > 0);
    this.needed = Math.max(0, needed - this.#open.length);
  }

  static everyone(rule: AccessRule): AccessCondition {
    return new AccessCondition(rule, 0, []);
  }

  static nobody(rule: AccessRule): AccessCondition {
    return new AccessCondition(rule, Number.POSITIVE_INFINITY, []);
  }

  /** Every user with a name. */
  static namedUsers(rule: AccessRule): AccessCondition {
    return new NamedUsersCondition(rule);
  }

  /** All atoms that any permission asks for. */
  atoms(): readonly Atom[] {
    return [
      ...new Map(this.#clauses.flatMap(({ atoms }) => atoms).map((a) => [a.key, a])).values(),
    ];
  }

  /** Whether a subject that has exactly these atoms is allowed. */
  allows(keys: Iterable<string>): boolean {
    if (this.needed === 0) return true;
    if (this.needed === Number.POSITIVE_INFINITY) return false;
    const byAtom = this.#index();
    const satisfied = new Set<Clause>();
    let grants = 0;
    for (const key of keys) {
      for (const clause of byAtom.get(key) ?? []) {
        if (satisfied.has(clause)) continue;
        satisfied.add(clause);
        grants += clause.permissions.length;
        if (grants >= this.needed) return true;
      }
    }
    return false;
  }

  /** Whether some subject is allowed. */
  get isSatisfiable(): boolean {
    const most = this.#clauses.reduce((sum, { permissions }) => sum + permissions.length, 0);
    return most >= this.needed;
  }

  /**
   * The minimal combinations: each is enough, and none of its atoms can be left out.
   *
   * If one grant is enough, all of them are found. Otherwise their number can be exponential, and
   * the search is bounded.
   */
  combinations(): Combinations {
    this.#combinations ??= this.find();
    return this.#combinations;
  }

  protected find(): Combinations {
    if (!this.isSatisfiable) return NO_COMBINATION;
    if (this.needed === 0) {
      return { found: [{ atoms: [], permissions: this.#open }], complete: true };
    }
    if (this.needed === 1) return { found: this.#single(), complete: true };
    const { sets, complete } = findMinimalSets(this.#clauses, this.needed);
    return { found: sets.map((atoms) => this.#behind(atoms)), complete };
  }

  #single(): readonly Combination[] {
    const atoms = this.atoms();
    const byAtom = this.#index();
    return atoms.map((atom) => ({
      atoms: [atom],
      permissions: (byAtom.get(atom.key) ?? []).flatMap(({ permissions }) => permissions),
    }));
  }

  #behind(atoms: readonly Atom[]): Combination {
    const byAtom = this.#index();
    const satisfied = new Set(atoms.flatMap(({ key }) => byAtom.get(key) ?? []));
    const permissions = [...satisfied].flatMap((clause) => clause.permissions);
    return { atoms, permissions: [...this.#open, ...permissions] };
  }

  #index(): ReadonlyMap<string, readonly Clause[]> {
    if (this.#byAtom !== undefined) return this.#byAtom;
    const byAtom = new Map<string, Clause[]>();
    for (const clause of this.#clauses) {
      for (const { key } of clause.atoms) {
        const clauses = byAtom.get(key);
        if (clauses === undefined) byAtom.set(key, [clause]);
        else clauses.push(clause);
      }
    }
    this.#byAtom = byAtom;
    return byAtom;
  }
}

class NamedUsersCondition extends AccessCondition {
  constructor(rule: AccessRule) {
    super(rule, 1, []);
  }

  override atoms(): readonly Atom[] {
    return [NAMED_USER];
  }

  override allows(keys: Iterable<string>): boolean {
    for (const key of keys) if (key === NAMED_USER.key) return true;
    return false;
  }

  override get isSatisfiable(): boolean {
    return true;
  }

  protected override find(): Combinations {
    return { found: [{ atoms: [NAMED_USER], permissions: [] }], complete: true };
  }
}
