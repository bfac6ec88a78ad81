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
import type { SecretTables } from './secret-tables.js';
import { ZERO_WIDTH_LEADS } from './zero-width.js';

/** In place of the byte of an escape: there is more to it, or it is none. */
const LONG = -1;
const NO_ESCAPE = -2;

/** What a backslash and the byte behind it mean, where that is all there is to it. */
const SHORT_ESCAPE: Int16Array = Int16Array.from({ length: 256 }, (_, byte) => {
  // A character of base64 is to be joined.
  if ([BACKSLASH, LETTER_U, LETTER_X].includes(byte)) return LONG;
  if (isPunctuation(byte)) return (BASE64_VALUE[byte] as number) >= 0 ? LONG : byte;
  const control = CONTROL_ESCAPE[byte] as number;
  return control >= 0 ? control : NO_ESCAPE;
});

/** The bytes that may begin an escape in turn, or a zero-width character. */
const IS_LONG: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte === PERCENT || byte === BACKSLASH || ZERO_WIDTH_LEADS.includes(byte) ? 1 : 0,
);

/** Whether a secret begins with a byte. */
export function begins({ moves, columnOf }: SecretTables, byte: number): boolean {
  return moves[columnOf[byte] as number] !== 0;
}

/**
 * Passes over an escape of those that texts have most, where it means nothing to a secret: a shortcut past all that an escape may
 * be. The byte that it begins with begins no secret.
 *
 * @returns the place from which on to read; `at`: it may mean something
 */
export function passDeadEscape(
  tables: SecretTables,
  bytes: Uint8Array,
  at: number,
  interruptions: Interruptions,
): number {
  if (at + 2 >= bytes.length) return at;
  const next = bytes[at + 1] as number;
  switch (bytes[at]) {
    case PLUS:
      return begins(tables, BLANK) ? at : at + 1;
    case BACKSLASH: {
      const end = endOfRun(bytes, at + 1);
      if (end === bytes.length) return at;
      const value = SHORT_ESCAPE[bytes[end] as number] as number;
      return value === LONG || (value >= 0 && begins(tables, value)) ? at : end;
    }
    default: {
      const last = bytes[at + 2] as number;
      const value = ((HEX_VALUE[next] as number) << 4) | (HEX_VALUE[last] as number);
      if (value < 0) return at + 1;
      if (IS_LONG[value] === 1 || begins(tables, value)) return at;
      if ((BASE64_VALUE[value] as number) >= 0) interruptions.push(at, at + 3, value);
      return begins(tables, next) || begins(tables, last) ? at + 1 : at + 3;
    }
  }
}

/** Where the backslashes end that begin at a place. */
export function endOfRun(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === BACKSLASH) at++;
  return at;
}
