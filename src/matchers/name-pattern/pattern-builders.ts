import { ALL_SET, negateSet, singleCodePoint, unionSets } from './code-point-set.js';
import type { CodePointSet, PatternNode, SetNode } from './pattern-tree.js';

/** No string of JavaScript has this many code units, so no name has this many code points. */
export const MAX_NAME_LENGTH: number = 2 ** 29;

/** Matches without consuming anything. */
export const EMPTY: PatternNode = { type: 'empty' };

/** Matches nothing. */
export const NOTHING: SetNode = { type: 'set', set: [] };

/** What `.` matches. */
export const NOT_NEWLINE_SET: CodePointSet = negateSet([0x0a, 0x0a]);

/** Matches any text, newlines included. */
export const ANY: PatternNode = {
  type: 'repeat',
  body: { type: 'set', set: ALL_SET },
  min: 0,
  max: Infinity,
  greedy: true,
};

/** How many code points a node can consume, both ends inclusive; `max` may be `Infinity`. */
export interface Width {
  readonly min: number;
  readonly max: number;
}

const widths = new WeakMap<PatternNode, Width>();

/** How many code points `node` consumes. Conditions such as anchors count as met. */
export function widthOf(node: PatternNode): Width {
  if (node.type === 'set') return ONE;
  if (node.type === 'empty' || node.type === 'anchor' || node.type === 'look') return ZERO;
  const known = widths.get(node);
  if (known !== undefined) return known;
  const width = computeWidth(node);
  widths.set(node, width);
  return width;
}

const ZERO: Width = { min: 0, max: 0 };
const ONE: Width = { min: 1, max: 1 };

function computeWidth(node: PatternNode): Width {
  switch (node.type) {
    case 'sequence': {
      const items = node.items.map(widthOf);
      return { min: sum(items.map((item) => item.min)), max: sum(items.map((item) => item.max)) };
    }
    case 'choice': {
      const options = node.options.map(widthOf);
      return {
        min: options.reduce((least, option) => Math.min(least, option.min), Infinity),
        max: options.reduce((most, option) => Math.max(most, option.max), 0),
      };
    }
    case 'repeat': {
      const body = widthOf(node.body);
      return {
        min: body.min * node.min,
        max: body.max === 0 || node.max === 0 ? 0 : body.max * node.max,
      };
    }
    case 'atomic':
      return widthOf(node.body);
    default:
      return ZERO;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Whether `node` matches nothing, as far as its outermost form tells. */
export function isNothing(node: PatternNode): boolean {
  return node.type === 'set' && node.set.length === 0;
}

/** A node for a set. */
export function setOf(set: CodePointSet): SetNode {
  return { type: 'set', set };
}

/** A node for one text, code point by code point. */
export function textOf(text: string): PatternNode {
  return sequenceOf(
    Array.from(text, (character) => character.codePointAt(0) as number).map((code) =>
      setOf([code, code]),
    ),
  );
}

/** The items one after the other, flattened, without what matches only the empty text. */
export function sequenceOf(items: readonly PatternNode[]): PatternNode {
  const flat: PatternNode[] = [];
  for (const item of items) {
    if (item.type === 'sequence') for (const inner of item.items) flat.push(inner);
    else if (isNothing(item)) return NOTHING;
    else if (item.type !== 'empty') flat.push(item);
  }
  if (flat.length === 0) return EMPTY;
  return flat.length === 1 ? (flat[0] as PatternNode) : { type: 'sequence', items: flat };
}

/**
 * The alternatives in their order: flattened, neighbouring sets made one, repeated texts and
 * impossible ones dropped.
 */
export function choiceOf(options: readonly PatternNode[]): PatternNode {
  const kept: PatternNode[] = [];
  const texts = new Set<string>();
  let sets: CodePointSet[] = [];
  const keepSets = (): void => {
    if (sets.length > 0) kept.push(setOf(unionSets(...sets)));
    sets = [];
  };
  for (const option of options.flatMap((node) =>
    node.type === 'choice' ? node.options : [node],
  )) {
    if (isNothing(option)) continue;
    if (option.type === 'set') {
      sets.push(option.set);
      continue;
    }
    const text = textIn(option);
    if (text !== undefined && texts.has(text)) continue;
    if (text !== undefined) texts.add(text);
    keepSets();
    kept.push(option);
  }
  keepSets();
  if (kept.length === 0) return NOTHING;
  return kept.length === 1 ? (kept[0] as PatternNode) : { type: 'choice', options: kept };
}

/**
 * A key for the one text that `node` matches: its code points. Undefined where it is not one text.
 */
function textIn(node: PatternNode): string | undefined {
  if (node.type === 'empty') return '';
  const codePoints: number[] = [];
  for (const item of node.type === 'sequence' ? node.items : [node]) {
    const codePoint = item.type === 'set' ? singleCodePoint(item.set) : undefined;
    if (codePoint === undefined) return undefined;
    codePoints.push(codePoint);
  }
  return codePoints.join(' ');
}
