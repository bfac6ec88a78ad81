import {
  BACKSLASH,
  BASE64_VALUE,
  BLANK,
  CONTROL_ESCAPE,
  HEX_VALUE,
  isPunctuation,
  LETTER_U,
  LETTER_X,
  PERCENT,
  PLUS,
} from './byte-tables.js';
import type { Interruptions } from './interruptions.js';
import { LINE_FEED } from './read-breaks.js';
import { LONGEST_RUN } from './read-escapes.js';
import { hasPair, type SecretTables } from './secret-tables.js';
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

/** The byte that an escape of the most frequent forms means, and where it ends: one meaning only, and found fast. */
export class SimpleEscape {
  /** The byte, {@link NO_ESCAPE} or {@link NOT_SIMPLE}. */
  value: number = NO_ESCAPE;
  end = 0;
  /** How many times the percent sign itself is escaped: so often the escape may be read as one instead, of three bytes and two more each time. */
  percents = 0;
  /** How many backslashes it begins with. */
  run = 0;

  /** @param at where `%`, `+` or a backslash stands */
  read(bytes: Uint8Array, at: number): void {
    this.#readForm(bytes, at);
    // Backslashes with which no letter is escaped may still stand for fewer of them: they are one escape.
    if (this.value === NO_ESCAPE) this.end = at + Math.max(1, this.run);
  }

  #readForm(bytes: Uint8Array, at: number): void {
    this.value = NOT_SIMPLE;
    this.percents = 0;
    this.run = 0;
    if (at + LONGEST_SIMPLE > bytes.length) return;
    const byte = bytes[at];
    if (byte === PERCENT) {
      this.percents = percentsAt(bytes, at + 1);
      this.end = at + 3 + 2 * this.percents;
      this.value = percentValue(bytes, at + 1 + 2 * this.percents);
    } else if (byte === BACKSLASH) {
      let letter = at + 1;
      while (letter - at < LONGEST_RUN && bytes[letter] === BACKSLASH) letter++;
      this.run = letter - at;
      if (this.run < LONGEST_RUN) this.#readLetter(bytes, letter);
    } else if (byte === PLUS) {
      this.end = at + 1;
      this.value = BLANK;
    }
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

/** Negative where one of the two is not a hex digit. */
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

/**
 * Passes over simple escapes, one right behind the other, of which no two bytes in a row begin a secret, whatever is read as an escape
 * and what is not.
 *
 * @returns the place of the first that may be of more interest, or where none stands
 */
export function passDeadEscapes(
  tables: SecretTables,
  bytes: Uint8Array,
  from: number,
  interruptions: Interruptions,
): number {
  const { beginnings, plainColumnOf } = tables;
  let [current, following] = ESCAPES;
  let at = from;
  current.read(bytes, at);
  while (current.value !== NOT_SIMPLE) {
    const { value, end } = current;
    const next = bytes[end] as number;
    // What stands behind a backslash may begin an escape itself.
    const isNested =
      value >= 0 && end > at + 1 && (plainColumnOf[bytes[end - 1] as number] as number) < 0;
    if (isNested) return at;
    for (let inside = at; inside < end; inside++) {
      const pair = ((bytes[inside] as number) << 8) | (bytes[inside + 1] as number);
      if (hasPair(beginnings, pair)) return at;
    }
    for (let level = 0; level < current.percents; level++) {
      const behind = bytes[at + 3 + 2 * level] as number;
      if (hasPair(beginnings, (PERCENT << 8) | behind)) return at;
    }
    if (value >= 0 && hasPair(beginnings, (value << 8) | next)) return at;
    if (current.run > 1 && value >= 0 && hasPair(beginnings, (BACKSLASH << 8) | value)) return at;
    if (value === LINE_FEED && begins(tables, LINE_FEED)) return at;
    const isPlain = (plainColumnOf[next] as number) >= 0;
    if (!isPlain) {
      following.read(bytes, end);
      const meant = following.value;
      if (meant === NOT_SIMPLE) return at;
      const last = bytes[end - 1] as number;
      const isAlive =
        meant >= 0 &&
        (hasPair(beginnings, (last << 8) | meant) ||
          (value >= 0 && hasPair(beginnings, (value << 8) | meant)));
      // A percent sign that is escaped is one that stands there.
      if (isAlive) return at;
    }
    if (value >= 0 && (BASE64_VALUE[value] as number) >= 0 && bytes[at] !== PLUS) {
      interruptions.push(at + skippedOf(current.run, bytes[end - 1] as number), end, value);
    }
    at = end;
    if (isPlain) return at;
    [current, following] = [following, current];
  }
  return at;
}

/** Backslashes of a run that do not belong to the letter behind it: escaping it doubles them, those of a mark it does not. */
function skippedOf(run: number, last: number): number {
  if (run < 2 || LETTER_VALUE[last] === last) return 0;
  return run >= 4 ? run - 4 : run - 2;
}

/** Used again and again, so that a scan allocates nothing. */
const ESCAPES: readonly [SimpleEscape, SimpleEscape] = [new SimpleEscape(), new SimpleEscape()];

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
  return hasPair(beginnings, (first << 8) | second);
}

/** Where the backslashes end that begin at a place. */
export function endOfRun(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === BACKSLASH) at++;
  return at;
}
