import type { PolicyTest, Subject } from '../model/index.js';
import { AtomSet, type SubjectAtoms } from './subject-atoms.js';

/** A subject with what can be derived from it once: its own frozen copy and its atoms in one snapshot. */
export interface DerivedSubject {
  readonly subject: Subject | null;
  readonly atoms: readonly number[];
}

type Predicate = (subject: Subject | null) => boolean;

/**
 * A question about a subject, ready to be asked many times: one policy, or several of which one is enough.
 */
export class SubjectTest {
  readonly #table: SubjectAtoms;
  readonly #everyone: boolean;
  readonly #namedUsers: boolean;
  readonly #atoms: AtomSet;
  readonly #predicates: readonly Predicate[];

  private constructor(
    table: SubjectAtoms,
    parts: {
      readonly everyone?: boolean;
      readonly namedUsers?: boolean;
      readonly atoms?: AtomSet;
      readonly predicates?: readonly Predicate[];
    },
  ) {
    this.#table = table;
    this.#everyone = parts.everyone ?? false;
    this.#namedUsers = parts.namedUsers ?? false;
    this.#atoms = parts.atoms ?? AtomSet.EMPTY;
    this.#predicates = parts.predicates ?? [];
  }

  static everyone(table: SubjectAtoms): SubjectTest {
    return new SubjectTest(table, { everyone: true });
  }

  /** Passes who has a user name that is not empty. */
  static namedUsers(table: SubjectAtoms): SubjectTest {
    return new SubjectTest(table, { namedUsers: true });
  }

  static nobody(table: SubjectAtoms): SubjectTest {
    return new SubjectTest(table, {});
  }

  /** @throws TypeError when a policy kind made something else than a test */
  static compile(test: PolicyTest, table: SubjectAtoms): SubjectTest {
    switch (test.kind) {
      case 'always':
        return SubjectTest.everyone(table);
      case 'any-of':
        return new SubjectTest(table, {
          atoms: new AtomSet([
            ...(test.roles ?? []).map((role) => table.role(role)),
            ...(test.groups ?? []).map((group) => table.group(group)),
            ...(test.namespaces ?? []).map((namespace) => table.namespace(namespace)),
          ]),
        });
      case 'predicate':
        return new SubjectTest(table, { predicates: [test.grants] });
      default:
        throw new TypeError('a policy test is of kind always, any-of or predicate');
    }
  }

  /** Passes who passes one of `tests`; nobody when there are none. */
  static anyOf(tests: ReadonlySet<SubjectTest>, table: SubjectAtoms): SubjectTest {
    const [first] = tests;
    if (tests.size === 1 && first !== undefined) return first;
    const atoms = new Set<number>();
    const predicates: Predicate[] = [];
    let namedUsers = false;
    for (const test of tests) {
      if (test.#everyone) return test;
      namedUsers ||= test.#namedUsers;
      for (const atom of test.#atoms.atoms) atoms.add(atom);
      predicates.push(...test.#predicates);
    }
    return new SubjectTest(table, { namedUsers, atoms: new AtomSet(atoms), predicates });
  }

  /** Whether no subject whatever can pass. */
  get isUnsatisfiable(): boolean {
    return (
      !this.#everyone &&
      !this.#namedUsers &&
      this.#atoms.atoms.length === 0 &&
      this.#predicates.length === 0
    );
  }

  /** Whether every subject passes, the anonymous one included. */
  get isEveryone(): boolean {
    return this.#everyone;
  }

  /** Whether the answer may be another one the next time: a predicate is code of somebody else. */
  get asksPredicates(): boolean {
    return !this.#everyone && this.#predicates.length > 0;
  }

  /**
   * The test as bits by atom, or in a word where it lets in everyone or every named user; undefined where it is more than that, or
   * where the bits would take more than `maxWords` words of 32.
   */
  toBits(maxWords: number): Uint32Array | 'everyone' | 'named-users' | undefined {
    if (this.#everyone) return 'everyone';
    if (this.#predicates.length > 0) return undefined;
    if (!this.#namedUsers) return this.#atoms.toBits(maxWords);
    return this.#atoms.atoms.length === 0 ? 'named-users' : undefined;
  }

  /** Whether `subject` passes. */
  passes(subject: Subject | null): boolean {
    if (this.#everyone) return true;
    if (subject !== null) {
      if (this.#namedUsers && subject.username !== '') return true;
      if (this.#table.hasAny(subject, this.#atoms)) return true;
    }
    return this.#predicates.length > 0 && this.#anyPredicate(subject);
  }

  /** The same for a subject whose atoms are known. */
  passesDerived(derived: DerivedSubject): boolean {
    if (this.#everyone) return true;
    const { atoms } = derived;
    for (let index = 0; index < atoms.length; index++) {
      if (this.#atoms.has(atoms[index] as number)) return true;
    }
    if (this.#namedUsers && derived.subject !== null && derived.subject.username !== '')
      return true;
    return this.#predicates.length > 0 && this.#anyPredicate(derived.subject);
  }

  #anyPredicate(subject: Subject | null): boolean {
    for (const grants of this.#predicates) {
      try {
        // SECURITY: exactly `true`. A promise, which an async predicate returns, is truthy.
        if (grants(subject) === true) return true;
      } catch {
        // SECURITY: a predicate that fails refuses.
      }
    }
    return false;
  }
}
