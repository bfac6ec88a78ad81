import { ASCII_WORD_SET } from './character-classes.js';
import { ALL_SET } from './code-point-set.js';
import { NOT_NEWLINE_SET, widthOf } from './pattern-builders.js';
import type { AnchorNode, PatternNode, RepeatNode } from './pattern-tree.js';
import { ANCHORS, type Syntax, writeSource } from './source-writer.js';

/** RE2 takes no higher count, nor a higher product of counts within counts. */
const MAX_RE2_COUNT = 1000;

/**
 * Bound of what RE2 has to compile, in instructions: it takes some 25 ns for each and for each
 * character of a name.
 */
const MAX_RE2_SIZE = 2000;

/** Bound of the source for RE2, in characters: each `\w` of Python takes some 12,000. */
const MAX_RE2_SOURCE = 1_000_000;

/**
 * Writes a pattern down for RE2, with sets as explicit code points, so that RE2's own reading of
 * escapes, classes and case never matters.
 *
 * Shape: `tree` is simplified. Undefined where RE2 cannot say it: atomic groups, look-around, `$`
 * before a final newline, Unicode word anchors, high counts; or where it would be too large.
 */
export function re2Source(tree: PatternNode): string | undefined {
  if (!fitsRe2(tree, 1, widthOf(tree).min > 0) || re2Size(tree) > MAX_RE2_SIZE) return undefined;
  return writeSource(tree, RE2, MAX_RE2_SOURCE);
}

/** `count`: the product of the counts around `node`. */
function fitsRe2(node: PatternNode, count: number, nonEmpty: boolean): boolean {
  switch (node.type) {
    case 'sequence':
      return node.items.every((item) => fitsRe2(item, count, nonEmpty));
    case 'choice':
      return node.options.every((option) => fitsRe2(option, count, nonEmpty));
    case 'repeat': {
      const product = count * countOf(node);
      return product <= MAX_RE2_COUNT && fitsRe2(node.body, product, nonEmpty);
    }
    case 'anchor':
      return fitsRe2Anchor(node, nonEmpty);
    case 'atomic':
    case 'look':
      return false;
    default:
      return true;
  }
}

/**
 * Neither `\b` nor `\B` of the tree holds in an empty text; in RE2 `\B` does. RE2 knows ASCII
 * words.
 */
function fitsRe2Anchor({ at, word }: AnchorNode, nonEmpty: boolean): boolean {
  if (word !== undefined) return word === ASCII_WORD_SET && nonEmpty;
  return at !== 'text-end-or-final-newline';
}

/** How often the body of a repeat is written out. */
function countOf({ min, max }: RepeatNode): number {
  return Math.max(1, max === Infinity ? min : max);
}

/** What RE2 has to compile, in instructions: counts are written out. */
export function re2Size(node: PatternNode): number {
  switch (node.type) {
    case 'sequence':
      return node.items.reduce((total, item) => total + re2Size(item), 0);
    case 'choice':
      return node.options.reduce((total, option) => total + re2Size(option) + 1, 0);
    case 'repeat':
      return countOf(node) * (re2Size(node.body) + 1);
    default:
      return 1;
  }
}

const RE2: Syntax = {
  codePoint: (codePoint) => `\\x{${codePoint.toString(16)}}`,
  sets: [
    [NOT_NEWLINE_SET, '.'],
    [ALL_SET, '(?s:.)'],
  ],
  anchor: ({ at }) => (at === 'text-end' ? '\\z' : ANCHORS[at]),
};
