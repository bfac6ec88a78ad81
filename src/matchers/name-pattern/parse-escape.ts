import { characterLookup } from './named-characters.js';
import { isHexDigit, isOctalDigit, type PatternScanner } from './pattern-scanner.js';
import { MAX_CODE_POINT } from './pattern-tree.js';
import type { ClassItem } from './set-builder.js';

const CONTROLS: ReadonlyMap<string, number> = new Map([
  ['\\a', 0x07],
  ['\\b', 0x08],
  ['\\f', 0x0c],
  ['\\n', 0x0a],
  ['\\r', 0x0d],
  ['\\t', 0x09],
  ['\\v', 0x0b],
  ['\\\\', 0x5c],
]);

const CATEGORIES: ReadonlyMap<string, ClassItem> = new Map([
  ['\\d', { type: 'category', name: 'digit', negative: false }],
  ['\\D', { type: 'category', name: 'digit', negative: true }],
  ['\\s', { type: 'category', name: 'space', negative: false }],
  ['\\S', { type: 'category', name: 'space', negative: true }],
  ['\\w', { type: 'category', name: 'word', negative: false }],
  ['\\W', { type: 'category', name: 'word', negative: true }],
]);

const HEX_LENGTHS: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);

const LAST_OCTAL = 0o377;

/** `\d`, `\D`, `\s`, `\S`, `\w`, `\W`; undefined for any other token. */
export function categoryOf(token: string): ClassItem | undefined {
  return CATEGORIES.get(token);
}

/** The member that an escape stands for inside a character class, the token being taken already. */
export function parseClassEscape(scanner: PatternScanner, token: string): ClassItem {
  const category = CATEGORIES.get(token);
  if (category !== undefined) return category;
  const start = scanner.position - 2;
  const letter = token.slice(1);
  const codePoint = isOctalDigit(letter)
    ? parseOctal(scanner, letter + scanner.takeWhile(isOctalDigit, 2), start)
    : parseCharacterEscape(scanner, token);
  return { type: 'literal', codePoint };
}

/**
 * The code point of an escape that means the same in and outside of a class, the token being taken
 * already: control characters, `\x`, `\u`, `\U`, `\N{...}` and every character except ASCII letters
 * and digits.
 */
export function parseCharacterEscape(scanner: PatternScanner, token: string): number {
  const control = CONTROLS.get(token);
  if (control !== undefined) return control;
  const start = scanner.position - 2;
  const letter = token.slice(1);
  const hexLength = HEX_LENGTHS.get(letter);
  if (hexLength !== undefined) return parseHex(scanner, token, hexLength);
  if (letter === 'N') return parseName(scanner, start);
  if (/^[A-Za-z0-9]$/.test(letter)) throw scanner.error(`unknown escape ${token}`, start);
  return letter.codePointAt(0) as number;
}

/** The value of octal digits, at most `377`. */
export function parseOctal(scanner: PatternScanner, digits: string, start: number): number {
  const value = Number.parseInt(digits, 8);
  if (value > LAST_OCTAL) throw scanner.error('octal escape over \\377', start);
  return value;
}

function parseHex(scanner: PatternScanner, token: string, length: number): number {
  const start = scanner.position - 2;
  const digits = scanner.takeWhile(isHexDigit, length);
  if (digits.length < length)
    throw scanner.error(`${token} without its ${length} hexadecimal digits`, start);
  const codePoint = Number.parseInt(digits, 16);
  if (codePoint > MAX_CODE_POINT) throw scanner.error(`${token} over 10ffff`, start);
  return codePoint;
}

const NAMES_NOT_LOADED =
  'name of a character, whose table only `prepareSnapshot` and `loadPermissionFile` load. Use these, or write the character or its code, such as \\u00e9';

function parseName(scanner: PatternScanner, start: number): number {
  if (!scanner.match('{')) throw scanner.error('missing { after \\N');
  const { text } = scanner.takeUntil('}', 'character name');
  // Python trips over a surrogate before it looks the name up, and points elsewhere.
  if (/\p{Surrogate}/u.test(text))
    throw scanner.error('surrogate in a character name', scanner.position - 2);
  const lookup = characterLookup();
  if (lookup === undefined) throw scanner.unsupported(NAMES_NOT_LOADED, start);
  const codePoint = lookup(text, scanner.dialect.python);
  if (codePoint === undefined) throw scanner.error('unknown character name', start);
  return codePoint;
}
