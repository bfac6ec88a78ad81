import { BACKSLASH, BASE64_VALUE, HEX_VALUE, PERCENT } from './byte-tables.js';
import type { Interruptions } from './interruptions.js';
import { type Run, RunDecoder, SHORTEST_BASE64, SHORTEST_HEX } from './run-decoder.js';
import type { ScanEnd } from './scan-escaped.js';
import type { OnSecret } from './secret-report.js';
import type { SecretTables } from './secret-tables.js';

/** Of the shortest secret in hex, four digits in a row are looked at when every so many places are. */
const HEX_STRIDE = SHORTEST_HEX - 3;

/** Bytes of a run that escapes interrupt: base64 characters, and those that escapes begin with. */
const RUN_BYTE: Uint8Array = runBytes();

/** A scan of one text for secrets in base64 and hex. */
export class RunScan {
  readonly #tables: SecretTables;
  readonly #decoder: RunDecoder;
  /** Characters of an interrupted run, and where each begins and ends in the text. */
  #characters = new Uint8Array(256);
  #starts = new Int32Array(256);
  #ends = new Int32Array(256);
  /** The end of the last interrupted run. */
  #scanned = 0;

  /** @param live whether an output is to be reported */
  constructor(tables: SecretTables, live: (output: number) => boolean) {
    this.#tables = tables;
    this.#decoder = new RunDecoder(tables, live);
  }

  /**
   * @param known what the scan for escapes found out
   * @param complete no text follows
   * @returns the place before which no secret begins that goes on after the text
   */
  run(
    bytes: Uint8Array,
    { stop, interruptions }: Pick<ScanEnd, 'stop' | 'interruptions'>,
    complete: boolean,
    onSecret: OnSecret,
  ): number {
    this.#decoder.start(stop, onSecret);
    this.#scanBase64(bytes, 0, stop);
    this.#scanHex(bytes, 0, stop);
    this.#scanned = 0;
    const open = { stop, complete, interruptions };
    for (let next = 0; next < interruptions.count; ) {
      next = this.#scanAround(bytes, next, this.#scanned, open);
    }
    if (!complete) this.#scanOpenEnd(bytes, this.#scanned, stop);
    return this.#decoder.settled;
  }

