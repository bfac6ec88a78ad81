/** Bytes of a registry for which one range is remembered. */
const BYTES_PER_SLOT = 64;
const MIN_SLOTS = 64;
const MAX_SLOTS = 16_384;
/** Longest range that is remembered. */
const MAX_BYTES = 256;

/**
 * What was read from ranges of bytes, by their content. A range has two slots, and takes the place
 * of the older one in them, so that the memory is bounded and no content makes it slow.
 */
export class RangeCache<V> {
  readonly #bytes: Uint8Array;
  readonly #values: (V | undefined)[];
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;

  constructor(bytes: Uint8Array) {
    const wanted = Math.min(MAX_SLOTS, Math.max(MIN_SLOTS, bytes.length / BYTES_PER_SLOT));
    const slots = 2 ** Math.floor(Math.log2(wanted));
    this.#bytes = bytes;
    this.#values = new Array<V | undefined>(slots).fill(undefined);
    this.#starts = new Int32Array(slots);
    this.#ends = new Int32Array(slots);
  }

  /** @param read makes the value of a range that is not remembered */
  get(start: number, end: number, read: (start: number, end: number) => V): V {
    if (end - start > MAX_BYTES) return read(start, end);
    const slot = this.#slotOf(start, end);
    if (this.#isAt(slot, start, end)) return this.#values[slot] as V;
    const other = slot ^ 1;
    if (this.#isAt(other, start, end)) return this.#values[other] as V;
    const value = read(start, end);
    this.#values[other] = this.#values[slot];
    this.#starts[other] = this.#starts[slot] as number;
    this.#ends[other] = this.#ends[slot] as number;
    this.#values[slot] = value;
    this.#starts[slot] = start;
    this.#ends[slot] = end;
    return value;
  }

  /** FNV-1a, cut to the number of slots. */
  #slotOf(start: number, end: number): number {
    const bytes = this.#bytes;
    let hash = 0x811c9dc5;
    for (let at = start; at < end; at += 1) {
      hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
    }
    return (hash ^ (hash >>> 16)) & (this.#values.length - 1);
  }

  #isAt(slot: number, start: number, end: number): boolean {
    if (this.#values[slot] === undefined) return false;
    const bytes = this.#bytes;
    const other = (this.#starts[slot] as number) - start;
    if (other + end !== this.#ends[slot]) return false;
    for (let at = start; at < end; at += 1) {
      if (bytes[at] !== bytes[at + other]) return false;
    }
    return true;
  }
}
