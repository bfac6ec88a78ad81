import { BACKSLASH, BASE64_VALUE, HEX_VALUE, PERCENT } from './byte-tables.js';
import type { Interruptions } from './interruptions.js';
import { type Run, RunDecoder, SHORTEST_BASE64, SHORTEST_HEX } from './run-decoder.js';
import type { OnSecret, ScanEnd } from './scan-escaped.js';
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
  #count = 0;
  /** Those that stand for an escape. */
  readonly #escapes: number[] = [];
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
    const place = interruptions.place(first);
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
    let next = first;
    let at = start;
    while (at < end) {
      const byte = bytes[at] as number;
      if ((BASE64_VALUE[byte] as number) >= 0) {
        this.#join(byte, at, at + 1);
        at++;
        continue;
      }
      next = interruptions.skipTo(at, next);
      if (next === interruptions.count || interruptions.place(next) !== at) {
        this.#decodeJoined(bytes, false);
        at++;
        continue;
      }
      const character = interruptions.character(next);
      const behind = interruptions.end(next);
      if (character >= 0) {
        this.#escapes.push(this.#count);
        this.#join(character, at, behind);
      }
      at = behind;
    }
    this.#decodeJoined(bytes, isOpen);
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

  #join(character: number, start: number, end: number): void {
    if (this.#count === this.#characters.length) this.#grow();
    this.#characters[this.#count] = character;
    this.#starts[this.#count] = start;
    this.#ends[this.#count++] = end;
  }

  #grow(): void {
    const [characters, starts, ends] = [this.#characters, this.#starts, this.#ends];
    this.#characters = new Uint8Array(2 * this.#count);
    this.#starts = new Int32Array(2 * this.#count);
    this.#ends = new Int32Array(2 * this.#count);
    this.#characters.set(characters);
    this.#starts.set(starts);
    this.#ends.set(ends);
  }

  #decodeJoined(bytes: Uint8Array, open: boolean): void {
    const end = this.#count;
    if (end === 0) return;
    this.#count = 0;
    const characters = this.#characters;
    const places = { starts: this.#starts, ends: this.#ends };
    const joined: Run = { characters, start: 0, end, open, places };
    for (const escape of this.#escapes) this.#decodeTail(bytes, joined, escape);
    this.#escapes.length = 0;
    // Nearly no text holds a window of a secret; the end of one that goes on is always looked at.
    const least = open ? Math.max(0, end - 2 * this.#tables.longest) : end;
    const window = this.#tables.base64.next(characters, 0, end);
    const from = window < 0 ? least : 0;
    if (open || (end >= SHORTEST_BASE64 && from < end)) {
      this.#decoder.decodeBase64({ ...joined, start: from });
    }
    for (let start = 0; start < end; start++) {
      const to = endOfRun(HEX_VALUE, characters, start, end);
      const goesOn = open && to === end;
      if (to - start >= SHORTEST_HEX || goesOn) {
        this.#decoder.decodeHex({ ...joined, start, end: to, open: goesOn });
      }
      start = to;
    }
  }

  /**
   * Decodes a run once more in which an escape is none: the characters that it ends with, such as `4a` of `%4a`, may be the first
   * ones of a secret, and be followed by others that are escaped.
   */
  #decodeTail(bytes: Uint8Array, joined: Run, escape: number): void {
    const begin = (this.#starts[escape] as number) + 1;
    const stop = this.#ends[escape] as number;
    const tail = startOfRun(BASE64_VALUE, bytes, stop, begin);
    if (tail < stop) this.#decoder.decodeBeginning(joined, escape + 1, bytes, tail);
  }
}

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
