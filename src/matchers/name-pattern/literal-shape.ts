import { caseClass, foldCodePoint } from './case-folding.js';
import { ALL_SET, equalSets, unionSets } from './code-point-set.js';
import type { ChoiceShape, LiteralsShape, NothingShape } from './name-shape.js';
import { isNothing, NOT_NEWLINE_SET } from './pattern-builders.js';
import type { CodePointSet, PatternNode, RepeatNode } from './pattern-tree.js';
import { setMembers } from './set-members.js';

/** Most texts that one alternative is written out into. */
const MAX_TEXTS = 64;

/** Most alternatives of one pattern. */
const MAX_OPTIONS = 1024;

/** Longest text, in UTF-16 code units. */
const MAX_TEXT_LENGTH = 65_536;

/** Most parts between gaps. */
const MAX_PARTS = 64;

/** Most members of a set that is written out. */
const MAX_SET_SIZE = 16;

/**
 * Finds the literal parts and gaps that a pattern consists of.
 *
 * Shape: `tree` is simplified. Undefined where it has anything else, or too many alternatives to
 * write out.
 */
export function literalShape(
  tree: PatternNode,
): NothingShape | LiteralsShape | ChoiceShape | undefined {
  if (isNothing(tree)) return { kind: 'nothing' };
  const options = new Map<string, LiteralsShape>();
  for (const alternative of tree.type === 'choice' ? tree.options : [tree]) {
    const shapes = shapesOf(alternative);
    if (shapes === undefined) return undefined;
    for (const shape of shapes) options.set(JSON.stringify(shape), shape);
    if (options.size > MAX_OPTIONS) return undefined;
  }
  const [first, ...others] = options.values();
  return others.length === 0
    ? first
    : { kind: 'choice', options: [first as LiteralsShape, ...others] };
}

/** Whichever of exact and folded texts are fewer; exact ones where there are as many. */
function shapesOf(node: PatternNode): readonly LiteralsShape[] | undefined {
  const exact = textsOf(node, exactMembers);
  const folded = exact?.length === 1 ? undefined : textsOf(node, foldedMembers);
  const fewer =
    exact === undefined || (folded !== undefined && folded.length < exact.length) ? folded : exact;
  const shapes = fewer?.map((text) => shapeOf(text, fewer === folded));
  return shapes?.every((shape) => shape !== undefined) ? shapes : undefined;
}

/** Texts with gaps: a gap stands between two parts. */
interface GappedText {
  readonly parts: readonly string[];
  readonly gaps: readonly Gap[];
}

interface Gap {
  readonly min: number;
  readonly newlines: boolean;
}

type Members = (set: CodePointSet) => readonly number[] | undefined;

function shapeOf(text: GappedText, folded: boolean): LiteralsShape | undefined {
  const { parts, gaps } = mergeGaps(text);
  const newlines = gaps[0]?.newlines ?? true;
  if (gaps.some((gap) => gap.newlines !== newlines || gap.min > 1)) return undefined;
  if (!newlines && parts.slice(1, -1).some((part) => part.includes('\n'))) return undefined;
  return {
    kind: 'literals',
    parts,
    gapMin: gaps.map((gap) => (gap.min === 0 ? 0 : 1)),
    newlines,
    folded,
  };
}

/** Makes gaps with nothing between them one gap; two of different kinds stay. */
function mergeGaps({ parts, gaps }: GappedText): GappedText {
  const mergedParts = [parts[0] as string];
  const mergedGaps: Gap[] = [];
  gaps.forEach((gap, i) => {
    const previous = mergedGaps[mergedGaps.length - 1];
    if (i > 0 && parts[i] === '' && previous?.newlines === gap.newlines) {
      mergedGaps[mergedGaps.length - 1] = { ...gap, min: previous.min + gap.min };
      mergedParts[mergedParts.length - 1] = parts[i + 1] as string;
    } else {
      mergedGaps.push(gap);
      mergedParts.push(parts[i + 1] as string);
    }
  });
  return { parts: mergedParts, gaps: mergedGaps };
}

