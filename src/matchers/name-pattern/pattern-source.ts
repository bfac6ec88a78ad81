import { DIGIT_SET, SPACE_SET, WORD_SET } from './character-classes.js';
import { ALL_SET, equalSets, negateSet, singleCodePoint } from './code-point-set.js';
import { isNothing, widthOf } from './pattern-builders.js';
import type { AnchorNode, CodePointSet, PatternNode, RepeatNode } from './pattern-tree.js';

/** RE2 takes no higher count, nor a higher product of counts within counts. */
const MAX_RE2_COUNT = 1000;

/** Bound of what RE2 has to compile, in instructions. */
const MAX_RE2_SIZE = 100_000;

/** Bound of the source for RE2, in characters: each `\w` of Python takes some 12,000. */
const MAX_RE2_SOURCE = 1_000_000;

/**
 * Writes a pattern down for RE2, with sets as explicit code points, so that RE2's own reading of escapes, classes and
 * case never matters.
 *
 * Shape: `tree` is simplified. Undefined where RE2 cannot say it: atomic groups, look-around, `$` before a final newline,
 * Unicode word anchors, high counts; or where it would be too large.
 */
export function re2Source(tree: PatternNode): string | undefined {
  if (!fitsRe2(tree, 1, widthOf(tree).min > 0) || sizeOf(tree) > MAX_RE2_SIZE) return undefined;
  return sourceOf(tree, RE2, MAX_RE2_SOURCE);
}

/** Writes a pattern down for Python's `re`; undefined where that takes more than `maxLength` characters. */
export function pythonSource(tree: PatternNode, maxLength: number): string | undefined {
  return sourceOf(tree, PYTHON, maxLength);
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

/** In Python neither `\b` nor `\B` holds in an empty text; in RE2 `\B` does. */
function fitsRe2Anchor({ at, ascii }: AnchorNode, nonEmpty: boolean): boolean {
  if (at === 'word-boundary' || at === 'not-word-boundary') return ascii && nonEmpty;
  return at !== 'text-end-or-final-newline';
}

/** How often the body of a repeat is written out. */
function countOf({ min, max }: RepeatNode): number {
  return Math.max(1, max === Infinity ? min : max);
}

function sizeOf(node: PatternNode): number {
  switch (node.type) {
    case 'sequence':
      return node.items.reduce((total, item) => total + sizeOf(item), 0);
    case 'choice':
      return node.options.reduce((total, option) => total + sizeOf(option) + 1, 0);
    case 'repeat':
      return countOf(node) * (sizeOf(node.body) + 1);
    default:
      return 1;
  }
}

/** How a syntax writes what is not the same in all. */
interface Syntax {
  readonly codePoint: (codePoint: number) => string;
  /** Sets with a short form. */
  readonly sets: readonly (readonly [CodePointSet, string])[];
  readonly anchor: (anchor: AnchorNode) => string;
}

const ANCHORS: Readonly<Record<AnchorNode['at'], string>> = {
  'text-start': '\\A',
  'text-end': '\\Z',
  'text-end-or-final-newline': '$',
  'line-start': '(?m:^)',
  'line-end': '(?m:$)',
  'word-boundary': '\\b',
  'not-word-boundary': '\\B',
};

const NOT_NEWLINE_SET: CodePointSet = negateSet([0x0a, 0x0a]);

const RE2: Syntax = {
  codePoint: (codePoint) => `\\x{${codePoint.toString(16)}}`,
  sets: [
    [NOT_NEWLINE_SET, '.'],
    [ALL_SET, '(?s:.)'],
  ],
  anchor: ({ at }) => (at === 'text-end' ? '\\z' : ANCHORS[at]),
};

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
    [WORD_SET, '\\w'],
    [DIGIT_SET, '\\d'],
    [SPACE_SET, '\\s'],
  ],
  anchor: ({ at, ascii }) => (ascii ? `(?a:${ANCHORS[at]})` : ANCHORS[at]),
};

