import type { Subject } from '../model/index.js';

/**
 * Small integers for every role, group and namespace that some policy of a snapshot names, so that a decision
 * compares bits instead of strings. What no policy names has no number: nobody asks for it.
 */
export class AttributeTable {
  readonly #roles = new Map<string, number>();
  readonly #groups = new Map<string, number>();
  readonly #namespaces = new Map<string, number>();
  #count = 0;

  role(name: string): number {
    return this.#number(this.#roles, name);
  }

  group(name: string): number {
    return this.#number(this.#groups, name);
  }

  namespace(name: string): number {
    return this.#number(this.#namespaces, name);
  }

  /** Whether `subject` has one of the attributes. Allocates nothing: this is what a question about a plain subject runs. */
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

  #number(numbers: Map<string, number>, name: string): number {
    let attribute = numbers.get(name);
    if (attribute === undefined) {
      attribute = this.#count++;
      numbers.set(name, attribute);
    }
    return attribute;
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

/** Whether an attribute is in a set of bits that takes `words` words from `start` on. */
export function hasBit(
  pool: Int32Array | Uint32Array,
  start: number,
  words: number,
  attribute: number,
): boolean {
  const word = attribute >>> 5;
  return word < words && ((pool[start + word] as number) & (1 << (attribute & 31))) !== 0;
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

/** Bits are kept where they take no more room than this many words, or than the list of attributes itself would. */
const SMALL_WORDS = 32;

/** An immutable set of attributes: bits where they lie close together, a sorted list where they do not. */
export class AttributeSet {
  static readonly EMPTY: AttributeSet = new AttributeSet([]);

  /** Ascending. */
  readonly attributes: Int32Array;
  readonly #words: Uint32Array | undefined;

  constructor(attributes: Iterable<number>) {
    this.attributes = Int32Array.from(new Set(attributes)).sort();
    const wordCount =
      this.attributes.length === 0 ? 0 : ((this.attributes.at(-1) as number) >>> 5) + 1;
    if (wordCount > Math.max(SMALL_WORDS, this.attributes.length)) return;
    const words = new Uint32Array(wordCount);
    for (const attribute of this.attributes)
      words[attribute >>> 5] = (words[attribute >>> 5] as number) | (1 << (attribute & 31));
    this.#words = words;
  }

  /** The set as bits; undefined where they would take more than `maxWords` words of 32. */
  toBits(maxWords: number): Uint32Array | undefined {
    return this.#words !== undefined && this.#words.length <= maxWords ? this.#words : undefined;
  }

  has(attribute: number): boolean {
    const words = this.#words;
    if (words === undefined) return this.#search(attribute);
    return hasBit(words, 0, words.length, attribute);
  }

  #search(attribute: number): boolean {
    let low = 0;
    let high = this.attributes.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = this.attributes[middle] as number;
      if (found === attribute) return true;
      if (found < attribute) low = middle + 1;
      else high = middle - 1;
    }
    return false;
  }
}
