import { BASE64_VALUE } from './byte-tables.js';

/** Characters of a window: four of base64 are 24 bits. */
const WINDOW = 4;
/**
 * Windows are looked at every so many characters. The first 64 bits of a secret fill at least 10
 * characters entirely, wherever it stands in the encoded text, and of their 7 windows one is always
 * looked at.
 */
const WINDOW_STRIDE = 7;
/** First bits of the windows in a secret: they cover all three beginnings of a secret in base64. */
const LAST_OFFSET = 40;
/** Bits of the filter for each window in it, which marks two: so few others pass. */
const SPREAD = 16;
const LEAST_BITS = 17;
/** A bit for every window. */
const MOST_BITS = 24;

/**
 * Finds the places of a text where a secret may stand in base64. Nearly none of an ordinary text is
 * one, however many secrets there are.
 */
export class WindowFilter {
  readonly #marks: Uint32Array;
  readonly #shift: number;

  /** @param secrets of eight bytes at least */
  constructor(secrets: readonly Uint8Array[]) {
    const windows = secrets.length * (1 + LAST_OFFSET / 2);
    const bits = Math.ceil(Math.log2(Math.max(1, windows * SPREAD)));
    const size = Math.min(MOST_BITS, Math.max(LEAST_BITS, bits));
    this.#shift = 32 - size;
    this.#marks = new Uint32Array(2 ** (size - 5));
    for (const secret of secrets) {
      for (let offset = 0; offset <= LAST_OFFSET; offset += 2) this.#add(bitsAt(secret, offset));
    }
  }

  /**
   * Finds the next window that may be one of a secret's.
   *
   * @returns where it begins; -1: not found, so no secret stands in base64 between `start` and
   *   `end`
   */
  next(characters: Uint8Array, start: number, end: number): number {
    const marks = this.#marks;
    const shift = this.#shift;
    for (let at = start; at + WINDOW <= end; at += WINDOW_STRIDE) {
      // Negative if one of the characters is not in base64's alphabet.
      const window =
        ((BASE64_VALUE[characters[at] as number] as number) << 18) |
        ((BASE64_VALUE[characters[at + 1] as number] as number) << 12) |
        ((BASE64_VALUE[characters[at + 2] as number] as number) << 6) |
        (BASE64_VALUE[characters[at + 3] as number] as number);
      const mark = Math.imul(window, SCATTER) >>> shift;
      const isMarked = ((marks[mark >>> 5] as number) & (1 << (mark & 31))) !== 0;
      if (isMarked && window >= 0 && this.#hasMark(window, SCATTER_AGAIN)) return at;
    }
    return -1;
  }

  /** Whether 24 bits may be a window of a secret. */
  mayHold(window: number): boolean {
    return this.#hasMark(window, SCATTER) && this.#hasMark(window, SCATTER_AGAIN);
  }

  #hasMark(window: number, factor: number): boolean {
    const mark = Math.imul(window, factor) >>> this.#shift;
    return ((this.#marks[mark >>> 5] as number) & (1 << (mark & 31))) !== 0;
  }

  #add(window: number): void {
    for (const factor of [SCATTER, SCATTER_AGAIN]) {
      const mark = Math.imul(window, factor) >>> this.#shift;
      const word = mark >>> 5;
      this.#marks[word] = (this.#marks[word] as number) | (1 << (mark & 31));
    }
  }
}

/**
 * Odd, with bits all over: the upper bits of a product depend on all bits of a window. 2^32 divided
 * by the golden ratio.
 */
const SCATTER = 0x9e3779b1;
/**
 * Another such number: what passes by chance with one seldom passes with both. 2^32 times the
 * square root of 3, less 2^32.
 */
const SCATTER_AGAIN = 0xbb67ae85;

/** 24 bits of a secret, from a bit on. */
function bitsAt(secret: Uint8Array, offset: number): number {
  const first = offset >>> 3;
  const [a = 0, b = 0, c = 0, d = 0] = secret.subarray(first, first + 4);
  const skipped = offset & 7;
  // 32 bits would have a sign: the last byte is only needed where bits are skipped.
  return ((((a << 16) | (b << 8) | c) << skipped) & 0xffffff) | (d >>> (8 - skipped));
}
