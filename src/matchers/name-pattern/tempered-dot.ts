import { singleCodePoint } from './code-point-set.js';
import type { Dialect } from './dialect.js';
import { firstLook } from './look-around-seam.js';
import { sequenceOf, widthOf } from './pattern-builders.js';
import type { PatternNode, RepeatNode } from './pattern-tree.js';
import { pythonSource } from './python-source.js';

const MAX_LENGTH = 200;

/**
 * Writes `(?:(?!X).)*` as `(?!.*X).*`, which is supported.
 *
 * The two are equal where `X` consumes something and what stands before has one width. Text after
 * it must be literal and not hold `X`, which then is literal too: an `X` that starts in that text
 * would be refused by the one form only.
 *
 * Shape: `tree` is simplified and has to match the whole name. Undefined where the tree has another
 * form.
 */
export function rewriteTemperedDot(tree: PatternNode, dialect: Dialect): string | undefined {
  const items = tree.type === 'sequence' ? tree.items : [tree];
  const index = items.findIndex((item) => firstLook(item) !== undefined);
  const repeat = items[index];
  const before = sequenceOf(items.slice(0, index));
  const after = items.slice(index + 1);
  if (repeat?.type !== 'repeat' || widthOf(before).min !== widthOf(before).max) return undefined;
  const parts = temperedParts(repeat);
  if (parts === undefined || !mayStandBefore(parts.refused, after)) return undefined;
  const { look, refused, unit } = parts;
  const gap: PatternNode = { ...repeat, body: unit };
  const refusal: PatternNode = { ...look, body: sequenceOf([{ ...gap, min: 0 }, refused]) };
  return pythonSource(sequenceOf([before, refusal, gap, ...after]), dialect, MAX_LENGTH);
}

function temperedParts(repeat: RepeatNode):
  | {
      readonly look: PatternNode & { type: 'look' };
      readonly refused: PatternNode;
      readonly unit: PatternNode;
    }
  | undefined {
  if (repeat.min > 1 || repeat.max !== Infinity || repeat.body.type !== 'sequence')
    return undefined;
  const [look, unit, more] = repeat.body.items;
  if (look?.type !== 'look' || unit?.type !== 'set' || more !== undefined) return undefined;
  if (!look.negative || look.direction !== 'ahead' || firstLook(look.body) !== undefined)
    return undefined;
  return widthOf(look.body).min > 0 ? { look, refused: look.body, unit } : undefined;
}

function mayStandBefore(refused: PatternNode, after: readonly PatternNode[]): boolean {
  if (after.length === 0) return true;
  const text = literalOf(after);
  const infix = literalOf(refused.type === 'sequence' ? refused.items : [refused]);
  return text !== undefined && infix !== undefined && !text.includes(infix);
}

/** The code points of literal items, each followed by a space. */
function literalOf(items: readonly PatternNode[]): string | undefined {
  let text = ' ';
  for (const item of items) {
    const codePoint = item.type === 'set' ? singleCodePoint(item.set) : undefined;
    if (codePoint === undefined) return undefined;
    text += `${codePoint} `;
  }
  return text;
}