function sourceOf(tree: PatternNode, syntax: Syntax, maxLength: number): string | undefined {
  const writer = new SourceWriter(syntax, maxLength);
  writer.write(tree);
  return writer.text;
}

class SourceWriter {
  readonly #syntax: Syntax;
  readonly #maxLength: number;
  readonly #pieces: string[] = [];
  readonly #sets: Map<CodePointSet, string> = new Map();
  #length = 0;

  constructor(syntax: Syntax, maxLength: number) {
    this.#syntax = syntax;
    this.#maxLength = maxLength;
  }

  get text(): string | undefined {
    return this.#length > this.#maxLength ? undefined : this.#pieces.join('');
  }

  write(node: PatternNode): void {
    if (this.#length > this.#maxLength) return;
    switch (node.type) {
      case 'empty':
        break;
      case 'set':
        this.#add(this.#setSource(node.set));
        break;
      case 'sequence':
        for (const item of node.items) this.#writeItem(item);
        break;
      case 'choice':
        this.#writeOptions(node.options);
        break;
      case 'repeat':
        this.#writeUnit(node.body);
        this.#add(quantifier(node));
        break;
      case 'anchor':
        this.#add(this.#syntax.anchor(node));
        break;
      case 'atomic':
        this.#writeGroup('(?>', node.body);
        break;
      case 'look':
        this.#writeGroup(`(?${node.direction === 'behind' ? '<' : ''}${node.negative ? '!' : '='}`, node.body);
        break;
    }
  }

  #writeOptions(options: readonly PatternNode[]): void {
    options.forEach((option, i) => {
      if (i > 0) this.#add('|');
      this.write(option);
    });
  }

  #writeItem(node: PatternNode): void {
    if (node.type === 'choice') this.#writeGroup('(?:', node);
    else this.write(node);
  }

  /** Writes `node` so that a quantifier may follow. */
  #writeUnit(node: PatternNode): void {
    if (node.type === 'set' || node.type === 'atomic') this.write(node);
    else this.#writeGroup('(?:', node);
  }

  #writeGroup(opening: string, body: PatternNode): void {
    this.#add(opening);
    this.write(body);
    this.#add(')');
  }

  #add(piece: string): void {
    this.#length += piece.length;
    if (this.#length <= this.#maxLength) this.#pieces.push(piece);
  }

  #setSource(set: CodePointSet): string {
    const known = this.#sets.get(set);
    if (known !== undefined) return known;
    const source = setSource(set, this.#syntax);
    this.#sets.set(set, source);
    return source;
  }
}

function quantifier({ min, max, greedy }: RepeatNode): string {
  const lazy = greedy ? '' : '?';
  if (max === Infinity) return (min === 0 ? '*' : min === 1 ? '+' : `{${min},}`) + lazy;
  if (min === 0 && max === 1) return `?${lazy}`;
  return (min === max ? `{${min}}` : `{${min},${max}}`) + lazy;
}

function setSource(set: CodePointSet, syntax: Syntax): string {
  const short = syntax.sets.find(([known]) => equalSets(known, set));
  if (short !== undefined) return short[1];
  const single = singleCodePoint(set);
  if (single !== undefined) return codePointSource(single, syntax);
  const ranges: string[] = [];
  for (let i = 0; i < set.length; i += 2) {
    const first = set[i] as number;
    const last = set[i + 1] as number;
    const start = codePointSource(first, syntax);
    ranges.push(first === last ? start : `${start}-${codePointSource(last, syntax)}`);
  }
  return isNothing({ type: 'set', set }) ? `[^${syntax.codePoint(0)}-${syntax.codePoint(0x10ffff)}]` : `[${ranges.join('')}]`;
}

/** ASCII letters, digits and `_` mean themselves everywhere. */
function codePointSource(codePoint: number, syntax: Syntax): string {
  const character = String.fromCodePoint(codePoint);
  return /^[A-Za-z0-9_]$/.test(character) ? character : syntax.codePoint(codePoint);
}
