import type { AnchorNode, ChoiceNode, CodePointSet, PatternNode } from './pattern-tree.js';
import { type ClassItem, classItemKey } from './set-builder.js';

/** Fewest and most code points that a part of a pattern can match, as Python counts them. */
export interface Width {
  readonly min: number;
  readonly max: number;
}

/**
 * A part of a pattern as Python's parser holds it: the node, and what the parser wants to know of
 * it later.
 */
export interface Piece {
  readonly node: PatternNode;
  readonly width: Width;
  /** What may follow it: a repeat is not repeated again, and an anchor not at all. */
  readonly kind: 'anchor' | 'repeat' | 'other';
  /** Equal for pieces that Python finds equal; undefined where it finds none equal. */
  readonly key: string | undefined;
  /** The members, where the piece is a class or literal that is not negated. */
  readonly members: readonly ClassItem[] | undefined;
  /** The pieces of a plain `(?:...)`, which dissolves in the sequence around it. */
  readonly inner: readonly Piece[] | undefined;
}

export const ZERO_WIDTH: Width = { min: 0, max: 0 };
const UNIT_WIDTH: Width = { min: 1, max: 1 };

/** Widths stop here. @source CPython 3.11, `re._parser.MAXWIDTH` */
const MAX_WIDTH = 2 ** 64;

/** A piece that nothing special is known of. */
export function plainPiece(node: PatternNode, width: Width): Piece {
  return { node, width, kind: 'other', key: undefined, members: undefined, inner: undefined };
}

/** A piece that consumes one code point of `set`. */
export function setPiece(
  set: CodePointSet,
  key: string,
  members: readonly ClassItem[] | undefined,
): Piece {
  return {
    node: { type: 'set', set },
    width: UNIT_WIDTH,
    kind: 'other',
    key,
    members,
    inner: undefined,
  };
}

/** A condition on the place, `key` being what it is written as. */
export function anchorPiece(node: AnchorNode | ChoiceNode, key: string): Piece {
  return { node, width: ZERO_WIDTH, kind: 'anchor', key, members: undefined, inner: undefined };
}

/** A repeat of `body`; with `possessive`, what it has matched it does not give back. */
export function repeatPiece(
  body: Piece,
  repeat: {
    readonly min: number;
    readonly max: number;
    readonly greedy: boolean;
    readonly possessive: boolean;
  },
): Piece {
  const { min, max, greedy, possessive } = repeat;
  const unit = body.node.type === 'set';
  // Python gives nothing back between the rounds of a possessive repeat either, which tells when
  // more than one is due.
  const round: PatternNode =
    possessive && min > 1 && !unit ? { type: 'atomic', body: body.node } : body.node;
  const node: PatternNode = { type: 'repeat', body: round, min, max, greedy };
  const width = repeatWidth(body.width, min, max);
  return {
    ...plainPiece(possessive ? { type: 'atomic', body: node } : node, width),
    kind: 'repeat',
  };
}

/** Pieces in a row, as one node. */
export function sequenceNode(pieces: readonly Piece[]): PatternNode {
  const items = pieces.flatMap(({ node }) => {
    if (node.type === 'empty') return [];
    return node.type === 'sequence' ? node.items : [node];
  });
  if (items.length > 1) return { type: 'sequence', items };
  return items[0] ?? { type: 'empty' };
}

/** Width of pieces in a row. */
export function sequenceWidth(pieces: readonly Piece[]): Width {
  let min = 0;
  let max = 0;
  for (const { width } of pieces) {
    min += width.min;
    max += width.max;
  }
  return { min: Math.min(min, MAX_WIDTH), max: Math.min(max, MAX_WIDTH) };
}

/** Width of alternatives. */
export function choiceWidth(widths: readonly Width[]): Width {
  return {
    min: widths.reduce((least, width) => Math.min(least, width.min), MAX_WIDTH),
    max: widths.reduce((most, width) => Math.max(most, width.max), 0),
  };
}

/**
 * Joins alternatives as Python does: a common start moves to the front, and where all that is left
 * are single characters and classes, they become one class. The latter shows under IGNORECASE,
 * where a class means something else.
 *
 * @source CPython 3.11.7, `re._parser._parse_sub`
 */
export function choicePieces(
  options: readonly (readonly Piece[])[],
  classPiece: (members: readonly ClassItem[]) => Piece,
): readonly Piece[] {
  const first = options[0] as readonly Piece[];
  if (options.length === 1) return first;
  let shared = 0;
  while (isShared(options, shared)) shared += 1;
  const start = first.slice(0, shared);
  const rests = options.map((option) => option.slice(shared));
  const members = rests.map((rest) => (rest.length === 1 ? rest[0]?.members : undefined));
  if (members.every((list) => list !== undefined))
    return [...start, classPiece(uniqueItems(members.flat()))];
  const node: PatternNode = { type: 'choice', options: rests.map(sequenceNode) };
  return [...start, plainPiece(node, choiceWidth(rests.map(sequenceWidth)))];
}

/** `items` without repeats, in order. */
export function uniqueItems(items: readonly ClassItem[]): readonly ClassItem[] {
  const unique = new Map<string, ClassItem>();
  for (const item of items) {
    const key = classItemKey(item);
    if (!unique.has(key)) unique.set(key, item);
  }
  return [...unique.values()];
}

function isShared(options: readonly (readonly Piece[])[], index: number): boolean {
  const key = (options[0] as readonly Piece[])[index]?.key;
  return key !== undefined && options.every((option) => option[index]?.key === key);
}

function repeatWidth(body: Width, min: number, max: number): Width {
  const most = max === Number.POSITIVE_INFINITY ? (body.max === 0 ? 0 : MAX_WIDTH) : body.max * max;
  return { min: Math.min(body.min * min, MAX_WIDTH), max: Math.min(most, MAX_WIDTH) };
}
