import { type CharacterClasses, SPACE_SET } from './character-classes.js';
import { setContains } from './code-point-set.js';
import type { CodePointSet } from './pattern-tree.js';

/** Python refuses integers with more digits. */
export const MAX_INTEGER_DIGITS = 4300;

/** Whether Python takes `text` for an identifier. @source CPython, `str.isidentifier` */
export function isPythonIdentifier(text: string, classes: CharacterClasses): boolean {
  let first = true;
  for (const character of text) {
    const allowed = first ? classes.identifierStart : classes.identifierPart;
    if (!setContains(allowed, character.codePointAt(0) as number)) return false;
    first = false;
  }
  return !first;
}

/**
 * The number that Python's `int(text)` makes of `text`: decimal digits of any script, a sign, white
 * space around it, single underscores between digits. Undefined where Python raises an error.
 *
 * @source CPython, `int`
 */
export function parsePythonInteger(text: string, classes: CharacterClasses): number | undefined {
  let ascii = '';
  for (const character of text) ascii += toAscii(character, classes.digit);
  const match = /^[\t-\r ]*([+-]?)([0-9]+(?:_[0-9]+)*)[\t-\r ]*$/.exec(ascii);
  if (match === null) return undefined;
  const digits = (match[2] as string).replaceAll('_', '');
  if (digits.length > MAX_INTEGER_DIGITS) return undefined;
  return match[1] === '-' ? -Number(digits) : Number(digits);
}

/**
 * A digit of any script as ASCII, other white space as a blank, anything else beyond ASCII as a
 * question mark.
 */
function toAscii(character: string, digits: CodePointSet): string {
  const codePoint = character.codePointAt(0) as number;
  if (codePoint < 0x80) return character;
  if (setContains(SPACE_SET, codePoint)) return ' ';
  for (let i = 0; i < digits.length; i += 2) {
    const zero = digits[i] as number;
    if (codePoint >= zero && codePoint <= (digits[i + 1] as number))
      return String((codePoint - zero) % 10);
  }
  return '?';
}
