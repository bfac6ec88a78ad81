import { grown } from '../foundation/grown.js';
import { BACKSLASH, BLANK, HEX_VALUE } from './byte-tables.js';
import {
  INVALID,
  isDigit,
  isQuotationMark,
  readCut,
  skipColours,
  skipMark,
  skipSpace,
  startOfColours,
  UNKNOWN,
} from './read-breaks.js';

/** A list of numbers that a text has, of which each may be a byte. */
export interface ByteList {
  /** Its numbers, by their positions in {@link ByteLists}. */
  readonly from: number;
  readonly to: number;
  readonly form: 'decimal' | 'keyed' | 'hex';
  /** Whether it is cut where it is printed: `... 191 more bytes`. */
  readonly isCut: boolean;
  /** Whether it may go on after the text. */
  readonly isOpen: boolean;
  /** Where a number begins whose end is not known yet; -1: at none. */
  readonly partial: number;
}

/** What a printer puts between two numbers takes no more. */
const LONGEST_GAP = 512;
/** Numbers of the shortest secret. */
const SHORTEST = 8;
/**
 * A list of eight numbers in hex has two digits and a blank, in some order, at one of so many
 * places.
 */
const STRIDE = 21;
const NO_BYTES = new Uint8Array();
const NO_PLACES = new Int32Array();
export const COMMA = 0x2c;
const DOT = 0x2e;
const COLON = 0x3a;

/** 1: a hex digit; 2: a blank; 0: anything else. */
const KIND: Uint8Array = Uint8Array.from(HEX_VALUE, (value, byte) =>
  value >= 0 ? 1 : byte === BLANK ? 2 : 0,
);
/**
 * How the place of a number differs from that of three characters, by their kinds; 9: they are in
 * no list.
 */
const OFFSETS = Int8Array.from({ length: 27 }, (_, kinds) =>
  kinds === 14 ? 0 : kinds === 16 ? -1 : kinds === 22 ? 1 : 9,
);

/**
 * Finds the bytes that a text spells as numbers: `[65, 66]`, `{"0":65,"1":66}`, `<Buffer 41 42>`
 * and what else Node and JSON print, over lines, coloured and in JSON.
 */
export class ByteLists {
  readonly lists: ByteList[] = [];
  values: Uint8Array = NO_BYTES;
  starts: Int32Array = NO_PLACES;
  ends: Int32Array = NO_PLACES;
  #count = 0;
  readonly #bytes: Uint8Array;
  readonly #isComplete: boolean;
  readonly #before: number;

  /**
   * @param first a place before which no list in decimal goes on; undefined: none is in the text
   * @param before the byte that stood before the text; 0: none
   * @param isComplete no text follows
   */
  constructor(bytes: Uint8Array, first: number | undefined, before: number, isComplete: boolean) {
    this.#bytes = bytes;
    this.#before = before;
    this.#isComplete = isComplete;
    if (first !== undefined) this.#findDecimal(first);
    if (!isComplete) this.#readDecimalTail();
    this.#findHex();
  }

  /** The list in decimal that a part of the text lies in. */
  formOf(start: number, end: number): ByteList['form'] | undefined {
    const list = this.lists.find(
      ({ from, to, form }) =>
        form !== 'hex' &&
        to > from &&
        (this.starts[from] as number) <= start &&
        end <= (this.ends[to - 1] as number),
    );
    return list?.form;
  }

  /** The digits that are known of the number that the text ends with. */
  digitsAt(partial: number): string {
    return String.fromCharCode(...this.#bytes.subarray(partial));
  }

  #findDecimal(first: number): void {
    const bytes = this.#bytes;
    let known = 0;
    for (let at = first; at < bytes.length; at++) {
      if (bytes[at] !== COMMA || !mayDivideNumbers(bytes, at)) continue;
      const number = this.#startOfNumber(startOfColours(bytes, at, known), known);
      if (number < 0) continue;
      known = Math.max(known, this.#readDecimal(number));
      at = Math.max(at, known - 1);
    }
  }

  #readDecimalTail(): void {
    if (this.lists.at(-1)?.isOpen === true) return;
    const number = this.#startOfNumber(this.#endOfLastNumber(), 0);
    if (number >= 0) this.#readDecimal(number);
  }

