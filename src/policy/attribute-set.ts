/** Bits are kept if they take at most this many words, or at most as many as the list itself. */
const SMALL_WORDS = 32;

/** An immutable set of attributes: bits if they lie close together, otherwise a sorted list. */
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
