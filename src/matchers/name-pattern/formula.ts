import { ALL_SET, equalSets } from './code-point-set.js';
import { ANY, isNothing, NOTHING } from './pattern-builders.js';
import type { PatternNode } from './pattern-tree.js';

/** A combination of patterns without look-around, each to be matched against the whole name. */
export type Formula =
  | { readonly type: 'leaf'; readonly tree: PatternNode }
  | { readonly type: 'not'; readonly part: Formula }
  | { readonly type: 'and' | 'or'; readonly parts: readonly Formula[] };

/** Holds for no name. */
const FALSE: Formula = { type: 'leaf', tree: NOTHING };

/** Holds for every name. */
const TRUE: Formula = { type: 'leaf', tree: ANY };

/** Holds where all `parts` hold; flattened, without what always holds. */
export function allOf(parts: readonly Formula[]): Formula {
  return combine('and', parts, TRUE, FALSE);
}

/** Holds where one of `parts` holds; flattened, without what never holds. */
export function anyOf(parts: readonly Formula[]): Formula {
  return combine('or', parts, FALSE, TRUE);
}

/**
 * @param neutral a part that changes nothing, and the combination of no parts
 * @param deciding a part that decides the whole
 */
function combine(
  type: 'and' | 'or',
  parts: readonly Formula[],
  neutral: Formula,
  deciding: Formula,
): Formula {
  const [isNeutral, isDeciding] = type === 'and' ? [isTrue, isFalse] : [isFalse, isTrue];
  const kept = parts
    .flatMap((part) => (part.type === type ? part.parts : [part]))
    .filter((part) => !isNeutral(part));
  if (kept.some(isDeciding)) return deciding;
  const [first] = kept;
  if (first === undefined) return neutral;
  return kept.length === 1 ? first : { type, parts: kept };
}

/** Holds where `part` does not. */
export function negationOf(part: Formula): Formula {
  if (isTrue(part)) return FALSE;
  if (isFalse(part)) return TRUE;
  return part.type === 'not' ? part.part : { type: 'not', part };
}

function isFalse(part: Formula): boolean {
  return part.type === 'leaf' && isNothing(part.tree);
}

function isTrue(part: Formula): boolean {
  if (part.type !== 'leaf') return false;
  const { tree } = part;
  if (tree.type !== 'repeat' || tree.min > 0 || tree.max < Infinity) return false;
  return tree.body.type === 'set' && equalSets(tree.body.set, ALL_SET);
}
