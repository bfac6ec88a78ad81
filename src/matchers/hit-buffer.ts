import { grown } from '../foundation/grown.js';

const INITIAL_CAPACITY = 16;
const LONG_LIST = 32;
const EMPTY = new Int32Array(0);

/**
 * A list of integers that keeps its memory when emptied, so that a caller who asks often allocates
 * only when it has to grow.
 */
export class HitBuffer {
  #values = new Int32Array(INITIAL_CAPACITY);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The value at a position from 0 up to, not including, `count`. */
  at(position: number): number {
    return this.#values[position] as number;
  }

  /** Appends a value: an integer of 32 bits. */
  push(value: number): void {
    if (this.#count === this.#values.length) this.#grow();
    this.#values[this.#count++] = value;
  }

  /** A copy of the list, ascending. */
  toSorted(): Int32Array {
    if (this.#count === 0) return EMPTY;
    const sorted = this.#values.slice(0, this.#count);
    if (sorted.length > LONG_LIST) return sorted.sort();
    // By insertion: the lists are short, and a call of `sort` costs more than all of this.
    for (let next = 1; next < sorted.length; next++) {
      const value = sorted[next] as number;
      let at = next;
      for (; at > 0 && (sorted[at - 1] as number) > value; at--)
        sorted[at] = sorted[at - 1] as number;
      sorted[at] = value;
    }
    return sorted;
  }

  /** Empties the list. */
  clear(): void {
    this.#count = 0;
  }

  #grow(): void {
    this.#values = grown(this.#values, 2 * this.#values.length);
  }
}
