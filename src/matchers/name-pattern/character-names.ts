import { isPythonSince, PYTHON_VERSIONS, type PythonVersion } from '../../model/python-version.js';
import { decodeSet, setContains, unionSets } from './code-point-set.js';
import {
  ADDED,
  ADDED_ALIASES,
  ALIASED,
  MARKS,
  NAMED,
  NAMES,
  NUMBERED,
  ONE,
  TWO,
  UNIFIED,
  WORDS,
} from './gen/character-names.js';
import type { CodePointSet } from './pattern-tree.js';

const HANGUL_PREFIX = 'HANGUL SYLLABLE ';
const HANGUL_START = 0xac00;
const LEADING = 'G GG N D DD R M B BB S SS  J JJ C K T P H'.split(' ');
const VOWELS = 'A AE YA YAE EO E YEO YE O WA WAE OE YO U WEO WE WI YU EU YI I'.split(' ');
const TRAILING = ' G GG GS N NJ NH D L LG LM LB LS LT LP LH M B BS S SS NG J C K T P H'.split(' ');

const UNIFIED_PREFIX = 'CJK UNIFIED IDEOGRAPH-';

let names: ReadonlyMap<string, number> | undefined;
let unified: CodePointSet | undefined;

/**
 * The code point that `\N{name}` stands for in a version of Python; undefined: that version does
 * not know the name.
 *
 * Names and aliases are found in any case; those of Hangul syllables and unified ideographs in
 * upper case only, as in Python. Named sequences are not characters. The table is decoded at the
 * first call.
 *
 * @source CPython, `unicodedata.lookup`
 */
export function lookupCharacterName(name: string, python: PythonVersion): number | undefined {
  const codePoint = lookupNewest(name);
  if (codePoint === undefined || isNamedLater(codePoint, name, python)) return undefined;
  return codePoint;
}

function lookupNewest(name: string): number | undefined {
  if (name.startsWith(HANGUL_PREFIX)) return hangulSyllable(name.slice(HANGUL_PREFIX.length));
  if (name.startsWith(UNIFIED_PREFIX)) return unifiedIdeograph(name.slice(UNIFIED_PREFIX.length));
  return characterNames().get(upperAscii(name));
}

/** All names and aliases in the table, without Hangul syllables and unified ideographs. */
export function characterNames(): ReadonlyMap<string, number> {
  names ??= decodeNames();
  return names;
}

/** By version of Python: what only later versions know. */
const later = new Map<
  PythonVersion,
  { readonly points: CodePointSet; readonly aliases: ReadonlySet<string> }
>();

function isNamedLater(codePoint: number, name: string, python: PythonVersion): boolean {
  let added = later.get(python);
  if (added === undefined) {
    const isLater = (_: string, index: number): boolean =>
      !isPythonSince(python, PYTHON_VERSIONS[index + 1] as PythonVersion);
    added = {
      points: unionSets(...ADDED.filter(isLater).map(decodeSet)),
      aliases: new Set(ADDED_ALIASES.filter(isLater).flatMap((names) => names.split(','))),
    };
    later.set(python, added);
  }
  return setContains(added.points, codePoint) || added.aliases.has(upperAscii(name));
}

function hangulSyllable(text: string): number | undefined {
  const leading = longestStart(LEADING, text);
  const afterLeading = text.slice((LEADING[leading] as string).length);
  const vowel = longestStart(VOWELS, afterLeading);
  if (vowel === -1) return undefined;
  const trailing = TRAILING.indexOf(afterLeading.slice((VOWELS[vowel] as string).length));
  if (trailing === -1) return undefined;
  return HANGUL_START + (leading * VOWELS.length + vowel) * TRAILING.length + trailing;
}

/** Index of the longest of `words` that `text` starts with, or -1. */
function longestStart(words: readonly string[], text: string): number {
  let best = -1;
  for (const [index, word] of words.entries()) {
    if (text.startsWith(word) && (best === -1 || word.length > (words[best] as string).length))
      best = index;
  }
  return best;
}

function unifiedIdeograph(digits: string): number | undefined {
  if (!/^[0-9A-F]{4,5}$/.test(digits)) return undefined;
  unified ??= decodeSet(UNIFIED);
  const codePoint = Number.parseInt(digits, 16);
  return setContains(unified, codePoint) ? codePoint : undefined;
}

function decodeNames(): ReadonlyMap<string, number> {
  const table = new Map<string, number>();
  const codePoints = [
    ...members(decodeSet(NAMED)),
    ...ALIASED.split(' ').map((word) => Number.parseInt(word, 36)),
  ];
  const codes = decodeWords();
  let words: string[] = [];
  for (const [index, entry] of NAMES.split('"').entries()) {
    words = words.slice(0, Number(entry[0]));
    for (const [token] of entry.slice(1).matchAll(TOKEN)) words.push(codes.get(token) ?? token);
    table.set(words.join(' '), codePoints[index] as number);
  }
  for (const [prefix, set] of Object.entries(NUMBERED)) {
    for (const codePoint of members(decodeSet(set))) {
      table.set(prefix + codePoint.toString(16).toUpperCase(), codePoint);
    }
  }
  return table;
}

const [SINGLE, DOUBLE, TRIPLE] = [
  MARKS.slice(0, ONE),
  MARKS.slice(ONE, ONE + TWO),
  MARKS.slice(ONE + TWO),
].map((marks) => marks.replace(/[\]^\\]/g, '\\$&')) as [string, string, string];

/** A code of one, two or three marks, or a word written out. */
const TOKEN = new RegExp(`[${SINGLE}]|[${DOUBLE}].|[${TRIPLE}]..|[A-Z0-9-]+`, 'g');

function decodeWords(): ReadonlyMap<string, string> {
  const words = WORDS.split(' ');
  const codes = new Map<string, string>();
  let index = 0;
  const add = (code: string): void => {
    const word = words[index];
    if (word !== undefined) codes.set(code, word);
    index += 1;
  };
  for (const first of MARKS.slice(0, ONE)) add(first);
  for (const first of MARKS.slice(ONE, ONE + TWO)) for (const second of MARKS) add(first + second);
  for (const first of MARKS.slice(ONE + TWO)) {
    for (const second of MARKS) for (const third of MARKS) add(first + second + third);
  }
  return codes;
}

function* members(set: CodePointSet): Generator<number> {
  for (let i = 0; i < set.length; i += 2) {
    for (let codePoint = set[i] as number; codePoint <= (set[i + 1] as number); codePoint += 1)
      yield codePoint;
  }
}

function upperAscii(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}
