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
import type { SecretTables } from './secret-tables.js';
import { ZERO_WIDTH_LEADS } from './zero-width.js';

/** In place of what an escape means: it is none. */
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
/** Bytes of the longest simple escape, `%252541`. */
const LONGEST_SIMPLE = 7;

/** The byte that an escape of the most frequent forms means, and where it ends: one meaning only, and found fast. */
export class SimpleEscape {
  /** The byte, {@link NO_ESCAPE} or {@link NOT_SIMPLE}. */
  value: number = NO_ESCAPE;
  end = 0;
  /** How many times the percent sign itself is escaped: so often the escape may be read as one instead, of three bytes and two more each time. */
  percents = 0;

  /** @param at where `%`, `+` or a backslash stands */
  read(bytes: Uint8Array, at: number): void {
    this.value = NOT_SIMPLE;
    this.percents = 0;
    if (at + LONGEST_SIMPLE > bytes.length) return;
    const byte = bytes[at];
    if (byte === PERCENT) {
      this.percents = percentsAt(bytes, at + 1);
      this.end = at + 3 + 2 * this.percents;
      this.value = percentValue(bytes, at + 1 + 2 * this.percents);
    } else if (byte === BACKSLASH) this.#readLetter(bytes, at + 1);
    else if (byte === PLUS) {
      this.end = at + 1;
      this.value = BLANK;
    }
  }

  #readLetter(bytes: Uint8Array, at: number): void {
    const letter = bytes[at] as number;
    this.end = at + 1;
    this.value = LETTER_VALUE[letter] as number;
    if (this.value !== NOT_SIMPLE || letter === BACKSLASH) return;
    this.end = at + (letter === LETTER_U ? 5 : 3);
    this.value = letterValue(bytes, at);
  }
}

/** How many times `25`, which is a percent sign, stands before two other digits. */
function percentsAt(bytes: Uint8Array, from: number): number {
  let count = 0;
  while (
    count < MOST_PERCENTS &&
    bytes[from + 2 * count] === 0x32 &&
    bytes[from + 2 * count + 1] === 0x35 &&
    hexByte(bytes, from + 2 * count + 2) >= 0
  ) {
    count++;
  }
  return count;
}

/** What two hex digits mean. */
function percentValue(bytes: Uint8Array, at: number): number {
  const value = hexByte(bytes, at);
  return value >= 0 && IS_LONG[value] === 1 ? NOT_SIMPLE : value;
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

/** Negative where one of the two is no hex digit. */
function hexByte(bytes: Uint8Array, at: number): number {
  const value =
    ((HEX_VALUE[bytes[at] as number] as number) << 4) |
    (HEX_VALUE[bytes[at + 1] as number] as number);
  return value < 0 ? NO_ESCAPE : value;
}

/** Whether a secret begins with a byte. */
export function begins({ moves, columnOf }: SecretTables, byte: number): boolean {
  return moves[columnOf[byte] as number] !== 0;
}

/**
 * Whether what is read of a secret, its first byte alone, goes on in no reading of the text at a place. A beginning that does not is as
 * good as none: nearly all that begin are of this kind.
 *
 * @param node that has read one byte
 */
export function isDead(
  tables: SecretTables,
  bytes: Uint8Array,
  node: number,
  place: number,
): boolean {
  if (place >= bytes.length) return false;
  const byte = bytes[place] as number;
  const first = tables.automaton.unitOf[node] as number;
  if (isBeginning(tables, first, byte)) return false;
  if ((tables.plainColumnOf[byte] as number) >= 0) return true;
  if (byte === PLUS) return !isBeginning(tables, first, BLANK);
  if (place + LONGEST_SIMPLE > bytes.length) return false;
  let value = NOT_SIMPLE;
  // With percent signs it does not go on.
  if (byte === PERCENT) {
    value = percentValue(bytes, place + 1 + 2 * percentsAt(bytes, place + 1));
  } else {
    let letter = place + 1;
    while (letter - place < LONGEST_RUN && bytes[letter] === BACKSLASH) letter++;
    // Backslashes alone, with which it does not go on.
    if (letter - place === LONGEST_RUN) return true;
    if (letter + 5 > bytes.length) return false;
    value = letterValue(bytes, letter);
  }
  return value === NO_ESCAPE || (value >= 0 && !isBeginning(tables, first, value));
}

/** Whether no secret begins between two places. */
export function isDeadBetween(
  tables: SecretTables,
  bytes: Uint8Array,
  from: number,
  to: number,
): boolean {
  const { plainColumnOf, automaton, columnOf } = tables;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number;
    if ((plainColumnOf[byte] as number) < 0) return false;
    const next = bytes[at + 1];
    if (next !== undefined && (plainColumnOf[next] as number) >= 0) {
      if (isBeginning(tables, byte, next)) return false;
    } else if (begins(tables, byte)) {
      const node = automaton.rows[columnOf[byte] as number] as number;
      if (!isDead(tables, bytes, node, at + 1)) return false;
    }
  }
  return true;
}

/** Whether a secret begins with two bytes. */
function isBeginning({ beginnings }: SecretTables, first: number, second: number): boolean {
  const pair = (first << 8) | second;
  return ((beginnings[pair >>> 3] as number) & (1 << (pair & 7))) !== 0;
}

/** Where the backslashes end that begin at a place. */
export function endOfRun(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === BACKSLASH) at++;
  return at;
}