  #scanBase64(bytes: Uint8Array, from: number, stop: number): void {
    let scanned = from;
    for (;;) {
      const window = this.#tables.base64.next(bytes, scanned, stop);
      if (window < 0) return;
      const start = startOfRun(BASE64_VALUE, bytes, window, scanned);
      const end = endOfRun(BASE64_VALUE, bytes, window, stop);
      if (end - start >= SHORTEST_BASE64) {
        this.#decoder.decodeBase64({ characters: bytes, start, end, open: false });
      }
      scanned = end;
    }
  }

  #scanHex(bytes: Uint8Array, from: number, stop: number): void {
    let scanned = from;
    for (let look = from; look + 3 < stop; look += HEX_STRIDE) {
      const digits =
        (HEX_VALUE[bytes[look] as number] as number) |
        (HEX_VALUE[bytes[look + 1] as number] as number) |
        (HEX_VALUE[bytes[look + 2] as number] as number) |
        (HEX_VALUE[bytes[look + 3] as number] as number);
      if (digits < 0) continue;
      const start = startOfRun(HEX_VALUE, bytes, look, scanned);
      const end = endOfRun(HEX_VALUE, bytes, look, stop);
      if (end - start >= SHORTEST_HEX) {
        this.#decoder.decodeHex({ characters: bytes, start, end, open: false });
      }
      scanned = end;
      look = end - HEX_STRIDE;
    }
  }

  /** Scans what stands around an interruption in one run. @returns the next interruption behind it */
  #scanAround(bytes: Uint8Array, first: number, from: number, open: OpenText): number {
    const { stop, complete, interruptions } = open;
    const place = interruptions.places[first] as number;
    let start = place;
    while (start > from && RUN_BYTE[bytes[start - 1] as number] !== 0) start--;
    let end = place;
    while (end < stop && RUN_BYTE[bytes[end] as number] !== 0) end++;
    const goesOn = !complete && end === stop;
    const next = this.#scanInterrupted(bytes, { start, end, first, isOpen: goesOn }, interruptions);
    this.#scanned = end;
    return next;
  }

  /** Splits a run where it holds no base64 character, and joins what an escaped one interrupts. */
  #scanInterrupted(
    bytes: Uint8Array,
    { start, end, first, isOpen }: InterruptedRun,
    interruptions: Interruptions,
  ): number {
    while (this.#characters.length < end - start) this.#grow();
    const [joined, starts, ends] = [this.#characters, this.#starts, this.#ends];
    const { places, ends: placesBehind, characters, count: known } = interruptions;
    let next = first;
    let count = 0;
    for (let at = start; at < end; ) {
      const byte = bytes[at] as number;
      let character = byte;
      let behind = at + 1;
      if ((BASE64_VALUE[byte] as number) < 0) {
        while (next < known && (places[next] as number) < at) next++;
        if (next === known || places[next] !== at) {
          this.#decodeJoined(bytes, count, false);
          count = 0;
          at++;
          continue;
        }
        character = characters[next] as number;
        behind = placesBehind[next] as number;
      }
      if (character >= 0) {
        joined[count] = character;
        starts[count] = at;
        ends[count++] = behind;
      }
      at = behind;
    }
    this.#decodeJoined(bytes, count, isOpen);
    if (isOpen) this.#scanOpenEnd(bytes, start, end);
    return interruptions.skipTo(end, next);
  }

  /**
   * Scans what the text ends with for the beginning of a secret. Of an interrupted run as well: what looks like an escape may be none, such as `%`
   * before a secret that begins with two hex digits.
   */
  #scanOpenEnd(bytes: Uint8Array, from: number, stop: number): void {
    // No beginning of a secret is longer, in hex.
    const least = Math.max(from, stop - 2 * this.#tables.longest);
    const start = startOfRun(BASE64_VALUE, bytes, stop, least);
    this.#decoder.decodeBase64({ characters: bytes, start, end: stop, open: true });
    const digits = startOfRun(HEX_VALUE, bytes, stop, start);
    this.#decoder.decodeHex({ characters: bytes, start: digits, end: stop, open: true });
  }

  #grow(): void {
    const size = 2 * this.#characters.length;
    this.#characters = new Uint8Array(size);
    this.#starts = new Int32Array(size);
    this.#ends = new Int32Array(size);
  }

  /** Decodes an interrupted run where it holds a window of a secret, which nearly none does. */
  #decodeJoined(bytes: Uint8Array, end: number, open: boolean): void {
    if (end === 0) return;
    const characters = this.#characters;
    const places = { starts: this.#starts, ends: this.#ends };
    const joined: Run = { characters, start: 0, end, open, places };
    this.#findWindows(bytes, joined);
    if (!open) return;
    // So near to an open end, what is not known yet may decide.
    for (let at = Math.max(0, end - SHORTEST_HEX); at < end; at++) {
      this.#decodeTail(bytes, joined, at, true, true);
    }
    const least = Math.max(0, end - 2 * this.#tables.longest);
    this.#decoder.decodeBase64({ ...joined, start: least });
    const start = startOfRun(HEX_VALUE, characters, end, least);
    this.#decoder.decodeHex({ ...joined, start });
  }

  /**
   * Looks for windows of secrets in an interrupted run, in base64 and in hex, and decodes what stands around them: the characters of the
   * run, and those that an escape before the window ends with.
   */
  #findWindows(bytes: Uint8Array, joined: Run): void {
    const { characters, end } = joined;
    const { base64 } = this.#tables;
    const [starts, ends] = [this.#starts, this.#ends];
    let window = 0;
    let digits = 0;
    let digitCount = 0;
    let wasHeld = false;
    for (let at = 0; at < end; at++) {
      const character = characters[at] as number;
      window = ((window << 6) | (BASE64_VALUE[character] as number)) & BITS;
      const digit = HEX_VALUE[character] as number;
      digits = ((digits << 4) | (digit & 15)) & BITS;
      digitCount = digit < 0 ? 0 : digitCount + 1;
      const isHeld = at >= BASE64_WINDOW - 1 && base64.mayHold(window);
      if (isHeld && wasHeld) this.#decodeBase64Windows(bytes, joined, at - BASE64_WINDOW);
      wasHeld = isHeld;
      if (digitCount >= HEX_WINDOW && base64.mayHold(digits)) {
        this.#decodeHexWindow(bytes, joined, at + 1 - HEX_WINDOW);
      }
      const stop = ends[at] as number;
      const begin = (starts[at] as number) + 1;
      if (stop - begin > LONGEST_TAIL) {
        const tail = startOfRun(BASE64_VALUE, bytes, stop, begin);
        if (stop - tail > LONGEST_TAIL) this.#decodeTail(bytes, joined, at, true, true);
      }
    }
  }

  /**
   * A secret has windows at seven places in a row, of which the first is at most one behind its beginning. At least two of them are left where it
   * begins in the last characters of an escape.
   *
   * @param first one of a secret's windows, as is the next one
   */
  #decodeBase64Windows(bytes: Uint8Array, joined: Run, first: number): void {
    this.#decodeTail(bytes, joined, first - 1, true, false);
    for (const window of [first, first + 1]) {
      if (window % 7 !== 0) continue;
      const start = Math.max(0, window - 7);
      this.#decoder.decodePart(joined, start, window + 1 - start, true);
    }
  }

  /** A secret has windows at every second of eleven places in a row, of which the first is its beginning. */
  #decodeHexWindow(bytes: Uint8Array, joined: Run, window: number): void {
    this.#decodeTail(bytes, joined, window - 1, false, true);
    this.#decodeTail(bytes, joined, window - 2, false, true);
    if (window % 12 > 1) return;
    const start = startOfRun(HEX_VALUE, joined.characters, window, Math.max(0, window - 10));
    this.#decoder.decodePart(joined, start, window + 1 - start, false);
  }

  /**
   * Decodes a run once more in which an escape is none: the characters that it ends with, such as `4a` of `%4a`, may be the first
   * ones of a secret, and be followed by others that are escaped.
   */
  #decodeTail(
    bytes: Uint8Array,
    joined: Run,
    index: number,
    isBase64: boolean,
    isHex: boolean,
  ): void {
    if (index < 0) return;
    const begin = (this.#starts[index] as number) + 1;
    const stop = this.#ends[index] as number;
    if (begin === stop) return;
    const decoder = this.#decoder;
    const tail = startOfRun(BASE64_VALUE, bytes, stop, begin);
    if (isBase64 && tail < stop) decoder.decodeBeginning(joined, index + 1, bytes, tail, true);
    const digits = startOfRun(HEX_VALUE, bytes, stop, tail);
    if (isHex && digits < stop) decoder.decodeBeginning(joined, index + 1, bytes, digits, false);
  }
}

