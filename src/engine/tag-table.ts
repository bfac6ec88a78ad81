import { getOrAdd } from '../foundation/get-or-add.js';
import { freezeTags, type Tags } from '../model/index.js';

/** The number of the empty tags. */
const NO_TAGS = 0;

/**
 * Interned tags of registered resources: one frozen object for all resources with the same tags in
 * the same order. Numbers are never taken back, so snapshots can share the table.
 */
export class TagTable {
  /** By number. */
  readonly #tags: Tags[] = [freezeTags([])];
  /** Numbers of pairs, by key and value. */
  readonly #pairs = new Map<string, Map<string, number>>();
  /** By the number of the pair. */
  readonly #pairList: (readonly [key: string, value: string])[] = [];
  /** By the number of the tags: the numbers of their pairs. */
  readonly #pairsOf: Int32Array[] = [new Int32Array(0)];
  /** The number of tags, or several numbers, by a hash of their pairs. */
  readonly #numbers = new Map<number, number | number[]>();

  /** The tags behind a number: the same object each time. */
  tags(number: number): Tags {
    return this.#tags[number] as Tags;
  }

  /** The number of tags. Each value is read once. */
  number(tags: Tags): number {
    const keys = Object.keys(tags);
    if (keys.length === 0) return NO_TAGS;
    const pairs = new Int32Array(keys.length);
    let hash = 0;
    for (let at = 0; at < keys.length; at++) {
      const key = keys[at] as string;
      const pair = this.#pair(key, tags[key] as string);
      pairs[at] = pair;
      hash = Math.imul(hash ^ pair, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    const known = this.#numbers.get(hash);
    if (typeof known === 'number') {
      if (this.#has(known, pairs)) return known;
    } else if (known !== undefined) {
      for (const number of known) if (this.#has(number, pairs)) return number;
    }
    const number = this.#tags.push(this.#read(pairs)) - 1;
    this.#pairsOf.push(pairs);
    this.#file(hash, known, number);
    return number;
  }

  /** The tags of some pairs: what was read of the given ones, and no more. */
  #read(pairs: Int32Array): Tags {
    return freezeTags(
      Array.from(pairs, (pair) => this.#pairList[pair] as readonly [string, string]),
    );
  }

  #file(hash: number, known: number | number[] | undefined, number: number): void {
    if (known === undefined) this.#numbers.set(hash, number);
    else if (typeof known === 'number') this.#numbers.set(hash, [known, number]);
    else known.push(number);
  }

  #pair(key: string, value: string): number {
    const byValue = getOrAdd(this.#pairs, key, () => new Map<string, number>());
    return getOrAdd(byValue, value, () => this.#pairList.push([key, value]) - 1);
  }

  #has(number: number, pairs: Int32Array): boolean {
    const own = this.#pairsOf[number] as Int32Array;
    if (own.length !== pairs.length) return false;
    for (let at = 0; at < pairs.length; at++) if (own[at] !== pairs[at]) return false;
    return true;
  }
}
