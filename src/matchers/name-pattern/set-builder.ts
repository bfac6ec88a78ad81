import { addUpperPreimage, caseClass, caseClosure, lowerPreimage } from './case-folding.js';
import {
  ASCII_DIGIT_SET,
  ASCII_SPACE_SET,
  ASCII_WORD_SET,
  DIGIT_SET,
  SPACE_SET,
  WORD_SET,
} from './character-classes.js';
import { intersectSets, negateSet, normalizeSet, unionSets } from './code-point-set.js';
import type { PatternFlags } from './inline-flags.js';
import { type CodePointSet, MAX_CODE_POINT } from './pattern-tree.js';

/** What stands between the brackets of a character class, and what a single character is outside of one. */
export type ClassItem =
  | { readonly type: 'literal'; readonly codePoint: number }
  | { readonly type: 'range'; readonly first: number; readonly last: number }
  | { readonly type: 'category'; readonly name: CategoryName; readonly negative: boolean };

export type CategoryName = 'digit' | 'space' | 'word';

const CATEGORIES: Readonly<
  Record<CategoryName, { readonly unicode: CodePointSet; readonly ascii: CodePointSet }>
> = {
  digit: { unicode: DIGIT_SET, ascii: ASCII_DIGIT_SET },
  space: { unicode: SPACE_SET, ascii: ASCII_SPACE_SET },
  word: { unicode: WORD_SET, ascii: ASCII_WORD_SET },
};

const LAST_BASIC = 0xffff;
const ASCII_UPPER: CodePointSet = [0x41, 0x5a];
const ASCII_LOWER: CodePointSet = [0x61, 0x7a];

/** The set of one literal character. */
export function buildLiteralSet(codePoint: number, flags: PatternFlags): CodePointSet {
  if (!flags.ignoreCase) return [codePoint, codePoint];
  return flags.ascii ? asciiClosure([codePoint, codePoint]) : caseClass(codePoint);
}

/**
 * The set of a character class, not negated.
 *
 * Under IGNORECASE Python looks the *lower case* of a character up in the class. It widens the members up to U+FFFF
 * to their lower cases beforehand, and those beyond not at all: `(?i)[𐐀a]` matches neither `𐐀` nor `𐐨`, while
 * `(?i)[𐐀-𐐁]` matches both, since ranges beyond U+FFFF are tried with the upper case too, also under `(?a)`.
 *
 * @source CPython 3.11.7, `re._compiler._optimize_charset` and `_sre`
 */
export function buildClassSet(items: readonly ClassItem[], flags: PatternFlags): CodePointSet {
  const categories = items.flatMap((item) =>
    item.type === 'category' ? categorySet(item, flags) : [],
  );
  const literals = items.flatMap((item) =>
    item.type === 'literal' ? [item.codePoint, item.codePoint] : [],
  );
  const ranges = items.flatMap((item) => (item.type === 'range' ? [item.first, item.last] : []));
  if (!flags.ignoreCase) return normalizeSet([...categories, ...literals, ...ranges]);
  const basic = normalizeSet([...basicPart(literals), ...basicPart(ranges)]);
  const wide = addUpperPreimage(normalizeSet(rangesBeyond(ranges)));
  const beyond = unionSets(normalizeSet(rangesBeyond(literals)), wide);
  return unionSets(
    // Lower-casing never takes a character out of a category or into one.
    normalizeSet(categories),
    flags.ascii ? asciiClosure(basic) : caseClosure(basic),
    flags.ascii ? asciiLowerPreimage(beyond) : lowerPreimage(beyond),
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
): CodePointSet {
  const category = CATEGORIES[item.name];
  const set = flags.ascii ? category.ascii : category.unicode;
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