/** The bits of a window: four characters of base64, or six digits of hex. */
const BITS = 0xffffff;
const BASE64_WINDOW = 4;
const HEX_WINDOW = 6;
/** More characters at the end of an escape may hold all but one of the windows of a secret that begins among them. */
const LONGEST_TAIL = 5;

/** What is known of a text whose end may be open. */
interface OpenText {
  readonly stop: number;
  readonly complete: boolean;
  readonly interruptions: Interruptions;
}

interface InterruptedRun {
  readonly start: number;
  readonly end: number;
  /** Its first interruption. */
  readonly first: number;
  readonly isOpen: boolean;
}

function startOfRun(value: Int8Array, bytes: Uint8Array, place: number, least: number): number {
  let start = place;
  while (start > least && (value[bytes[start - 1] as number] as number) >= 0) start--;
  return start;
}

function endOfRun(value: Int8Array, bytes: Uint8Array, place: number, most: number): number {
  let end = place;
  while (end < most && (value[bytes[end] as number] as number) >= 0) end++;
  return end;
}

function runBytes(): Uint8Array {
  const kinds = Uint8Array.from(BASE64_VALUE, (value) => (value < 0 ? 0 : 1));
  for (const byte of [BACKSLASH, PERCENT]) kinds[byte] = 1;
  return kinds;
}
