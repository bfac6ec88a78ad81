import { BACKSLASH, BLANK, LETTER_U, LETTER_X, PLUS } from './byte-tables.js';

/** Not there. */
export const INVALID = -1;
/** Not there yet: the known text ends too early to tell. */
export const UNKNOWN = -2;

/** Bytes that the break of a line takes at most, with all that a printer puts there. */
export const LONGEST_BREAK = 512;

const TAB = 9;
export const LINE_FEED = 10;
const RETURN = 13;
const ESCAPE = 0x1b;
const OPEN_BRACKET = 0x5b;
const LETTER_M = 0x6d;
const LETTER_N = 0x6e;
const LETTER_R = 0x72;
const LETTER_T = 0x74;

/** JSON in JSON in JSON puts no more before a letter. */
const MOST_BACKSLASHES = 8;

/** Whether a byte is one of the marks that strings are put in: `"`, `'` and a backtick. */
export function isQuotationMark(byte: number | undefined): boolean {
  return byte === 0x22 || byte === 0x27 || byte === 0x60;
}

/**
 * Where the text goes on after a line break that a printer has put into a string: blanks that
 * indent the next line, or Node's `'...\n' +` with the quotation mark of the next line. All of it
 * may be escaped for JSON, and be coloured.
 *
 * @param at behind the line break
 * @returns the place; `at` where nothing follows that belongs to the break; {@link UNKNOWN}
 */
export function endOfBreak(bytes: Uint8Array, at: number, limit: number): number {
  const stop = Math.min(limit, at + LONGEST_BREAK);
  const first = bytes[at];
  if (at < stop && first !== BLANK && first !== TAB && !isQuotationMark(first)) {
    if (first !== BACKSLASH) return at;
  }
  const indented = skipBlanks(bytes, at, stop);
  if (indented > at || at === stop) return indented === limit ? UNKNOWN : indented;
  const end = readJoint(bytes, at, stop);
  if (end === UNKNOWN) return stop < limit ? at : UNKNOWN;
  return end === INVALID ? at : end;
}

/** `' +`, a line break, blanks, and a quotation mark. */
function readJoint(bytes: Uint8Array, from: number, stop: number): number {
  const closed = readQuotationMark(bytes, from, stop);
  if (closed < 0) return closed;
  let at = skipColours(bytes, closed, stop);
  if (at < 0) return at;
  for (const byte of [BLANK, PLUS]) {
    if (at >= stop) return UNKNOWN;
    if (bytes[at++] !== byte) return INVALID;
  }
  const next = skipSpace(bytes, at, stop);
  if (next <= at) return next < 0 ? next : INVALID;
  // Each line has the marks that suit it.
  return readQuotationMark(bytes, next, stop);
}

/** A quotation mark, and backslashes that escape it. @returns the place behind it */
function readQuotationMark(bytes: Uint8Array, from: number, stop: number): number {
  const at = skipBackslashes(bytes, from, stop);
  if (at >= stop) return UNKNOWN;
  return isQuotationMark(bytes[at]) ? at + 1 : INVALID;
}

/**
 * Passes over white space, in plain or escaped for JSON, and over colours. @returns the place
 * behind it, or UNKNOWN
 */
export function skipSpace(bytes: Uint8Array, from: number, stop: number): number {
  let at = from;
  while (at < stop) {
    const byte = bytes[at] as number;
    if (byte === BLANK || byte === LINE_FEED || byte === TAB || byte === RETURN) {
      at++;
      continue;
    }
    if (byte !== BACKSLASH && byte !== ESCAPE) return at;
    const letter = skipBackslashes(bytes, at, stop);
    if (letter >= stop) return UNKNOWN;
    const next = bytes[letter];
    if (letter > at && (next === LETTER_N || next === LETTER_R || next === LETTER_T)) {
      at = letter + 1;
      continue;
    }
    const coloured = skipColours(bytes, at, stop);
    if (coloured <= at) return coloured < 0 ? coloured : at;
    at = coloured;
  }
  return UNKNOWN;
}