function textsOf(node: PatternNode, members: Members): readonly GappedText[] | undefined {
  switch (node.type) {
    case 'empty':
      return [EMPTY_TEXT];
    case 'set':
      return members(node.set)?.map((codePoint) => ({
        parts: [String.fromCodePoint(codePoint)],
        gaps: [],
      }));
    case 'sequence':
      return sequenceTexts(node.items, members);
    case 'choice': {
      const options = node.options.map((option) => textsOf(option, members));
      return options.every((texts) => texts !== undefined) ? bounded(options.flat()) : undefined;
    }
    case 'repeat':
      return repeatTexts(node, members);
    default:
      return undefined;
  }
}

const EMPTY_TEXT: GappedText = { parts: [''], gaps: [] };

function sequenceTexts(
  items: readonly PatternNode[],
  members: Members,
): readonly GappedText[] | undefined {
  let texts: readonly GappedText[] | undefined = [EMPTY_TEXT];
  // Text that all alternatives go on with is added at once, so that a long literal takes linear
  // time.
  let literal = '';
  for (const item of items) {
    const next = textsOf(item, members);
    if (next === undefined) return undefined;
    const [only] = next;
    if (next.length === 1 && only !== undefined && only.gaps.length === 0) {
      literal += only.parts[0] as string;
    } else {
      texts = product(product(texts, [{ parts: [literal], gaps: [] }]), next);
      literal = '';
    }
    if (texts === undefined || literal.length > MAX_TEXT_LENGTH) return undefined;
  }
  return product(texts, [{ parts: [literal], gaps: [] }]);
}

function product(
  texts: readonly GappedText[] | undefined,
  next: readonly GappedText[],
): readonly GappedText[] | undefined {
  if (texts === undefined || texts.length * next.length > MAX_TEXTS) return undefined;
  return bounded(texts.flatMap((text) => next.map((continuation) => join(text, continuation))));
}

function bounded(texts: readonly GappedText[]): readonly GappedText[] | undefined {
  return texts.length > MAX_TEXTS || texts.some(isTooLong) ? undefined : texts;
}

function isTooLong({ parts }: GappedText): boolean {
  return (
    parts.length > MAX_PARTS ||
    parts.reduce((length, part) => length + part.length, 0) > MAX_TEXT_LENGTH
  );
}

function join(a: GappedText, b: GappedText): GappedText {
  const seam = (a.parts[a.parts.length - 1] as string) + (b.parts[0] as string);
  const parts = [...a.parts.slice(0, -1), seam, ...b.parts.slice(1)];
  return { parts, gaps: [...a.gaps, ...b.gaps] };
}

function repeatTexts(node: RepeatNode, members: Members): readonly GappedText[] | undefined {
  const gap = gapOf(node);
  if (gap !== undefined) return [{ parts: ['', ''], gaps: [gap] }];
  if (node.max > MAX_TEXT_LENGTH) return undefined;
  const body = textsOf(node.body, members);
  if (body === undefined) return undefined;
  let texts: readonly GappedText[] | undefined = node.min === 0 ? [EMPTY_TEXT] : [];
  let power: readonly GappedText[] | undefined = [EMPTY_TEXT];
  for (let count = 1; count <= node.max; count += 1) {
    power = product(power, body);
    if (power === undefined) return undefined;
    if (count >= node.min) texts = bounded([...texts, ...power]);
    if (texts === undefined) return undefined;
  }
  return texts;
}

function gapOf({ body, min, max }: RepeatNode): Gap | undefined {
  if (max !== Infinity || body.type !== 'set') return undefined;
  if (equalSets(body.set, ALL_SET)) return { min, newlines: true };
  return equalSets(body.set, NOT_NEWLINE_SET) ? { min, newlines: false } : undefined;
}

function exactMembers(set: CodePointSet): readonly number[] | undefined {
  return setMembers(set, MAX_SET_SIZE);
}

/** One member for each case class, where the set holds them whole. */
function foldedMembers(set: CodePointSet): readonly number[] | undefined {
  const members = setMembers(set, 4 * MAX_SET_SIZE);
  if (members === undefined) return undefined;
  const folded = [...new Set(members.map(foldCodePoint))];
  if (folded.length > MAX_SET_SIZE) return undefined;
  return equalSets(unionSets(...folded.map(caseClass)), set) ? folded : undefined;
}
