import { allOf, anyOf, type Formula, negationOf } from './formula.js';
import {
  anyOfWidth,
  countLooks,
  emptyMatchesOf,
  firstLook,
  followedByAny,
} from './look-around-seam.js';
import { ANY, choiceOf, EMPTY, NOTHING, sequenceOf, widthOf } from './pattern-builders.js';
import type { LookNode, PatternNode } from './pattern-tree.js';
import { simplifyPattern } from './simplify-pattern.js';

/** A look-around that no combination of whole-name matches stands for. */
export class LookAroundError extends Error {
  readonly look: LookNode;

  constructor(reason: string, look: LookNode) {
    super(reason);
    this.name = 'LookAroundError';
    this.look = look;
  }
}

const MAX_LEAVES = 64;

/**
 * Rewrites a pattern so that no look-around is left: `(?!secret_).*` is "`.*`, but not `secret_`
 * and anything".
 *
 * That is exact where the place of the look-around is the same in every match: a fixed number of
 * code points from the start or from the end of the name. Alternatives beside it are taken one by
 * one to get there.
 *
 * Shape: `tree` has to match the whole name; the leaves of the result do too, and are simplified.
 *
 * @throws {@link LookAroundError} on a look-around elsewhere, or where more than 64 leaves would be
 *   needed
 */
export function splitLookAround(tree: PatternNode): Formula {
  const look = firstLook(tree);
  if (look !== undefined && countLooks(tree) > MAX_LEAVES) throw tooMany(look);
  return split(tree, { leaves: 0 });
}

function tooMany(look: LookNode): LookAroundError {
  return new LookAroundError(`look-around that takes more than ${MAX_LEAVES} matches`, look);
}

interface Budget {
  leaves: number;
}

function split(node: PatternNode, budget: Budget): Formula {
  const tree = simplifyPattern(node);
  const look = firstLook(tree);
  if (look === undefined) {
    budget.leaves += 1;
    return { type: 'leaf', tree };
  }
  if (budget.leaves >= MAX_LEAVES) throw tooMany(look);
  if (tree.type === 'choice')
    return anyOf(gatherPlain(tree.options).map((option) => split(option, budget)));
  const items = tree.type === 'sequence' ? tree.items : [tree];
  const index = items.findIndex((item) => firstLook(item) !== undefined);
  const item = items[index] as PatternNode;
  return item.type === 'look'
    ? splitAt(items, index, item, budget)
    : distribute(items, index, look, budget);
}

function splitAt(
  items: readonly PatternNode[],
  index: number,
  look: LookNode,
  budget: Budget,
): Formula {
  const before = sequenceOf(items.slice(0, index));
  const after = sequenceOf(items.slice(index + 1));
  const condition = fromStart(before, look) ?? fromEnd(look, after);
  if (condition === undefined) return distributeBeside(items, index, look, budget);
  const met = split(condition, budget);
  return allOf([split(sequenceOf([before, after]), budget), look.negative ? negationOf(met) : met]);
}

/** The names in which the body of `look` fits, where what stands before it has one width. */
function fromStart(before: PatternNode, look: LookNode): PatternNode | undefined {
  const place = widthOf(before);
  if (place.min !== place.max) return undefined;
  if (look.direction === 'ahead') return sequenceOf([before, followedByAny(look.body)]);
  const width = widthOf(look.body).min;
  return width > place.min ? NOTHING : sequenceOf([anyOfWidth(place.min - width), look.body, ANY]);
}

/** The names in which the body of `look` fits, where what stands after it has one width. */
function fromEnd(look: LookNode, after: PatternNode): PatternNode | undefined {
  const place = widthOf(after);
  if (place.min !== place.max) return undefined;
  if (look.direction === 'behind') {
    return sequenceOf([
      ANY,
      look.body,
      firstLook(after) === undefined ? after : anyOfWidth(place.min),
    ]);
  }
  if (place.min === 0) return sequenceOf([ANY, emptyMatchesOf(look.body)]);
  const width = widthOf(look.body);
  if (width.min > place.min) return NOTHING;
  return width.min === width.max
    ? sequenceOf([ANY, look.body, anyOfWidth(place.min - width.min)])
    : undefined;
}

/** Takes the alternatives of the item at `index` one by one. */
function distribute(
  items: readonly PatternNode[],
  index: number,
  look: LookNode,
  budget: Budget,
): Formula {
  const item = items[index] as PatternNode;
  const options = alternativesOf(item);
  if (options === undefined) {
    throw new LookAroundError(
      item.type === 'atomic' ? 'look-around in an atomic group' : 'repeated look-around',
      look,
    );
  }
  // Where the look-around is in the item, its other alternatives can stay together.
  const parts = firstLook(item) === undefined ? options : gatherPlain(options);
  return anyOf(
    parts.map((option) =>
      split(sequenceOf([...items.slice(0, index), option, ...items.slice(index + 1)]), budget),
    ),
  );
}

/** Takes the alternatives that keep the look-around at `index` from having one place one by one. */
function distributeBeside(
  items: readonly PatternNode[],
  index: number,
  look: LookNode,
  budget: Budget,
): Formula {
  const loose = [...items.keys()].filter((i) => isLoose(items[i] as PatternNode));
  for (const side of [loose.filter((i) => i < index), loose.filter((i) => i > index)]) {
    const [first] = side;
    if (
      first !== undefined &&
      side.every((i) => alternativesOf(items[i] as PatternNode) !== undefined)
    ) {
      return distribute(items, first, look, budget);
    }
  }
  throw new LookAroundError('look-around at no fixed distance from the start or the end', look);
}

function isLoose(item: PatternNode): boolean {
  const width = widthOf(item);
  return width.min !== width.max;
}

function alternativesOf(node: PatternNode): readonly PatternNode[] | undefined {
  if (node.type === 'choice') return node.options;
  if (node.type === 'repeat' && node.min === 0 && node.max === 1) return [node.body, EMPTY];
  return undefined;
}

/** The options with look-around, and all the others as one. */
function gatherPlain(options: readonly PatternNode[]): readonly PatternNode[] {
  const plain = options.filter((option) => firstLook(option) === undefined);
  return [...options.filter((option) => firstLook(option) !== undefined), choiceOf(plain)];
}
