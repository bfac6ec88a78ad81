import { BACKSLASH } from './byte-tables.js';
import { LINE_FEED } from './read-breaks.js';
import { LONGEST_RUN } from './read-escapes.js';
import { hasPair, nextByte, type SecretTables } from './secret-tables.js';
import { NO_ESCAPE, NOT_SIMPLE, SimpleEscape } from './simple-escape.js';

/** Used again and again, so that a scan allocates nothing. */
const ESCAPE = new SimpleEscape();

/** Whether a secret begins with a byte. */
export function begins({ moves, columnOf }: SecretTables, byte: number): boolean {
  return moves[columnOf[byte] as number] !== 0;
}

/**
 * Whether what is read of a secret, its first byte alone, goes on in no reading of the text at a
 * place. A beginning that does not is as good as none: nearly all that begin are of this kind.
 *
 * @param first the byte that is read
 */
export function isDead(
  tables: SecretTables,
  bytes: Uint8Array,
  first: number,
  place: number,
): boolean {
  if (place >= bytes.length) return false;
  const byte = bytes[place] as number;
  if (isBeginning(tables, first, byte)) return false;
  if ((tables.plainColumnOf[byte] as number) >= 0) return true;
  ESCAPE.read(bytes, place);
  const { value, run } = ESCAPE;
  // With the percent signs and the backslashes of the escape it does not go on: what is left is
  // what it means.
  if (value === NOT_SIMPLE) return run === LONGEST_RUN;
  return value === NO_ESCAPE || !isBeginning(tables, first, value);
}

/**
 * Whether the first two bytes of a secret go on in no reading of the text at a place.
 *
 * @param pair the bytes, the first one high
 */
export function isDeadPair(
  tables: SecretTables,
  bytes: Uint8Array,
  pair: number,
  place: number,
): boolean {
  const [first, second] = [pair >>> 8, pair & 0xff];
  // Behind a line break the next line may be indented.
  if (place >= bytes.length || first === LINE_FEED || second === LINE_FEED) return false;
  const node = nextByte(tables, nextByte(tables, 0, first), second);
  const byte = bytes[place] as number;
  if (nextByte(tables, node, byte) >= tables.thirdLevel) return false;
  if ((tables.plainColumnOf[byte] as number) >= 0) return true;
  ESCAPE.read(bytes, place);
  const { value, run } = ESCAPE;
  if (value === NOT_SIMPLE) return run === LONGEST_RUN;
  return value === NO_ESCAPE || nextByte(tables, node, value) < tables.thirdLevel;
}

/** Whether no secret begins between two places. */
export function isDeadBetween(
  tables: SecretTables,
  bytes: Uint8Array,
  from: number,
  to: number,
): boolean {
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number;
    if ((tables.plainColumnOf[byte] as number) < 0) return false;
    if (begins(tables, byte) && !isDeadAt(tables, bytes, at)) return false;
  }
  return true;
}

/** Whether a secret that begins with the byte at a place ends with it or the next one. */
function isDeadAt(tables: SecretTables, bytes: Uint8Array, at: number): boolean {
  const byte = bytes[at] as number;
  if (isDead(tables, bytes, byte, at + 1)) return true;
  const next = bytes[at + 1] as number;
  // What may be read in two ways may be another byte.
  if (at + 1 >= bytes.length || (tables.plainColumnOf[next] as number) < 0) return false;
  return isDeadPair(tables, bytes, (byte << 8) | next, at + 2);
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
