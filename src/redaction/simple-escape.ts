import {
  BACKSLASH,
  BLANK,
  CONTROL_ESCAPE,
  HEX_VALUE,
  isPunctuation,
  LETTER_U,
  LETTER_X,
  PERCENT,
  PLUS,
} from './byte-tables.js';
import { LONGEST_RUN } from './read-escapes.js';
import { ZERO_WIDTH_LEADS } from './zero-width.js';

/** In place of what an escape means: it only looks like one. */
export const NO_ESCAPE = -1;
/** In place of what an escape means: that takes a closer look. */
export const NOT_SIMPLE = -2;

/** What a backslash and the byte behind it mean, where that is all there is to it. */
const LETTER_VALUE: Int16Array = Int16Array.from({ length: 256 }, (_, byte) => {
  if ([BACKSLASH, LETTER_U, LETTER_X].includes(byte)) return NOT_SIMPLE;
  if (isPunctuation(byte)) return byte;
  const control = CONTROL_ESCAPE[byte] as number;
  return control >= 0 ? control : NO_ESCAPE;
});

/** The bytes that may begin an escape in JSON, or a zero-width character. */
const IS_LONG: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte === BACKSLASH || ZERO_WIDTH_LEADS.includes(byte) ? 1 : 0,
);

/** A text is escaped up to three times. */
const MOST_PERCENTS = 2;
/** Bytes of the longest simple escape: seven backslashes and `u0041`. */
const LONGEST_SIMPLE = 12;

/**
 * The byte that an escape of the most frequent forms means, and where it ends: one meaning only,
 * and found fast.
 */
export class SimpleEscape {
  /** The byte, {@link NO_ESCAPE} or {@link NOT_SIMPLE}. */
  value: number = NO_ESCAPE;
  end = 0;
  /**
   * How many times the percent sign itself is escaped: so often the escape may be read as one
   * instead, of three bytes and two more each time.
   */
  percents = 0;
  /** How many backslashes it begins with. */
  run = 0;

  /**
   * Backslashes of the run that do not belong to the letter behind it: escaping it doubles them,
   * those of a mark it does not.
   */
  skipped(bytes: Uint8Array): number {
    if (this.run < 2) return 0;
    const last = bytes[this.end - 1] as number;
    if (LETTER_VALUE[last] === last) return 0;
    return this.run >= 4 ? this.run - 4 : this.run - 2;
  }

  /** @param at where `%`, `+` or a backslash stands */
  read(bytes: Uint8Array, at: number): void {
    this.percents = 0;
    this.run = 0;
    this.end = at + 1;
    this.value = NOT_SIMPLE;
    const byte = bytes[at];
    if (byte === PLUS) this.value = BLANK;
    else if (at + LONGEST_SIMPLE > bytes.length) return;
    else if (byte === PERCENT) this.#readPercent(bytes, at + 1);
    else if (byte === BACKSLASH) this.#readBackslashes(bytes, at);
  }

  #readPercent(bytes: Uint8Array, at: number): void {
    let value = hexByte(bytes, at);
    this.value = value;
    if (value < 0) return;
    let end = at + 2;
    while (value === PERCENT && this.percents < MOST_PERCENTS) {
      const inner = hexByte(bytes, end);
      if (inner < 0) break;
      value = inner;
      end += 2;
      this.percents++;
    }
    this.end = end;
    this.value = IS_LONG[value] === 1 ? NOT_SIMPLE : value;
  }

  #readBackslashes(bytes: Uint8Array, at: number): void {
    let letter = at + 1;
    while (letter - at < LONGEST_RUN && bytes[letter] === BACKSLASH) letter++;
    this.run = letter - at;
    if (this.run === LONGEST_RUN) return;
    this.#readLetter(bytes, letter);
    // Backslashes with which no letter is escaped may still stand for fewer of them: they are one
    // escape.
    if (this.value === NO_ESCAPE) this.end = letter;
  }

  #readLetter(bytes: Uint8Array, at: number): void {
    const letter = bytes[at] as number;
    this.end = at + 1;
    this.value = LETTER_VALUE[letter] as number;
    if (this.value !== NOT_SIMPLE) return;
    this.end = at + (letter === LETTER_U ? 5 : 3);
    this.value = letterValue(bytes, at);
  }
}

/** What the letter behind a backslash and its digits mean; all of them are in the text. */
function letterValue(bytes: Uint8Array, at: number): number {
  const letter = bytes[at] as number;
  if (letter !== LETTER_U && letter !== LETTER_X) return LETTER_VALUE[letter] as number;
  let value = hexByte(bytes, at + 1);
  if (letter === LETTER_U) {
    const low = hexByte(bytes, at + 3);
    value = value < 0 || low < 0 ? NO_ESCAPE : (value << 8) | low;
  }
  // More than one byte in UTF-8.
  return value >= 0x80 ? NOT_SIMPLE : value;
}

/** Negative where one of the two is not a hex digit. */
function hexByte(bytes: Uint8Array, at: number): number {
  const value =
    ((HEX_VALUE[bytes[at] as number] as number) << 4) |
    (HEX_VALUE[bytes[at + 1] as number] as number);
  return value < 0 ? NO_ESCAPE : value;
}
