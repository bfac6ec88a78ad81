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
import { endOfBreak, INVALID, LINE_FEED, UNKNOWN } from './read-breaks.js';
import { isZeroWidth, ZERO_WIDTH_LEADS, zeroWidthAt } from './zero-width.js';

/**
 * No escape is longer than this many bytes: a pair of surrogates, in JSON, in a percent escape that
 * was escaped twice more.
 */
export const LONGEST_ESCAPE = 20;

/**
 * JSON in JSON in JSON: so often may a text have been escaped. The same holds for percent escapes.
 */
const LEVELS = 3;
/** More backslashes in a row than this are read as several escapes. */
export const LONGEST_RUN: number = 1 << LEVELS;

/**
 * The other ways to read a text at one place: each ends at a place and stands for one to four
 * bytes, or for nothing. Filled again and again by `readEscapes`, so that a scan allocates nothing.
 */
export class EscapeReadings {
  size = 0;
  readonly #ends = new Int32Array(32);
  readonly #values = new Int32Array(32);
  readonly #lengths = new Uint8Array(32);

  clear(): void {
    this.size = 0;
  }

  push(end: number, byte: number): void {
    this.pushPacked(end, byte, 1);
  }

  /** @param value the bytes, the first one lowest */
  pushPacked(end: number, value: number, length: number): void {
    this.#ends[this.size] = end;
    this.#values[this.size] = value;
    this.#lengths[this.size++] = length;
  }

  /** Where a reading ends. */
  end(reading: number): number {
    return this.#ends[reading] as number;
  }

  /** How many bytes a reading stands for. */
  length(reading: number): number {
    return this.#lengths[reading] as number;
  }

