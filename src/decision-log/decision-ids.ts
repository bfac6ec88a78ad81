const BLOCK = 256;
const HEX_DIGITS: readonly string[] = Array.from({ length: BLOCK }, (_, byte) =>
  byte.toString(16).padStart(2, '0'),
);

/**
 * IDs of records: UUIDs of version 4. 256 of them in turn share their random bits and count up in
 * the last byte, since a random UUID for each cost a fifth of a record. They are unique, and no
 * secret: one ID tells those of its neighbours.
 */
export class DecisionIds {
  #prefix = '';
  #next = BLOCK;

  next(): string {
    if (this.#next === BLOCK) {
      this.#prefix = crypto.randomUUID().slice(0, -2);
      this.#next = 0;
    }
    return this.#prefix + HEX_DIGITS[this.#next++];
  }
}