  /** The end of a number that the text ends with, or with a part of its colour. */
  #endOfLastNumber(): number {
    const bytes = this.#bytes;
    const end = bytes.length;
    if (end > 0 && isDigit(bytes[end - 1] as number)) {
      const from = Math.max(0, end - 16);
      for (let at = end - 1; at > from; at--) {
        const byte = bytes[at] as number;
        if ((byte === 0x1b || byte === 0x5c) && isDigit(bytes[at - 1] as number)) {
          if (skipColours(bytes, at, end) === UNKNOWN) return at;
        }
      }
      return end;
    }
    for (let at = end - 1; at > Math.max(0, end - 16); at--) {
      if (isDigit(bytes[at - 1] as number) && skipColours(bytes, at, end) !== at) return at;
    }
    return end;
  }

  /** Where the digits begin that end at a place; -1: zero digits, or too many. */
  #startOfNumber(end: number, least: number): number {
    let start = end;
    while (start > least && end - start < 4 && isDigit(this.#bytes[start - 1] as number)) start--;
    const isCut = start === 0 && isDigit(this.#before);
    return start === end || end - start > 3 || isCut ? -1 : start;
  }

  /** @returns where the list ends */
  #readDecimal(start: number): number {
    const bytes = this.#bytes;
    const from = this.#count;
    let [at, isOpen, isCut, isKeyed, partial] = [start, false, false, false, -1];
    for (;;) {
      let end = at;
      let value = 0;
      while (end < bytes.length && end - at < 4 && isDigit(bytes[end] as number)) {
        value = 10 * value + (bytes[end++] as number) - 0x30;
      }
      if (end === at || value > 255 || end - at > 3) break;
      if (end === bytes.length && !this.#isComplete) {
        [partial, isOpen] = [at, true];
        at = end;
        break;
      }
      this.#push(value, at, end);
      at = end;
      const next = this.#readGap(end);
      if (next < 0) {
        isOpen = next === UNKNOWN && !this.#isComplete;
        break;
      }
      isCut = bytes[next] === DOT;
      if (isCut) break;
      isKeyed ||= this.#hasKey;
      at = next;
    }
    this.#close({ from, form: isKeyed ? 'keyed' : 'decimal', isCut, isOpen, partial });
    return at;
  }

  #hasKey = false;

  /**
   * A comma, white space, and the key of the next number. @returns the place behind it, or that of
   * `...`
   */
  #readGap(from: number): number {
    const bytes = this.#bytes;
    const stop = Math.min(bytes.length, from + LONGEST_GAP);
    const end = this.#readGapTo(from, stop);
    return end === UNKNOWN && stop < bytes.length ? INVALID : end;
  }

  #readGapTo(from: number, stop: number): number {
    const bytes = this.#bytes;
    this.#hasKey = false;
    let at = skipColours(bytes, from, stop);
    if (at < 0 || at >= stop) return UNKNOWN;
    if (bytes[at] !== COMMA) return INVALID;
    at = skipSpace(bytes, at + 1, stop);
    if (at < 0) return at;
    if (bytes[at] === DOT) return readCut(bytes, at, stop);
    const marked = skipMark(bytes, at, stop);
    if (marked === at || marked < 0) return marked;
    let end = marked;
    while (end < stop && isDigit(bytes[end] as number)) end++;
    if (end >= stop) return UNKNOWN;
    if (end === marked) return INVALID;
    const closed = skipMark(bytes, end, stop);
    if (closed <= end) return closed < 0 ? closed : INVALID;
    at = skipSpace(bytes, closed, stop);
    if (at < 0) return at;
    if (bytes[at] !== COLON) return INVALID;
    this.#hasKey = true;
    return skipSpace(bytes, at + 1, stop);
  }

  #findHex(): void {
    const bytes = this.#bytes;
    let known = 0;
    for (let look = 0; look + 2 < bytes.length; look += STRIDE) {
      const [a, b, c] = [bytes[look], bytes[look + 1], bytes[look + 2]] as Three;
      // Few of three characters in a row are a blank.
      if (a !== BLANK && b !== BLANK && c !== BLANK) continue;
      const kinds = 9 * (KIND[a] as number) + 3 * (KIND[b] as number) + (KIND[c] as number);
      const offset = OFFSETS[kinds] as number;
      if (offset === 9) continue;
      const start = this.#startOfHex(look + offset, known);
      if (start < 0) continue;
      known = Math.max(known, this.#readHex(start));
      look = Math.max(look, known - STRIDE);
    }
    if (!this.#isComplete && known < bytes.length) this.#readHexTail(known);
  }

  /** What the text ends with, and may be the beginning of a list. */
  #readHexTail(known: number): void {
    const bytes = this.#bytes;
    const last = bytes[bytes.length - 1] as number;
    if (last !== DOT && KIND[last] === 0) return;
    const from = Math.max(known, bytes.length - 40);
    const tail = String.fromCharCode(...bytes.subarray(from));
    const list = /(?<![0-9A-Za-z])(?:[\da-f]{2} )*(?:[\da-f]{1,2}|[\da-f]{2} \.{1,3} ?)?$/i.exec(
      tail,
    );
    if (list === null || list[0] === '') return;
    const start = from + list.index;
    if (start === from && isWord(from === 0 ? this.#before : (bytes[from - 1] as number))) return;
    this.#readHex(start);
  }

  /** Where a list begins that a number at a place is in; -1: it stands outside any number. */
  #startOfHex(at: number, least: number): number {
    if (at < least || !this.#isHex(at)) return -1;
    let start = at;
    while (start - 3 >= least && this.#bytes[start - 1] === BLANK && this.#isHex(start - 3)) {
      start -= 3;
    }
    const before = start === 0 ? this.#before : (this.#bytes[start - 1] as number);
    if (!isWord(before)) return start;
    return start < at ? start + 3 : -1;
  }

  #isHex(at: number): boolean {
    return KIND[this.#bytes[at] as number] === 1 && KIND[this.#bytes[at + 1] as number] === 1;
  }

  #readHex(start: number): number {
    const bytes = this.#bytes;
    const from = this.#count;
    let [at, isOpen, isCut, partial] = [start, false, false, -1];
    for (;;) {
      const isShort = at + 1 === bytes.length && KIND[bytes[at] as number] === 1;
      if (isShort || at >= bytes.length) {
        isOpen = !this.#isComplete;
        if (isOpen && isShort) partial = at;
        break;
      }
      if (!this.#isHex(at)) {
        const cut = bytes[at] === DOT ? readCut(bytes, at, bytes.length) : INVALID;
        isCut = cut >= 0;
        isOpen = cut === UNKNOWN && !this.#isComplete;
        break;
      }
      const high = HEX_VALUE[bytes[at] as number] as number;
      this.#push((high << 4) | (HEX_VALUE[bytes[at + 1] as number] as number), at, at + 2);
      at += 2;
      if (at < bytes.length && bytes[at] !== BLANK) break;
      at++;
    }
    this.#close({ from, form: 'hex', isCut, isOpen, partial });
    return Math.min(at, bytes.length);
  }

  #push(value: number, start: number, end: number): void {
    if (this.#count === this.values.length) this.#grow();
    this.values[this.#count] = value;
    this.starts[this.#count] = start;
    this.ends[this.#count++] = end;
  }

  #grow(): void {
    const size = Math.max(64, 2 * this.#count);
    this.values = grown(this.values, size);
    this.starts = grown(this.starts, size);
    this.ends = grown(this.ends, size);
  }

  #close(list: Omit<ByteList, 'to'>): void {
    const to = this.#count;
    if (to - list.from >= SHORTEST || list.isOpen) {
      this.lists.push({ ...list, to });
      return;
    }
    this.#count = list.from;
  }
}

/** Whether a comma may stand between two numbers of a list: a cheap look at what is beside it. */
export function mayDivideNumbers(bytes: Uint8Array, comma: number): boolean {
  const last = bytes[comma - 1];
  // The end of a number, or of its colour.
  if (last === undefined || !(isDigit(last) || last === 0x6d)) return false;
  let at = comma + 1;
  const next = bytes[at];
  // White space, and the end of the text.
  if (next === undefined || next <= BLANK || isDigit(next)) return true;
  while (bytes[at] === BACKSLASH) at++;
  if (at > comma + 1 && !isQuotationMark(bytes[at])) return true;
  const key = bytes[at + 1];
  return isQuotationMark(bytes[at]) && (key === undefined || isDigit(key));
}

type Three = [number, number, number];

/** Whether a byte is a letter or digit in ASCII. */
function isWord(byte: number): boolean {
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x7a);
}
