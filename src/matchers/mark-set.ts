/**
 * Marks are 16 bits wide: one rewrite of the whole array every 65,535 uses is all that emptying
 * costs.
 */
const LAST_GENERATION = 0xffff;

/**
 * A set of small integers that is emptied at no cost, for use again and again without allocating.
 */
export class MarkSet {
  readonly #marks: Uint16Array;
  #generation = 1;

  /** @param size the set holds integers from 0 up to, not including, this */
  constructor(size: number) {
    this.#marks = new Uint16Array(size);
  }

  /** Empties the set. */
  clear(): void {
    if (this.#generation === LAST_GENERATION) {
      this.#marks.fill(0);
      this.#generation = 0;
    }
    this.#generation++;
  }

  /** Whether a number has been added since the set was emptied. */
  has(member: number): boolean {
    return this.#marks[member] === this.#generation;
  }

  /** Adds a member and says whether it is new. */
  add(member: number): boolean {
    if (this.#marks[member] === this.#generation) return false;
    this.#marks[member] = this.#generation;
    return true;
  }
}
