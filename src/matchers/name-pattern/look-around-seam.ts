import { ALL_SET } from './code-point-set.js';
import { ANY, choiceOf, EMPTY, NOTHING, sequenceOf, setOf } from './pattern-builders.js';
import { childrenOf, type LookNode, type PatternNode } from './pattern-tree.js';

const OPTIONAL_NEWLINE: PatternNode = {
  type: 'repeat',
  body: setOf([0x0a, 0x0a]),
  min: 0,
  max: 1,
  greedy: true,
};

/** Any text of so many code points. */
export function anyOfWidth(width: number): PatternNode {
  return { type: 'repeat', body: setOf(ALL_SET), min: width, max: width, greedy: true };
}

/**
 * `node`, then any text up to the end of the name.
 *
 * `$` at the seam leaves an optional newline, and what a repeat takes beyond its minimum is any
 * text anyway.
 */
export function followedByAny(node: PatternNode): PatternNode {
  switch (node.type) {
    case 'empty':
      return ANY;
    case 'choice':
      return choiceOf(node.options.map(followedByAny));
    case 'sequence': {
      const last = node.items[node.items.length - 1] as PatternNode;
      return sequenceOf([...node.items.slice(0, -1), followedByAny(last)]);
    }
    case 'repeat':
      return sequenceOf([{ ...node, max: node.min }, ANY]);
    case 'atomic':
      // Its first match is as good as any other when anything may follow.
      return followedByAny(node.body);
    case 'anchor':
      if (node.at === 'text-end') return EMPTY;
      if (node.at === 'text-end-or-final-newline') return OPTIONAL_NEWLINE;
      break;
    default:
  }
  return sequenceOf([node, ANY]);
}

/** What `node` matches at the end of the name, at the end of the name. */
export function emptyMatchesOf(node: PatternNode): PatternNode {
  switch (node.type) {
    case 'set':
      return NOTHING;
    case 'sequence':
      return sequenceOf(node.items.map(emptyMatchesOf));
    case 'choice':
      return choiceOf(node.options.map(emptyMatchesOf));
    case 'repeat':
      return node.min === 0 ? EMPTY : emptyMatchesOf(node.body);
    case 'atomic':
      return emptyMatchesOf(node.body);
    default:
      return node;
  }
}

/** The first look-around in `node`, where it has one. */
export function firstLook(node: PatternNode): LookNode | undefined {
  if (node.type === 'look') return node;
  for (const child of childrenOf(node)) {
    const look = firstLook(child);
    if (look !== undefined) return look;
  }
  return undefined;
}

/** How many look-arounds there are in `node`, those within others included. */
export function countLooks(node: PatternNode): number {
  const own = node.type === 'look' ? 1 : 0;
  return childrenOf(node).reduce((count, child) => count + countLooks(child), own);
}
