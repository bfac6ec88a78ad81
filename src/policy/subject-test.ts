import type { PolicyTest, Subject } from '../model/index.js';
import { AttributeSet } from './attribute-set.js';
import type { AttributeTable, SubjectAttribute } from './attribute-table.js';

/** A frozen subject with its attributes in one snapshot, for many questions. */
export interface DerivedSubject {
  readonly subject: Subject | null;
  readonly attributes: readonly number[];
  /** Counts up, for a hash. */
  readonly serial: number;
}

type Predicate = (subject: Subject | null) => boolean;

/**
 * A compiled test of subjects: one policy, or several of which one is enough.
 */
export class SubjectTest {
  readonly #table: AttributeTable;
  readonly #everyone: boolean;
  readonly #namedUsers: boolean;
  readonly #attributes: AttributeSet;
  readonly #predicates: readonly Predicate[];

  private constructor(
    table: AttributeTable,
    parts: {
      readonly everyone?: boolean;
      readonly namedUsers?: boolean;
      readonly attributes?: AttributeSet;
      readonly predicates?: readonly Predicate[];
    },
  ) {
    this.#table = table;
    this.#everyone = parts.everyone ?? false;
    this.#namedUsers = parts.namedUsers ?? false;
    this.#attributes = parts.attributes ?? AttributeSet.EMPTY;
    this.#predicates = parts.predicates ?? [];
  }

  static everyone(table: AttributeTable): SubjectTest {
    return new SubjectTest(table, { everyone: true });
  }

  /** Passes who has a user name that is not empty. */
  static namedUsers(table: AttributeTable): SubjectTest {
    return new SubjectTest(table, { namedUsers: true });
  }

  static never(table: AttributeTable): SubjectTest {
    return new SubjectTest(table, {});
  }

  /** @throws TypeError when a policy kind made something else than a test */
  static compile(test: PolicyTest, table: AttributeTable): SubjectTest {
    switch (test.kind) {
      case 'always':
        return SubjectTest.everyone(table);
      case 'any-of':
        return new SubjectTest(table, {
          attributes: new AttributeSet([
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

  /** Passes who passes one of `tests`; never, for an empty list. */
  static anyOf(tests: ReadonlySet<SubjectTest>, table: AttributeTable): SubjectTest {
    const [first] = tests;
    if (tests.size === 1 && first !== undefined) return first;
    const attributes = new Set<number>();
    const predicates: Predicate[] = [];
    let namedUsers = false;
    for (const test of tests) {
      if (test.#everyone) return test;
      namedUsers ||= test.#namedUsers;
      for (const attribute of test.#attributes.attributes) attributes.add(attribute);
      predicates.push(...test.#predicates);
    }
    return new SubjectTest(table, {
      namedUsers,
      attributes: new AttributeSet(attributes),
      predicates,
    });
  }

  /** Whether every subject fails. */
  get isUnsatisfiable(): boolean {
    return (
      !this.#everyone &&
      !this.#namedUsers &&
      this.#attributes.attributes.length === 0 &&
      this.#predicates.length === 0
    );
  }

  /** Whether every subject passes, the anonymous one included. */
  get isEveryone(): boolean {
    return this.#everyone;
  }

  /** The roles, groups and namespaces of which one is enough. */
  attributes(): readonly SubjectAttribute[] {
    return Array.from(this.#attributes.attributes, (number) => this.#table.attribute(number));
  }

  /** Whether the answer may be another one the next time: a predicate is code of somebody else. */
  get asksPredicates(): boolean {
    return !this.#everyone && this.#predicates.length > 0;
  }

  /**
   * The test as bits by attribute, or `everyone` or `named-users`; undefined if it is more than
   * that, or if the bits would take more than `maxWords` words of 32 bits.
   */
  toBits(maxWords: number): Uint32Array | 'everyone' | 'named-users' | undefined {
    if (this.#everyone) return 'everyone';
    if (this.#predicates.length > 0) return undefined;
    if (!this.#namedUsers) return this.#attributes.toBits(maxWords);
    return this.#attributes.attributes.length === 0 ? 'named-users' : undefined;
  }

  /** Whether `subject` passes. */
  passes(subject: Subject | null): boolean {
    if (this.#everyone) return true;
    if (subject !== null) {
      if (this.#namedUsers && subject.username !== '') return true;
      if (this.#table.hasAny(subject, this.#attributes)) return true;
    }
    return this.#predicates.length > 0 && this.#anyPredicate(subject);
  }

  /** The same for a subject whose attributes are known. */
  passesDerived(derived: DerivedSubject): boolean {
    if (this.#everyone) return true;
    const { attributes } = derived;
    for (let index = 0; index < attributes.length; index++) {
      if (this.#attributes.has(attributes[index] as number)) return true;
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
