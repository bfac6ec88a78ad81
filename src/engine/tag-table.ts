import { getOrAdd } from '../foundation/get-or-add.js';
import { freezeTags, type Tags } from '../model/index.js';

/** The number of the empty tags. */
export const NO_TAGS = 0;

/**
 * Interned tags of registered resources: one frozen object for all resources with the same tags in
 * the same order. Numbers are never taken back, so snapshots can share the table.
 */
export class TagTable {
  /** By number. */
  readonly #tags: Tags[] = [freezeTags([])];
  /** Numbers of pairs, by key and value. */
  readonly #pairs = new Map<string, Map<string, number>>();
  #pairCount = 0;
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
    let hash = 0;
    const values: string[] = [];
    for (const key of keys) {
      const value = tags[key] as string;
      values.push(value);
      hash = Math.imul(hash ^ this.#pair(key, value), 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    const known = this.#numbers.get(hash);
    if (typeof known === 'number') {
      if (this.#has(known, keys, values)) return known;
    } else if (known !== undefined) {
      for (const number of known) if (this.#has(number, keys, values)) return number;
    }
    const number = this.#tags.push(freezeTags(keys.map((key, at) => [key, values[at] as string])));
    this.#file(hash, known, number - 1);
    return number - 1;
  }

  #file(hash: number, known: number | number[] | undefined, number: number): void {
    if (known === undefined) this.#numbers.set(hash, number);
    else if (typeof known === 'number') this.#numbers.set(hash, [known, number]);
    else known.push(number);
  }

  #pair(key: string, value: string): number {
    const byValue = getOrAdd(this.#pairs, key, () => new Map<string, number>());
    return getOrAdd(byValue, value, () => this.#pairCount++);
  }

  #has(number: number, keys: readonly string[], values: readonly string[]): boolean {
    const tags = this.#tags[number] as Tags;
    const own = Object.keys(tags);
    if (own.length !== keys.length) return false;
    for (let at = 0; at < keys.length; at++) {
      if (own[at] !== keys[at] || tags[keys[at] as string] !== values[at]) return false;
    }
    return true;
  }
}
