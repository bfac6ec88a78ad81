import { equalSets, singleCodePoint } from './code-point-set.js';
import {
  choiceOf,
  EMPTY,
  isNothing,
  MAX_NAME_LENGTH,
  NOTHING,
  sequenceOf,
  widthOf,
} from './pattern-builders.js';
import type {
  AnchorNode,
  AtomicNode,
  LookNode,
  PatternNode,
  RepeatNode,
  SequenceNode,
  SetNode,
} from './pattern-tree.js';

/** What is known of the place where a node stands. */
interface Place {
  /** Nothing of the name lies before the node. */
  readonly start: boolean;
  /** Nothing of the name lies after what the node consumes. */
  readonly end: boolean;
  /** The node is in an atomic group, where it matters which of several matches comes first. */
  readonly ordered: boolean;
}

/**
 * Makes `node`, which has to match a whole name, simpler without changing which names it matches.
 *
 * Anchors that always hold at the ends are gone afterwards (`^driver$` is `driver`), so are groups
 * within groups, sets that match nothing, repeats of nothing, and atomic groups that have no second
 * choice to give up.
 */
export function simplifyPattern(node: PatternNode): PatternNode {
  return simplify(node, { start: true, end: true, ordered: false });
}

function simplify(node: PatternNode, place: Place): PatternNode {
  switch (node.type) {
    case 'empty':
    case 'set':
      return node;
    case 'anchor':
      return alwaysHolds(node, place) ? EMPTY : node;
    case 'sequence':
      return simplifySequence(node, place);
    case 'choice':
      return choiceOf(node.options.map((option) => simplify(option, place)));
    case 'repeat':
      return simplifyRepeat(node, place);
    case 'atomic':
      return simplifyAtomic(node, place);
    case 'look':
      return simplifyLook(node, place);
  }
}

function alwaysHolds({ at }: AnchorNode, { start, end }: Place): boolean {
  switch (at) {
    case 'text-start':
    case 'line-start':
      return start;
    case 'text-end':
    case 'text-end-or-final-newline':
    case 'line-end':
      return end;
    default:
      return false;
  }
}

function simplifySequence({ items }: SequenceNode, place: Place): PatternNode {
  const lastConsuming = items.findLastIndex((item) => widthOf(item).max > 0);
  let { start } = place;
  const simplified = items.map((item, i) => {
    const inner = simplify(item, {
      start,
      end: place.end && i >= lastConsuming,
      ordered: place.ordered,
    });
    start &&= widthOf(item).max === 0;
    return inner;
  });
  const whole = sequenceOf(simplified);
  return whole.type === 'sequence' && !place.ordered
    ? sequenceOf(mergeRepeats(whole.items))
    : whole;
}

/** `a*a+` is `a+`, and `\\w\\w` is `\\w{2}`: neighbours that repeat the same set are one repeat. */
function mergeRepeats(items: readonly PatternNode[]): readonly PatternNode[] {
  const merged: PatternNode[] = [];
  for (const item of items) {
    const previous = merged.at(-1);
    const joined = previous === undefined ? undefined : joinRepeats(previous, item);
    if (joined === undefined) merged.push(item);
    else merged[merged.length - 1] = joined;
  }
  return merged;
}

function joinRepeats(a: PatternNode, b: PatternNode): PatternNode | undefined {
  const setA = repeatedSet(a);
  const setB = repeatedSet(b);
  if (setA === undefined || setB === undefined || !equalSets(setA.set, setB.set)) return undefined;
  // A literal stays one code point after the other.
  if (a.type === 'set' && b.type === 'set' && singleCodePoint(a.set) !== undefined)
    return undefined;
  const widthA = widthOf(a);
  const widthB = widthOf(b);
  return {
    type: 'repeat',
    body: setA,
    min: widthA.min + widthB.min,
    max: widthA.max + widthB.max,
    greedy: true,
  };
}

function repeatedSet(node: PatternNode): SetNode | undefined {
  if (node.type === 'set') return node;
  return node.type === 'repeat' && node.body.type === 'set' ? node.body : undefined;
}

function simplifyRepeat(node: RepeatNode, place: Place): PatternNode {
  const once = node.max <= 1;
  const body = simplify(node.body, {
    ...place,
    start: place.start && once,
    end: place.end && once,
  });
  const { min } = node;
  const width = widthOf(body);
  if (isNothing(body)) return min === 0 ? EMPTY : NOTHING;
  if (node.max === 0) return EMPTY;
  // A condition that is asked more than once is asked once.
  if (width.max === 0) return min === 0 ? EMPTY : body;
  if (width.min * min > MAX_NAME_LENGTH) return NOTHING;
  const max = node.max > MAX_NAME_LENGTH ? Infinity : node.max;
  if (min === 1 && max === 1) return body;
  if (place.ordered) return { ...node, body, max };
  return unnestRepeat({ ...node, body, min: isNullable(body) ? 0 : min, max });
}

/** `(a*)+` is `a*` and `(a{2}){3}` is `a{6}`, where the counts that come together have no gaps. */
function unnestRepeat(node: RepeatNode): RepeatNode {
  const { body, min, max } = node;
  if (body.type !== 'repeat') return node;
  // The most of n rounds and the least of one more, n being the fewest: from there on the spans
  // only grow.
  const hasGap = min !== max && (min + 1) * body.min > times(min, body.max) + 1;
  return hasGap ? node : { ...body, min: min * body.min, max: times(max, body.max) };
}

function times(count: number, most: number): number {
  return count === 0 || most === 0 ? 0 : count * most;
}

/** Whether `node` matches the empty text wherever it stands. */
function isNullable(node: PatternNode): boolean {
  switch (node.type) {
    case 'empty':
      return true;
    case 'sequence':
      return node.items.every(isNullable);
    case 'choice':
      return node.options.some(isNullable);
    case 'repeat':
      return node.min === 0 || isNullable(node.body);
    case 'atomic':
      // What comes first may consume; the empty match is then never reached.
      return false;
    default:
      return false;
  }
}

function simplifyAtomic(node: AtomicNode, place: Place): PatternNode {
  const body = simplify(node.body, { start: place.start, end: false, ordered: true });
  if (isNothing(body) || isDeterministic(body)) return body;
  // The longest run of a set reaches the end of the name exactly when some run does.
  if (place.end && body.type === 'repeat' && body.greedy && body.body.type === 'set') return body;
  return { type: 'atomic', body };
}

/** Whether `node` has at most one match from any place, so that backtracking cannot change it. */
function isDeterministic(node: PatternNode): boolean {
  switch (node.type) {
    case 'sequence':
      return node.items.every(isDeterministic);
    case 'choice':
      return false;
    case 'repeat':
      return node.min === node.max && isDeterministic(node.body);
    default:
      return true;
  }
}

function simplifyLook(node: LookNode, place: Place): PatternNode {
  const ahead = node.direction === 'ahead';
  const body = simplify(node.body, {
    start: place.start && ahead,
    end: place.end && !ahead,
    ordered: false,
  });
  if (body.type === 'empty') return node.negative ? NOTHING : EMPTY;
  if (isNothing(body)) return node.negative ? EMPTY : NOTHING;
  return { ...node, body };
}