  /** One of those bytes. */
  byte(reading: number, index: number): number {
    return ((this.#values[reading] as number) >>> (8 * index)) & 0xff;
  }
}

/**
 * Finds every way to read what begins at a place as an escape: percent escapes, JSON escapes, both
 * up to three times over, JSON escapes inside percent escapes, and `+` for a blank. That the text
 * may also mean just what it says is not among the readings.
 *
 * @param limit the text is known up to here
 * @param readings emptied first
 * @returns whether text after `limit` could add a reading
 * @source RFC 3986, section 2.1; RFC 8259, section 7; WHATWG URL, application/x-www-form-urlencoded
 */
export function readEscapes(
  bytes: Uint8Array,
  at: number,
  limit: number,
  readings: EscapeReadings,
): boolean {
  readings.clear();
  switch (bytes[at]) {
    case PERCENT:
      return readPercent(bytes, at, limit, readings);
    case BACKSLASH:
      return readBackslashes(bytes, at, limit, readings);
    case PLUS:
      readings.push(at + 1, BLANK);
      return false;
    case LINE_FEED:
      return readBreak(bytes, at + 1, limit, readings);
    default:
      return false;
  }
}

/** `%41`, `%2541`, `%252541`, and `%5C` as the backslash of a JSON escape. */
function readPercent(
  bytes: Uint8Array,
  at: number,
  limit: number,
  readings: EscapeReadings,
): boolean {
  let digits = at + 1;
  for (let level = 0; level < LEVELS; level++) {
    const value = hexPair(bytes, digits, limit);
    if (value < 0) return value === UNKNOWN;
    digits += 2;
    readings.push(digits, value);
    if (ZERO_WIDTH_LEADS.includes(value)) {
      return readPercentZeroWidth(bytes, digits, limit, value, readings);
    }
    if (value === BACKSLASH) return readPercentBackslash(bytes, digits, limit, readings);
    if (value !== PERCENT) return false;
  }
  return false;
}

/** The rest of a zero-width character of which every byte is a percent escape. */
function readPercentZeroWidth(
  bytes: Uint8Array,
  at: number,
  limit: number,
  lead: number,
  readings: EscapeReadings,
): boolean {
  const decoded = Uint8Array.of(lead, 0, 0);
  for (let count = 1; count < decoded.length; count++) {
    const start = at + 3 * (count - 1);
    if (start >= limit) return true;
    if (bytes[start] !== PERCENT) return false;
    const value = hexPair(bytes, start + 1, limit);
    if (value < 0) return value === UNKNOWN;
    decoded[count] = value;
    const width = zeroWidthAt(decoded, 0, count + 1);
    if (width > 0) readings.pushPacked(start + 3, 0, 0);
    if (width >= 0) return false;
  }
  return false;
}

function readPercentBackslash(
  bytes: Uint8Array,
  at: number,
  limit: number,
  readings: EscapeReadings,
): boolean {
  if (at >= limit) return true;
  const next = bytes[at] as number;
  if (next === LETTER_U) return readUnicode(bytes, at + 1, limit, 0, readings);
  const control = CONTROL_ESCAPE[next] as number;
  if (control >= 0) readings.push(at + 1, control);
  if (next !== PERCENT) return false;
  const value = hexPair(bytes, at + 1, limit);
  if (value < 0) return value === UNKNOWN;
  if (value === BACKSLASH || isPunctuation(value)) readings.push(at + 3, value);
  return false;
}

/**
 * What a run of backslashes and the character behind it mean. Escaping once more doubles the
 * backslashes and puts one before a quotation mark: so a quotation mark has 1, 3 or 7 of them, a
 * line break (`\n`) and `\u0041` have 1, 2 or 4, and a backslash is 2, 4 or 8.
 */
function readBackslashes(
  bytes: Uint8Array,
  at: number,
  limit: number,
  readings: EscapeReadings,
): boolean {
  let run = 1;
  while (run < LONGEST_RUN && at + run < limit && bytes[at + run] === BACKSLASH) run++;
  for (let count = 2; count <= run; count *= 2) readings.push(at + count, BACKSLASH);
  if (run === LONGEST_RUN) return false;
  const end = at + run;
  if (end >= limit) return true;
  const next = bytes[end] as number;
  if (isPunctuation(next)) {
    readings.push(end + 1, next);
    return false;
  }
  // A power of two.
  if ((run & (run - 1)) !== 0) return false;
  if (next === LETTER_U) return readUnicode(bytes, end + 1, limit, run, readings);
  if (next === LETTER_X) return readHexEscape(bytes, end + 1, limit, readings);
  const control = CONTROL_ESCAPE[next] as number;
  if (control >= 0) readings.push(end + 1, control);
  return control === LINE_FEED && readBreak(bytes, end + 1, limit, readings);
}

/** `\x41`, which is a byte for some printers, and a character of Latin-1 for Node. */
function readHexEscape(
  bytes: Uint8Array,
  at: number,
  limit: number,
  readings: EscapeReadings,
): boolean {
  const value = hexPair(bytes, at, limit);
  if (value < 0) return value === UNKNOWN;
  if (value >= 0x80) readings.push(at + 2, value);
  pushCodePoint(readings, at + 2, value);
  return false;
}

/** What a printer puts behind a line break, together with it. */
function readBreak(
  bytes: Uint8Array,
  at: number,
  limit: number,
  readings: EscapeReadings,
): boolean {
  const end = endOfBreak(bytes, at, limit);
  if (end > at) readings.push(end, LINE_FEED);
  return end === UNKNOWN;
}

/**
 * The four digits of `\u0041`, and where they are the first half of a pair, the second half with as
 * many backslashes (0: `%5C`).
 */
function readUnicode(
  bytes: Uint8Array,
  at: number,
  limit: number,
  backslashes: number,
  readings: EscapeReadings,
): boolean {
  const unit = hexUnit(bytes, at, limit);
  if (unit < 0) return unit === UNKNOWN;
  if (unit < 0xd800 || unit > 0xdfff) {
    pushCodePoint(readings, at + 4, unit);
    return false;
  }
  if (unit >= 0xdc00) return false;
  const introducer = backslashes === 0 ? '%5cu' : `${'\\'.repeat(backslashes)}u`;
  const second = at + 4 + introducer.length;
  for (let i = 0; i < introducer.length; i++) {
    if (at + 4 + i >= limit) return true;
    const byte = bytes[at + 4 + i] as number;
    if (byte !== introducer.charCodeAt(i) && !(byte === 0x43 && introducer[i] === 'c'))
      return false;
  }
  const low = hexUnit(bytes, second, limit);
  if (low < 0) return low === UNKNOWN;
  if (low < 0xdc00 || low > 0xdfff) return false;
  pushCodePoint(readings, second + 4, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
  return false;
}

function hexPair(bytes: Uint8Array, at: number, limit: number): number {
  return hexNumber(bytes, at, 2, limit);
}

function hexUnit(bytes: Uint8Array, at: number, limit: number): number {
  return hexNumber(bytes, at, 4, limit);
}

function hexNumber(bytes: Uint8Array, at: number, digits: number, limit: number): number {
  let value = 0;
  for (let i = at; i < at + digits; i++) {
    if (i >= limit) return UNKNOWN;
    const digit = HEX_VALUE[bytes[i] as number] as number;
    if (digit < 0) return INVALID;
    value = (value << 4) | digit;
  }
  return value;
}

/** @source RFC 3629, section 3 */
function pushCodePoint(readings: EscapeReadings, end: number, point: number): void {
  if (isZeroWidth(point)) {
    readings.pushPacked(end, 0, 0);
    return;
  }
  const last = 0x80 | (point & 0x3f);
  if (point < 0x80) readings.push(end, point);
  else if (point < 0x800) readings.pushPacked(end, 0xc0 | (point >> 6) | (last << 8), 2);
  else {
    const middle = 0x80 | ((point >> 6) & 0x3f);
    if (point < 0x10000) {
      readings.pushPacked(end, 0xe0 | (point >> 12) | (middle << 8) | (last << 16), 3);
    } else {
      const second = 0x80 | ((point >> 12) & 0x3f);
      const packed = 0xf0 | (point >> 18) | (second << 8) | (middle << 16) | (last << 24);
      readings.pushPacked(end, packed, 4);
    }
  }
}
