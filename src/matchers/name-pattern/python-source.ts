import { ASCII_WORD_SET, SPACE_SET } from './character-classes.js';
import { ALL_SET } from './code-point-set.js';
import type { Dialect } from './dialect.js';
import { NOT_NEWLINE_SET } from './pattern-builders.js';
import type { PatternNode } from './pattern-tree.js';
import { ANCHORS, type Syntax, writeSource } from './source-writer.js';

/**
 * Writes a pattern down for a Python's `re`; undefined where that takes more than `maxLength`
 * characters.
 */
export function pythonSource(
  tree: PatternNode,
  { classes }: Dialect,
  maxLength: number,
): string | undefined {
  const { word, digit } = classes;
  return writeSource(
    tree,
    { ...PYTHON, sets: [...PYTHON.sets, [word, '\\w'], [digit, '\\d']] },
    maxLength,
  );
}

const PYTHON_SPECIAL: ReadonlySet<string> = new Set('\\.^$*+?{}[]|()-&~#');

const PYTHON: Syntax = {
  codePoint: (codePoint) => {
    const character = String.fromCodePoint(codePoint);
    if (PYTHON_SPECIAL.has(character)) return `\\${character}`;
    if (codePoint > 0x20 && codePoint < 0x7f) return character;
    const digits = codePoint.toString(16);
    if (digits.length <= 2) return `\\x${digits.padStart(2, '0')}`;
    return digits.length <= 4 ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`;
  },
  sets: [
    [NOT_NEWLINE_SET, '.'],
    [ALL_SET, '[\\s\\S]'],
    [SPACE_SET, '\\s'],
  ],
  anchor: ({ at, word }) => (word === ASCII_WORD_SET ? `(?a:${ANCHORS[at]})` : ANCHORS[at]),
};
