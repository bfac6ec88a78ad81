import { BACKSLASH, BASE64_VALUE, HEX_VALUE, PERCENT } from './byte-tables.js';
import { InterruptedRun, startOfRun } from './interrupted-run.js';
import type { Interruptions } from './interruptions.js';
import { RunDecoder, SHORTEST_BASE64, SHORTEST_HEX } from './run-decoder.js';
import type { ScanEnd } from './scan-escaped.js';
import type { OnSecret } from './secret-report.js';
import type { SecretTables } from './secret-tables.js';

/**
 * Of the shortest secret in hex, four digits in a row are looked at when every so many places are.
 */
const HEX_STRIDE = SHORTEST_HEX - 3;

/** Bytes of a run that escapes interrupt: base64 characters, and those that escapes begin with. */
const RUN_BYTE: Uint8Array = runBytes();

/** A scan of one text for secrets in base64 and hex. */
export class RunScan {
  readonly #tables: SecretTables;
  readonly #decoder: RunDecoder;
  readonly #joined: InterruptedRun;
  /** The end of the last interrupted run. */
  #scanned = 0;

  /** @param live whether an output is to be reported */
  constructor(tables: SecretTables, live: (output: number) => boolean) {
    this.#tables = tables;
    this.#decoder = new RunDecoder(tables, live);
    this.#joined = new InterruptedRun(tables, this.#decoder);
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
    this.#joined.release();
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

  /**
   * Scans what stands around an interruption in one run. @returns the next interruption behind it
   */
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
    { start, end, first, isOpen }: RunOfText,
    interruptions: Interruptions,
  ): number {
    const joined = this.#joined;
    joined.begin(bytes, end - start);
    const { places, ends, characters, count } = interruptions;
    let next = first;
    for (let at = start; at < end; ) {
      const byte = bytes[at] as number;
      if ((BASE64_VALUE[byte] as number) >= 0) {
        joined.push(byte, at, ++at);
        continue;
      }
      while (next < count && (places[next] as number) < at) next++;
      if (next === count || places[next] !== at) {
        joined.finish(false);
        at++;
        continue;
      }
      const character = characters[next] as number;
      const behind = ends[next] as number;
      if (character >= 0) joined.push(character, at, behind);
      at = behind;
    }
    joined.finish(isOpen);
    if (isOpen) this.#scanOpenEnd(bytes, start, end);
    return interruptions.skipTo(end, next);
  }

  /**
   * Scans what the text ends with for the beginning of a secret. Of an interrupted run as well:
   * what looks like an escape may be none, such as `%` before a secret that begins with two hex
   * digits.
   */
  #scanOpenEnd(bytes: Uint8Array, from: number, stop: number): void {
    // No beginning of a secret is longer, in hex.
    const least = Math.max(from, stop - 2 * this.#tables.longest);
    const start = startOfRun(BASE64_VALUE, bytes, stop, least);
    this.#decoder.decodeBase64({ characters: bytes, start, end: stop, open: true });
    const digits = startOfRun(HEX_VALUE, bytes, stop, start);
    this.#decoder.decodeHex({ characters: bytes, start: digits, end: stop, open: true });
  }
}

/** What is known of a text whose end may be open. */
interface OpenText {
  readonly stop: number;
  readonly complete: boolean;
  readonly interruptions: Interruptions;
}

interface RunOfText {
  readonly start: number;
  readonly end: number;
  /** Its first interruption. */
  readonly first: number;
  readonly isOpen: boolean;
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
