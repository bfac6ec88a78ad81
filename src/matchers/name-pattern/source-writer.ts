import { equalSets, singleCodePoint } from './code-point-set.js';
import { isNothing } from './pattern-builders.js';
import type { AnchorNode, CodePointSet, PatternNode, RepeatNode } from './pattern-tree.js';

/** How a syntax writes what is not the same in all. */
export interface Syntax {
  readonly codePoint: (codePoint: number) => string;
  /** Sets with a short form. */
  readonly sets: readonly (readonly [CodePointSet, string])[];
  readonly anchor: (anchor: AnchorNode) => string;
}

/** Anchors, as Python writes them. */
export const ANCHORS: Readonly<Record<AnchorNode['at'], string>> = {
  'text-start': '\\A',
  'text-end': '\\Z',
  'text-end-or-final-newline': '$',
  'line-start': '(?m:^)',
  'line-end': '(?m:$)',
  'word-boundary': '\\b',
  'not-word-boundary': '\\B',
};

/**
 * Writes a pattern down in a syntax; undefined where that takes more than `maxLength` characters.
 */
export function writeSource(
  tree: PatternNode,
  syntax: Syntax,
  maxLength: number,
): string | undefined {
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
        this.#writeGroup(
          `(?${node.direction === 'behind' ? '<' : ''}${node.negative ? '!' : '='}`,
          node.body,
        );
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
  return isNothing({ type: 'set', set })
    ? `[^${syntax.codePoint(0)}-${syntax.codePoint(0x10ffff)}]`
    : `[${ranges.join('')}]`;
}

/** ASCII letters, digits and `_` mean themselves everywhere. */
function codePointSource(codePoint: number, syntax: Syntax): string {
  const character = String.fromCodePoint(codePoint);
  return /^[A-Za-z0-9_]$/.test(character) ? character : syntax.codePoint(codePoint);
}
