import { BASE64_VALUE, HEX_VALUE } from './byte-tables.js';
import { type Run, type RunDecoder, SHORTEST_HEX } from './run-decoder.js';
import type { SecretTables } from './secret-tables.js';
import type { WindowFilter } from './window-filter.js';

/** An encoding whose windows are looked at. */
interface Encoding {
  readonly values: Int8Array;
  /** Bits of a character. */
  readonly bits: number;
  /** Characters of a window. */
  readonly width: number;
  /**
   * So many windows in a row a secret has at least: one begins with each of its characters, from
   * its first whole one on.
   */
  readonly row: number;
  /** So many of them are left where the secret begins in the last characters of an escape. */
  readonly rest: number;
}

const WINDOW_BITS = 24;
const ALL_BITS = 0xffffff;
/**
 * More characters at the end of an escape may hold all but one of the windows of a secret that
 * begins among them.
 */
const LONGEST_TAIL = 5;
const BASE64: Encoding = { values: BASE64_VALUE, bits: 6, width: 4, row: 7, rest: 2 };
const HEX: Encoding = { values: HEX_VALUE, bits: 4, width: 6, row: 11, rest: 6 };

interface ReusedRun extends Run {
  end: number;
  open: boolean;
}

const NO_BYTES = new Uint8Array();

/** Fewer characters hold no row of windows that matters. */
const LEAST = BASE64.rest + BASE64.width - 1;

/**
 * A run of base64 or hex that escapes interrupt, joined. It is decoded where as many of its windows
 * in a row may be a secret's as a secret has: the beginning of a secret, over and over, has some of
 * them only.
 */
export class InterruptedRun {
  readonly #tables: SecretTables;
  readonly #filter: WindowFilter;
  readonly #decoder: RunDecoder;
  #bytes: Uint8Array = NO_BYTES;
  /** The characters, and where each begins and ends in the text. */
  #characters = new Uint8Array(256);
  #starts = new Int32Array(256);
  #ends = new Int32Array(256);
  #count = 0;
  /** Filled again and again, so that a scan allocates nothing. */
  #run = this.#makeRun();
  #hasLongTail = false;

  constructor(tables: SecretTables, decoder: RunDecoder) {
    this.#tables = tables;
    this.#filter = tables.base64;
    this.#decoder = decoder;
  }

  /** @param length of a run in `bytes`, at most */
  begin(bytes: Uint8Array, length: number): void {
    this.#bytes = bytes;
    let size = this.#characters.length;
    if (length <= size) return;
    while (size < length) size *= 2;
    this.#characters = new Uint8Array(size);
    this.#starts = new Int32Array(size);
    this.#ends = new Int32Array(size);
    this.#run = this.#makeRun();
  }

  /** What refers to the text may not keep it. */
  release(): void {
    this.#bytes = NO_BYTES;
  }

  push(character: number, start: number, end: number): void {
    const index = this.#count++;
    this.#characters[index] = character;
    this.#starts[index] = start;
    this.#ends[index] = end;
    if (end - start > LONGEST_TAIL + 1) this.#hasLongTail = true;
  }

