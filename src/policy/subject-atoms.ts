import type { Subject } from '../model/index.js';

/**
 * Small integers for every role, group and namespace that some policy of a snapshot names, so that a decision
 * compares bits instead of strings. What no policy names has no number: nobody asks for it.
 */
export class SubjectAtoms {
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

  /** Whether `subject` has one of the atoms. Allocates nothing: this is what a question about a plain subject runs. */
  hasAny(subject: Subject, atoms: AtomSet): boolean {
    return (
      anyIn(this.#roles, subject.roles, atoms) ||
      anyIn(this.#groups, subject.groups, atoms) ||
      anyIn(this.#namespaces, subject.namespaces, atoms)
    );
  }

  /** The same, for atoms as `words` words of bits from `start` on in a pool. */
  hasAnyBit(subject: Subject, pool: Int32Array, start: number, words: number): boolean {
    return (
      anyBit(this.#roles, subject.roles, pool, start, words) ||
      anyBit(this.#groups, subject.groups, pool, start, words) ||
      anyBit(this.#namespaces, subject.namespaces, pool, start, words)
    );
  }

  /** The atoms of `subject`, without those that no policy names. */
  of(subject: Subject | null): readonly number[] {
    const atoms = new Set<number>();
    collect(this.#roles, subject?.roles, atoms);
    collect(this.#groups, subject?.groups, atoms);
    collect(this.#namespaces, subject?.namespaces, atoms);
    return [...atoms];
  }

  #number(numbers: Map<string, number>, name: string): number {
    let atom = numbers.get(name);
    if (atom === undefined) {
      atom = this.#count++;
      numbers.set(name, atom);
    }
    return atom;
  }
}

// Indexed loops: an iterator would be an allocation on the hot path.
function anyIn(
  numbers: ReadonlyMap<string, number>,
  names: readonly string[] | undefined,
  atoms: AtomSet,
): boolean {
  if (names === undefined) return false;
  for (let index = 0; index < names.length; index++) {
    const atom = numbers.get(names[index] as string);
    if (atom !== undefined && atoms.has(atom)) return true;
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
    const atom = numbers.get(names[index] as string);
    if (atom !== undefined && hasBit(pool, start, words, atom)) return true;
  }
  return false;
}

/** Whether an atom is in a set of bits that takes `words` words from `start` on. */
export function hasBit(
  pool: Int32Array | Uint32Array,
  start: number,
  words: number,
  atom: number,
): boolean {
  const word = atom >>> 5;
  return word < words && ((pool[start + word] as number) & (1 << (atom & 31))) !== 0;
}

function collect(
  numbers: ReadonlyMap<string, number>,
  names: readonly string[] | undefined,
  into: Set<number>,
): void {
  for (const name of names ?? []) {
    const atom = numbers.get(name);
    if (atom !== undefined) into.add(atom);
  }
}

/** Bits are kept where they take no more room than this many words, or than the list of atoms itself would. */
const SMALL_WORDS = 32;

/** An immutable set of atoms: bits where they lie close together, a sorted list where they do not. */
export class AtomSet {
  static readonly EMPTY: AtomSet = new AtomSet([]);

  /** Ascending. */
  readonly atoms: Int32Array;
  readonly #words: Uint32Array | undefined;

  constructor(atoms: Iterable<number>) {
    this.atoms = Int32Array.from(new Set(atoms)).sort();
    const wordCount = this.atoms.length === 0 ? 0 : ((this.atoms.at(-1) as number) >>> 5) + 1;
    if (wordCount > Math.max(SMALL_WORDS, this.atoms.length)) return;
    const words = new Uint32Array(wordCount);
    for (const atom of this.atoms)
      words[atom >>> 5] = (words[atom >>> 5] as number) | (1 << (atom & 31));
    this.#words = words;
  }

  /** The set as bits; undefined where they would take more than `maxWords` words of 32. */
  toBits(maxWords: number): Uint32Array | undefined {
    return this.#words !== undefined && this.#words.length <= maxWords ? this.#words : undefined;
  }

  has(atom: number): boolean {
    const words = this.#words;
    if (words === undefined) return this.#search(atom);
    return hasBit(words, 0, words.length, atom);
  }

  #search(atom: number): boolean {
    let low = 0;
    let high = this.atoms.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = this.atoms[middle] as number;
      if (found === atom) return true;
      if (found < atom) low = middle + 1;
      else high = middle - 1;
    }
    return false;
  }
}
