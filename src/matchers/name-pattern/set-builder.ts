import {
  ASCII_DIGIT_SET,
  ASCII_SPACE_SET,
  ASCII_WORD_SET,
  SPACE_SET,
} from './character-classes.js';
import { intersectSets, negateSet, normalizeSet, unionSets } from './code-point-set.js';
import type { Dialect } from './dialect.js';
import type { PatternFlags } from './inline-flags.js';
import { type CodePointSet, MAX_CODE_POINT } from './pattern-tree.js';

/**
 * What stands between the brackets of a character class, and what a single character is outside of
 * one.
 */
export type ClassItem =
  | { readonly type: 'literal'; readonly codePoint: number }
  | { readonly type: 'range'; readonly first: number; readonly last: number }
  | { readonly type: 'category'; readonly name: CategoryName; readonly negative: boolean };

export type CategoryName = 'digit' | 'space' | 'word';

const ASCII_CATEGORIES: Readonly<Record<CategoryName, CodePointSet>> = {
  digit: ASCII_DIGIT_SET,
  space: ASCII_SPACE_SET,
  word: ASCII_WORD_SET,
};

const LAST_BASIC = 0xffff;
const ASCII_UPPER: CodePointSet = [0x41, 0x5a];
const ASCII_LOWER: CodePointSet = [0x61, 0x7a];

/** The set of one literal character. */
export function buildLiteralSet(
  codePoint: number,
  flags: PatternFlags,
  { cases }: Dialect,
): CodePointSet {
  if (!flags.ignoreCase) return [codePoint, codePoint];
  return flags.ascii ? asciiClosure([codePoint, codePoint]) : cases.classOf(codePoint);
}

/**
 * The set of a character class, not negated.
 *
 * Under IGNORECASE Python looks the *lower case* of a character up in the class. It widens the
 * members up to U+FFFF to their lower cases beforehand. Until Python 3.13 those beyond are not
 * widened at all: `(?i)[𐐀a]` matches neither `𐐀` nor `𐐨`, while `(?i)[𐐀-𐐁]` matches both, since
 * ranges beyond U+FFFF are tried with the upper case too, also under `(?a)`. From 3.14 on they are
 * widened, and ranges are tried with the upper case without `(?a)` only.
 *
 * @source CPython, `re._compiler._optimize_charset` and `_sre`
 */
export function buildClassSet(
  items: readonly ClassItem[],
  flags: PatternFlags,
  dialect: Dialect,
): CodePointSet {
  const { cases, foldsBeyondBasic } = dialect;
  const categories = items.flatMap((item) =>
    item.type === 'category' ? categorySet(item, flags, dialect) : [],
  );
  const literals = items.flatMap((item) =>
    item.type === 'literal' ? [item.codePoint, item.codePoint] : [],
  );
  const ranges = items.flatMap((item) => (item.type === 'range' ? [item.first, item.last] : []));
  if (!flags.ignoreCase) return normalizeSet([...categories, ...literals, ...ranges]);
  const basic = normalizeSet([...basicPart(literals), ...basicPart(ranges)]);
  const isAsciiOnly = flags.ascii && foldsBeyondBasic;
  const wide = normalizeSet(rangesBeyond(ranges));
  const single = rangesBeyond(literals);
  const beyond = unionSets(
    normalizeSet(foldsBeyondBasic && !flags.ascii ? single.map((one) => cases.lower(one)) : single),
    isAsciiOnly ? wide : cases.addUpperPreimage(wide),
  );
  return unionSets(
    // Lower-casing never takes a character out of a category or into one.
    normalizeSet(categories),
    flags.ascii ? asciiClosure(basic) : cases.closure(basic),
    flags.ascii ? asciiLowerPreimage(beyond) : cases.lowerPreimage(beyond),
  );
}

/** A text that is the same for the same item. */
export function classItemKey(item: ClassItem): string {
  switch (item.type) {
    case 'literal':
      return String(item.codePoint);
    case 'range':
      return `${item.first}-${item.last}`;
    case 'category':
      return item.negative ? `not ${item.name}` : item.name;
  }
}

function categorySet(
  item: ClassItem & { readonly type: 'category' },
  flags: PatternFlags,
  { classes }: Dialect,
): CodePointSet {
  const unicode = item.name === 'space' ? SPACE_SET : classes[item.name];
  const set = flags.ascii ? ASCII_CATEGORIES[item.name] : unicode;
  return item.negative ? negateSet(set) : set;
}

/** The parts of `ranges` up to U+FFFF. */
function basicPart(ranges: readonly number[]): readonly number[] {
  return intersectSets(normalizeSet(ranges), [0, LAST_BASIC]);
}

/** The whole of those of `ranges` that end beyond U+FFFF. */
function rangesBeyond(ranges: readonly number[]): readonly number[] {
  const beyond: number[] = [];
  for (let i = 0; i < ranges.length; i += 2) {
    const last = ranges[i + 1] as number;
    if (last > LAST_BASIC) beyond.push(ranges[i] as number, last);
  }
  return beyond;
}

function asciiClosure(set: CodePointSet): CodePointSet {
  const upper = shift(intersectSets(set, ASCII_LOWER), -0x20);
  const lower = shift(intersectSets(set, ASCII_UPPER), 0x20);
  return unionSets(set, upper, lower);
}

/** The code points whose ASCII lower case is in `set`. */
function asciiLowerPreimage(set: CodePointSet): CodePointSet {
  const others = intersectSets(set, [0, 0x40, 0x5b, MAX_CODE_POINT]);
  return unionSets(others, shift(intersectSets(set, ASCII_LOWER), -0x20));
}

function shift(set: CodePointSet, by: number): CodePointSet {
  return set.map((bound) => bound + by);
}