  /**
   * Looks for secrets, and begins the next run. @param open whether this one may go on after the
   * text
   */
  finish(open: boolean): void {
    if (this.#count >= LEAST || open || this.#hasLongTail) this.#decode(open);
    this.#count = 0;
    this.#hasLongTail = false;
  }

  #decode(open: boolean): void {
    const run = this.#run;
    run.end = this.#count;
    run.open = open;
    if (run.end === 0) return;
    this.#findBase64(run);
    this.#findHex(run);
    if (this.#hasLongTail) this.#readLongTails(run);
    if (open) this.#decodeOpenEnd(run);
  }

  #makeRun(): ReusedRun {
    const places = { starts: this.#starts, ends: this.#ends };
    return { characters: this.#characters, start: 0, end: 0, open: false, places };
  }

  /** Looks at every second window: the shortest row that matters has two. */
  #findBase64(run: Run): void {
    const { characters, end } = run;
    const filter = this.#filter;
    let decoded = 0;
    for (let at = BASE64.rest - 1; at + BASE64.width <= end; at += BASE64.rest) {
      const window =
        ((BASE64_VALUE[characters[at] as number] as number) << 18) |
        ((BASE64_VALUE[characters[at + 1] as number] as number) << 12) |
        ((BASE64_VALUE[characters[at + 2] as number] as number) << 6) |
        (BASE64_VALUE[characters[at + 3] as number] as number);
      if (!filter.mayHold(window)) continue;
      const from = this.#startOfRow(run, BASE64, at, window);
      const to = this.#endOfRow(run, BASE64, at, window);
      // The first character of a secret may hold a part of it only, and have no window.
      if (to - from >= BASE64.row && decoded === 0) {
        this.#decoder.decodeBase64({ ...run, start: Math.max(0, from - 1), open: false });
        decoded = end;
      }
      this.#readTails(run, BASE64, from, to);
      at = to;
    }
  }

  /** Looks at every sixth window, in the same way. */
  #findHex(run: Run): void {
    const { characters, end } = run;
    const filter = this.#filter;
    let decoded = 0;
    for (let at = HEX.rest - 1; at + HEX.width <= end; at += HEX.rest) {
      const window =
        ((HEX_VALUE[characters[at] as number] as number) << 20) |
        ((HEX_VALUE[characters[at + 1] as number] as number) << 16) |
        ((HEX_VALUE[characters[at + 2] as number] as number) << 12) |
        ((HEX_VALUE[characters[at + 3] as number] as number) << 8) |
        ((HEX_VALUE[characters[at + 4] as number] as number) << 4) |
        (HEX_VALUE[characters[at + 5] as number] as number);
      // Negative where one of the characters is not a hex digit.
      if (window < 0 || !filter.mayHold(window)) continue;
      const from = this.#startOfRow(run, HEX, at, window);
      const to = this.#endOfRow(run, HEX, at, window);
      if (to - from >= HEX.row && from >= decoded) {
        decoded = to;
        while (decoded < end && (HEX_VALUE[characters[decoded] as number] as number) >= 0)
          decoded++;
        this.#decoder.decodeHex({ ...run, start: from, end: decoded, open: false });
      }
      this.#readTails(run, HEX, from, to);
      at = to;
    }
  }

  /** The first of the windows in a row that may be a secret's, up to the one at a place. */
  #startOfRow({ characters }: Run, { values, bits }: Encoding, at: number, last: number): number {
    let window = last;
    let from = at;
    for (; from > 0; from--) {
      const value = values[characters[from - 1] as number] as number;
      window = (value << (WINDOW_BITS - bits)) | (window >>> bits);
      if (value < 0 || !this.#filter.mayHold(window)) break;
    }
    return from;
  }

  /** The place after the last of them. */
  #endOfRow({ characters, end }: Run, encoding: Encoding, at: number, first: number): number {
    const { values, bits, width } = encoding;
    let window = first;
    let to = at + 1;
    for (; to + width <= end; to++) {
      const value = values[characters[to + width - 1] as number] as number;
      window = ((window << bits) | value) & ALL_BITS;
      if (value < 0 || !this.#filter.mayHold(window)) break;
    }
    return to;
  }