/**
 * Passes over what sets the colour of a terminal: ESC in plain or escaped, and `[33m`. @source
 * ECMA-48, section 8.3.117
 */
export function skipColours(bytes: Uint8Array, from: number, stop: number): number {
  let at = from;
  for (;;) {
    if (at >= stop) return at;
    const end = readColour(bytes, at, stop);
    if (end === INVALID) return at;
    if (end === UNKNOWN) return UNKNOWN;
    at = end;
  }
}

function readColour(bytes: Uint8Array, from: number, stop: number): number {
  let at = from;
  if (bytes[at] === ESCAPE) at++;
  else {
    const letter = skipBackslashes(bytes, at, stop);
    if (letter === at) return INVALID;
    if (letter >= stop) return UNKNOWN;
    const digits = bytes[letter] === LETTER_U ? '001b' : bytes[letter] === LETTER_X ? '1b' : '';
    if (digits === '') return INVALID;
    at = letter + 1;
    for (let index = 0; index < digits.length; index++, at++) {
      if (at >= stop) return UNKNOWN;
      // A letter in either case, and a digit.
      if (((bytes[at] as number) | 0x20) !== (digits.charCodeAt(index) | 0x20)) return INVALID;
    }
  }
  if (at >= stop) return UNKNOWN;
  if (bytes[at++] !== OPEN_BRACKET) return INVALID;
  while (at < stop && (isDigit(bytes[at] as number) || bytes[at] === 0x3b)) at++;
  if (at >= stop) return UNKNOWN;
  return bytes[at] === LETTER_M ? at + 1 : INVALID;
}

/** Where colours begin that end at a place. */
export function startOfColours(bytes: Uint8Array, end: number, least: number): number {
  let at = end;
  while (at > least && bytes[at - 1] === LETTER_M) {
    let from = at - 1;
    while (from > least && (isDigit(bytes[from - 1] as number) || bytes[from - 1] === 0x3b)) from--;
    if (from === least || bytes[from - 1] !== OPEN_BRACKET) return at;
    const start = startOfEscape(bytes, from - 1, least);
    if (start === from - 1) return at;
    at = start;
  }
  return at;
}

/**
 * Where an ESC begins that ends at a place, in plain or escaped; the place itself where none does.
 */
function startOfEscape(bytes: Uint8Array, end: number, least: number): number {
  if (end > least && bytes[end - 1] === ESCAPE) return end - 1;
  for (const letters of [5, 3]) {
    let from = end - letters;
    if (from <= least || bytes[from - 1] !== BACKSLASH) continue;
    while (from > least && bytes[from - 1] === BACKSLASH) from--;
    if (readColour(bytes, from, end) === UNKNOWN) return from;
  }
  return end;
}

function skipBlanks(bytes: Uint8Array, from: number, stop: number): number {
  let at = from;
  while (at < stop && (bytes[at] === BLANK || bytes[at] === TAB)) at++;
  return at;
}

function skipBackslashes(bytes: Uint8Array, from: number, stop: number): number {
  let at = from;
  while (at < stop && at - from < MOST_BACKSLASHES && bytes[at] === BACKSLASH) at++;
  return at;
}

export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/**
 * Passes over a quotation mark, and backslashes that escape it. @returns the place behind it, `at`
 * where none stands, or UNKNOWN
 */
export function skipMark(bytes: Uint8Array, at: number, stop: number): number {
  const end = readQuotationMark(bytes, at, stop);
  return end === INVALID ? at : end;
}

/**
 * Reads `... 191 more`, which Node prints in place of the rest. @returns its place, INVALID or
 * UNKNOWN
 */
export function readCut(bytes: Uint8Array, at: number, stop: number): number {
  for (let index = 0; index < CUT.length; index++) {
    if (at + index >= stop) return UNKNOWN;
    if (bytes[at + index] !== CUT.charCodeAt(index)) return INVALID;
  }
  if (at + CUT.length >= stop) return UNKNOWN;
  return isDigit(bytes[at + CUT.length] as number) ? at : INVALID;
}

const CUT = '... ';
