import { setContains } from '../../../src/matchers/name-pattern/code-point-set.js';
import type { AnchorNode, PatternNode } from '../../../src/matchers/name-pattern/pattern-tree.js';

const MANY_ROUNDS = 50;

/** Thrown when a match takes too many steps; backtracking is exponential. */
export class TooManySteps extends Error {}

/**
 * Whether the whole of `name` matches: a backtracking matcher in the order of Python's own, written
 * for being obvious and not for being fast.
 *
 * @throws {@link TooManySteps} after `maxSteps`
 */
export function matchesNaively(
  tree: PatternNode,
  name: string,
  maxSteps: number = 200_000,
): boolean {
  const text = Array.from(name, (character) => character.codePointAt(0) as number);
  let steps = 0;

  /**
   * Matches `node` at `at` and calls `next` with each place where it can end, in order, until one
   * answers true.
   */
  function run(node: PatternNode, at: number, next: (end: number) => boolean): boolean {
    steps += 1;
    if (steps > maxSteps) throw new TooManySteps();
    switch (node.type) {
      case 'empty':
        return next(at);
      case 'set':
        return at < text.length && setContains(node.set, text[at] as number) && next(at + 1);
      case 'sequence': {
        const item = (index: number, from: number): boolean => {
          const child = node.items[index];
          return child === undefined ? next(from) : run(child, from, (end) => item(index + 1, end));
        };
        return item(0, at);
      }
      case 'choice':
        return node.options.some((option) => run(option, at, next));
      case 'repeat':
        return repeat(node, 0, at, -1, next);
      case 'atomic': {
        const end = firstEnd(node.body, at);
        return end !== undefined && next(end);
      }
      case 'anchor':
        return holds(node, text, at) && next(at);
      case 'look': {
        const starts =
          node.direction === 'ahead' ? [at] : Array.from({ length: at + 1 }, (_, start) => start);
        const found = starts.some((start) =>
          run(node.body, start, (end) => node.direction === 'ahead' || end === at),
        );
        return found !== node.negative && next(at);
      }
    }
  }

  function repeat(
    node: PatternNode & { readonly type: 'repeat' },
    count: number,
    at: number,
    last: number,
    next: (end: number) => boolean,
  ): boolean {
    // A round that consumes nothing is the last one, unless more are due; of very many due ones it
    // stands for all.
    const rounds = (end: number): number =>
      end === at && count < node.min && node.min > MANY_ROUNDS ? node.min : count + 1;
    const more = (): boolean =>
      count < node.max &&
      (count < node.min || at !== last) &&
      run(node.body, at, (end) => repeat(node, rounds(end), end, at, next));
    if (count < node.min) return more();
    return node.greedy ? more() || next(at) : next(at) || more();
  }

  function firstEnd(node: PatternNode, at: number): number | undefined {
    let found: number | undefined;
    run(node, at, (end) => {
      found = end;
      return true;
    });
    return found;
  }

  return run(tree, 0, (end) => end === text.length);
}

function holds(node: AnchorNode, text: readonly number[], at: number): boolean {
  const newline = 0x0a;
  switch (node.at) {
    case 'text-start':
      return at === 0;
    case 'text-end':
      return at === text.length;
    case 'text-end-or-final-newline':
      return at === text.length || (at === text.length - 1 && text[at] === newline);
    case 'line-start':
      return at === 0 || text[at - 1] === newline;
    case 'line-end':
      return at === text.length || text[at] === newline;
    case 'word-boundary':
    case 'not-word-boundary': {
      // Python finds neither in an empty text.
      if (text.length === 0) return false;
      const words = node.word ?? [];
      const [before, after] = [text[at - 1], text[at]].map(
        (c) => c !== undefined && setContains(words, c),
      );
      return (before !== after) === (node.at === 'word-boundary');
    }
  }
}
