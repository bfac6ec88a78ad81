const INITIAL_CAPACITY = 16;

/** A list of integers that keeps its memory when emptied, so that a caller who asks often allocates only when it has to grow. */
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

  /** Empties the list. */
  clear(): void {
    this.#count = 0;
  }

  #grow(): void {
    const values = new Int32Array(this.#values.length * 2);
    values.set(this.#values);
    this.#values = values;
  }
}
