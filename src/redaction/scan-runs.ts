import { BACKSLASH, BASE64_VALUE, HEX_VALUE, PERCENT } from './byte-tables.js';
import { EscapeReadings, LONGEST_ESCAPE, readEscapes } from './read-escapes.js';
import { type Run, RunDecoder, SHORTEST_BASE64, SHORTEST_HEX } from './run-decoder.js';
import { isBase64, type OnSecret, type ScanEnd } from './scan-escaped.js';
import type { SecretTables } from './secret-tables.js';

/** Of the shortest secret in hex, four digits in a row are looked at when every so many places are. */
const HEX_STRIDE = SHORTEST_HEX - 3;

/** Bytes of a run that escapes interrupt: base64 characters, and those that escapes begin with. */
const RUN_BYTE: Uint8Array = runBytes();

/** A scan of one text for secrets in base64 and hex. */
export class RunScan {
  readonly #tables: SecretTables;
  readonly #decoder: RunDecoder;
  readonly #readings = new EscapeReadings();
  /**
   * Characters of an interrupted run, and where each begins and ends in the text. Before them there is room for the characters of
   * an escape.
   */
  #characters = new Uint8Array(256);
  #starts = new Int32Array(256);
  #ends = new Int32Array(256);
  #count = LONGEST_ESCAPE;
  /** Those that stand for an escape. */
  readonly #escapes: number[] = [];

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
    let scanned = 0;
    for (const place of interruptions) {
      if (place >= scanned) scanned = this.#scanAround(bytes, place, scanned, stop, complete);
    }
    if (!complete) this.#scanOpenEnd(bytes, scanned, stop);
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

  /** Scans what stands around a place in one run, but for interruptions. @returns its end */
  #scanAround(
    bytes: Uint8Array,
    place: number,
    from: number,
    stop: number,
    complete: boolean,
  ): number {
    let start = place;
    while (start > from && RUN_BYTE[bytes[start - 1] as number] !== 0) start--;
    let end = place;
    while (end < stop && RUN_BYTE[bytes[end] as number] !== 0) end++;
    this.#scanInterrupted(bytes, start, end, !complete && end === stop);
    return end;
  }

  /** Splits a run where it holds no base64 character, and joins what an escaped one interrupts. */
  #scanInterrupted(bytes: Uint8Array, start: number, end: number, open: boolean): void {
    let at = start;
    while (at < end) {
      const byte = bytes[at] as number;
      if ((BASE64_VALUE[byte] as number) >= 0) {
        this.#join(byte, at, at + 1);
        at++;
        continue;
      }
      const next = this.#joinEscape(bytes, at);
      if (next < 0) this.#decodeJoined(bytes, false);
      at = next < 0 ? at + 1 : next;
    }
    this.#decodeJoined(bytes, open);
    if (open) this.#scanOpenEnd(bytes, start, end);
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

  /** @returns the end of the escape; -1: it stands for no base64 character */
  #joinEscape(bytes: Uint8Array, at: number): number {
    const readings = this.#readings;
    readEscapes(bytes, at, bytes.length, readings);
    for (let reading = readings.size - 1; reading >= 0; reading--) {
      const end = readings.end(reading);
      if (readings.length(reading) === 0) return end;
      if (!isBase64(readings, reading)) continue;
      this.#escapes.push(this.#count);
      this.#join(readings.byte(reading, 0), at, end);
      return end;
    }
    return -1;
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
    this.#count = LONGEST_ESCAPE;
    const characters = this.#characters;
    const places = { starts: this.#starts, ends: this.#ends };
    for (const joined of this.#escapes.splice(0)) this.#decodeTail(bytes, joined, end, open);
    if (end - LONGEST_ESCAPE < SHORTEST_BASE64 && !open) return;
    this.#decoder.decodeBase64({ characters, start: LONGEST_ESCAPE, end, open, places });
    for (let start = LONGEST_ESCAPE; start < end; start++) {
      const to = endOfRun(HEX_VALUE, characters, start, end);
      const goesOn = open && to === end;
      const run: Run = { characters, start, end: to, open: goesOn, places };
      if (to - start >= SHORTEST_HEX || goesOn) this.#decoder.decodeHex(run);
      start = to;
    }
  }

  /**
   * Decodes a run once more in which an escape is none: the characters that it ends with, such as `4a` of `%4a`, may be the first
   * ones of a secret, and be followed by others that are escaped.
   */
  #decodeTail(bytes: Uint8Array, joined: number, end: number, open: boolean): void {
    const [characters, starts, ends] = [this.#characters, this.#starts, this.#ends];
    const stop = ends[joined] as number;
    const tail = stop - startOfRun(BASE64_VALUE, bytes, stop, (starts[joined] as number) + 1);
    const start = joined + 1 - tail;
    const kept = [characters, starts, ends].map((list) => list.slice(start, joined + 1));
    for (let index = 0; index < tail; index++) {
      const place = stop - tail + index;
      characters[start + index] = bytes[place] as number;
      starts[start + index] = place;
      ends[start + index] = place + 1;
    }
    const places = { starts, ends };
    this.#decoder.decodeBeginning({ characters, start, end, open, places }, tail);
    for (const [list, values] of [characters, starts, ends].map(
      (one, at) => [one, kept[at]] as const,
    )) {
      list.set(values as Uint8Array | Int32Array, start);
    }
  }
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
