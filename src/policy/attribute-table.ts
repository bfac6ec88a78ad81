import { getOrAdd } from '../foundation/get-or-add.js';
import type { Subject } from '../model/index.js';
import { type AttributeSet, hasBit } from './attribute-set.js';

/** A role, group or namespace that some policy of a snapshot names. */
export interface SubjectAttribute {
  readonly kind: 'role' | 'group' | 'namespace';
  readonly name: string;
}

/**
 * Interned attributes: a small integer for every role, group and namespace that a policy of a
 * snapshot names, so that a decision compares bits instead of strings. Other names have no number.
 */
export class AttributeTable {
  readonly #roles = new Map<string, number>();
  readonly #groups = new Map<string, number>();
  readonly #namespaces = new Map<string, number>();
  /** By number. */
  readonly #attributes: SubjectAttribute[] = [];

  role(name: string): number {
    return this.#number(this.#roles, 'role', name);
  }

  group(name: string): number {
    return this.#number(this.#groups, 'group', name);
  }

  namespace(name: string): number {
    return this.#number(this.#namespaces, 'namespace', name);
  }

  /** The attribute behind a number: the same object each time. */
  attribute(number: number): SubjectAttribute {
    return this.#attributes[number] as SubjectAttribute;
  }

  /**
   * Whether `subject` has one of the attributes. Allocates nothing: the hot path of plain subjects.
   */
  hasAny(subject: Subject, attributes: AttributeSet): boolean {
    return (
      anyIn(this.#roles, subject.roles, attributes) ||
      anyIn(this.#groups, subject.groups, attributes) ||
      anyIn(this.#namespaces, subject.namespaces, attributes)
    );
  }

  /** The same, for attributes as `words` words of bits from `start` on in a pool. */
  hasAnyBit(subject: Subject, pool: Int32Array, start: number, words: number): boolean {
    return (
      anyBit(this.#roles, subject.roles, pool, start, words) ||
      anyBit(this.#groups, subject.groups, pool, start, words) ||
      anyBit(this.#namespaces, subject.namespaces, pool, start, words)
    );
  }

  /** The attributes of `subject`, without those that no policy names. */
  of(subject: Subject | null): readonly number[] {
    const attributes = new Set<number>();
    collect(this.#roles, subject?.roles, attributes);
    collect(this.#groups, subject?.groups, attributes);
    collect(this.#namespaces, subject?.namespaces, attributes);
    return [...attributes];
  }

  #number(numbers: Map<string, number>, kind: SubjectAttribute['kind'], name: string): number {
    const add = (): number => this.#attributes.push(Object.freeze({ kind, name })) - 1;
    return getOrAdd(numbers, name, add);
  }
}

// Indexed loops: an iterator would be an allocation on the hot path.
function anyIn(
  numbers: ReadonlyMap<string, number>,
  names: readonly string[] | undefined,
  attributes: AttributeSet,
): boolean {
  if (names === undefined) return false;
  for (let index = 0; index < names.length; index++) {
    const attribute = numbers.get(names[index] as string);
    if (attribute !== undefined && attributes.has(attribute)) return true;
  }
  return false;
}

function anyBit(
  numbers: ReadonlyMap<string, number>,
  names: readonly string[] | undefined,
  pool: Int32Array,
  start: number,
  words: number,
): boolean {
  if (names === undefined) return false;
  for (let index = 0; index < names.length; index++) {
    const attribute = numbers.get(names[index] as string);
    if (attribute !== undefined && hasBit(pool, start, words, attribute)) return true;
  }
  return false;
}

function collect(
  numbers: ReadonlyMap<string, number>,
  names: readonly string[] | undefined,
  into: Set<number>,
): void {
  for (const name of names ?? []) {
    const attribute = numbers.get(name);
    if (attribute !== undefined) into.add(attribute);
  }
}
