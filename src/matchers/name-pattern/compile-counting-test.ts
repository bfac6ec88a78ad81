import { CountingMatcher } from './counting-matcher.js';
import { widthOf } from './pattern-builders.js';
import type { PatternNode } from './pattern-tree.js';

/**
 * Compiles the exact test of a pattern with counted repeats. The name is read once; how often each
 * repeat has been gone through is a set of numbers, a bit for each, and the body of the repeat is
 * there once, whatever the counts.
 *
 * Shape: `tree` is simplified and countable ({@link isCountable}), and has to match the whole name.
 * Cost: time O((parts + bits / 32) × length of the name), memory O(parts + bits / 32); nothing
 * before the first test.
 *
 * @source S. Fischer, F. Huch, T. Wilke, A play on regular expressions (2010): marks that move
 *   through the tree of the expression; counters are ours
 */
export function compileCountingTest(tree: PatternNode): (name: string) => boolean {
  const { min, max } = widthOf(tree);
  let matcher: CountingMatcher | undefined;
  return (name) => {
    // A code point is one code unit or two.
    if (name.length < min || name.length > 2 * max) return false;
    if (name === '') return min === 0;
    matcher ??= new CountingMatcher(tree);
    return matcher.matches(name);
  };
}