  /**
   * Decodes the run once more where an escape is none: the characters that it ends with, such as
   * `4a` of `%4a`, may be the first ones of a secret, and be followed by others that are escaped.
   * Of its windows some begin there, and the others follow.
   *
   * @param from the first of the windows in a row that may be a secret's
   * @param to the place after the last one
   */
  #readTails(run: Run, encoding: Encoding, from: number, to: number): void {
    const { row, rest } = encoding;
    for (let index = Math.max(0, from - 1); to - index > rest; index++) {
      const following = to - index - 1;
      const most = (this.#ends[index] as number) - (this.#starts[index] as number) - 1;
      if (most === 0 || following + most < row) continue;
      if (this.#mayBegin(run, encoding, index, following)) this.#decodeTail(run, encoding, index);
    }
  }

  /**
   * Whether a secret may begin in the last characters of an escape: as many windows in a row may be
   * a secret's as one has.
   *
   * @param following so many of them follow the escape
   */
  #mayBegin(run: Run, encoding: Encoding, index: number, following: number): boolean {
    const { values, bits, width, row } = encoding;
    if (following >= row) return true;
    const begin = (this.#starts[index] as number) + 1;
    let window = 0;
    let known = 0;
    for (let at = index + 1; at < run.end && known < width; at++) {
      const value = values[run.characters[at] as number] as number;
      if (value < 0) break;
      window |= value << (WINDOW_BITS - bits * ++known);
    }
    let count = following;
    for (let at = (this.#ends[index] as number) - 1; at >= begin; at--) {
      const value = values[this.#bytes[at] as number] as number;
      if (value < 0) return false;
      window = (value << (WINDOW_BITS - bits)) | (window >>> bits);
      count = ++known >= width && this.#filter.mayHold(window) ? count + 1 : 0;
      if (count >= row) return true;
    }
    return false;
  }

  #decodeTail(run: Run, { values }: Encoding, index: number): void {
    const begin = (this.#starts[index] as number) + 1;
    const stop = this.#ends[index] as number;
    const tail = startOfRun(values, this.#bytes, stop, begin);
    if (tail === stop) return;
    this.#decoder.decodeBeginning(run, index + 1, this.#bytes, tail, values === BASE64_VALUE);
  }

  #readLongTails(run: Run): void {
    for (let index = 0; index < run.end; index++) {
      const begin = (this.#starts[index] as number) + 1;
      const stop = this.#ends[index] as number;
      if (stop - begin <= LONGEST_TAIL) continue;
      const tail = startOfRun(BASE64_VALUE, this.#bytes, stop, begin);
      if (stop - tail > LONGEST_TAIL) this.#readLongTail(run, index);
    }
  }

  #readLongTail(run: Run, index: number): void {
    for (const encoding of [BASE64, HEX]) {
      const following = this.#countWindows(run, encoding, index + 1);
      if (this.#mayBegin(run, encoding, index, following)) this.#decodeTail(run, encoding, index);
    }
  }

  /**
   * How many windows in a row that may be a secret's begin at a place, up to as many as one has.
   */
  #countWindows(run: Run, encoding: Encoding, place: number): number {
    let count = 0;
    while (count < encoding.row) {
      const window = windowAt(run, encoding, place + count);
      if (window < 0 || !this.#filter.mayHold(window)) break;
      count++;
    }
    return count;
  }

  #decodeTails(run: Run, index: number): void {
    this.#decodeTail(run, BASE64, index);
    this.#decodeTail(run, HEX, index);
  }

  /** So near to an open end, what is not known yet may decide. */
  #decodeOpenEnd(run: Run): void {
    const { characters, end } = run;
    for (let at = Math.max(0, end - SHORTEST_HEX); at < end; at++) this.#decodeTails(run, at);
    const least = Math.max(0, end - 2 * this.#tables.longest);
    this.#decoder.decodeBase64({ ...run, start: least });
    this.#decoder.decodeHex({ ...run, start: startOfRun(HEX_VALUE, characters, end, least) });
  }
}

/** The bits of the window that begins at a place; negative: it is cut, or not of the encoding. */
function windowAt({ characters, end }: Run, encoding: Encoding, at: number): number {
  const { values, bits, width } = encoding;
  if (at + width > end) return -1;
  let window = 0;
  for (let place = at; place < at + width; place++) {
    const value = values[characters[place] as number] as number;
    if (value < 0) return -1;
    window = (window << bits) | value;
  }
  return window;
}

/** Where the characters of an encoding begin that end at a place. */
export function startOfRun(
  values: Int8Array,
  bytes: Uint8Array,
  place: number,
  least: number,
): number {
  let start = place;
  while (start > least && (values[bytes[start - 1] as number] as number) >= 0) start--;
  return start;
}
