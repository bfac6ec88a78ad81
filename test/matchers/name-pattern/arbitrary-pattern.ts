import fc from 'fast-check';
import { DEFAULT_DIALECT } from '../../../src/matchers/name-pattern/dialect.js';
import type { PatternNode } from '../../../src/matchers/name-pattern/pattern-tree.js';

/** What a random pattern may hold besides sets, sequences, alternatives and repeats. */
export interface PatternParts {
  readonly anchors?: boolean;
  readonly atomic?: boolean;
  readonly looks?: boolean;
}

const CHARACTERS = ['a', 'b', '_', '\n', 'é', 'ſ', 'S', '🚗', '\ud83d'] as const;

/**
 * A short name of few characters, so that patterns often match; newlines, astral characters and
 * half ones included.
 */
export const arbitraryName: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...CHARACTERS, 'a', 'b', 'a', 'b'), { maxLength: 8 })
  .map((characters) => characters.join(''));

const SETS: readonly (readonly number[])[] = [
  [0x61, 0x61],
  [0x61, 0x61],
  [0x62, 0x62],
  [0x61, 0x62],
  [0x5f, 0x5f],
  [0x0a, 0x0a],
  [0, 9, 11, 0x10ffff],
  [0, 0x10ffff],
  [0, 0x60, 0x62, 0x10ffff],
  [0x53, 0x53, 0x73, 0x73, 0x17f, 0x17f],
  [0x1f697, 0x1f697],
  [0xd83d, 0xd83d],
];

const COUNTS: readonly (readonly [number, number])[] = [
  [0, 1],
  [0, Infinity],
  [1, Infinity],
  [2, 2],
  [1, 2],
  [0, 3],
  [2, Infinity],
];

/** A random tree, three levels deep. */
export function arbitraryPattern(parts: PatternParts): fc.Arbitrary<PatternNode> {
  const { pattern } = fc.letrec<{ pattern: PatternNode }>((tie) => {
    const inner = tie('pattern');
    const repeat = fc.tuple(inner, fc.constantFrom(...COUNTS), fc.boolean()).map(
      ([body, [min, max], greedy]): PatternNode => ({
        type: 'repeat',
        body,
        min,
        max,
        greedy,
      }),
    );
    const items = fc.array(inner, { minLength: 2, maxLength: 4 });
    const options = fc.array(inner, { minLength: 2, maxLength: 3 });
    return {
      pattern: fc.oneof(
        { maxDepth: 3, depthIdentifier: 'pattern' },
        ...leaves(parts),
        repeat,
        items.map((nodes): PatternNode => ({ type: 'sequence', items: nodes })),
        options.map((nodes): PatternNode => ({ type: 'choice', options: nodes })),
        ...(parts.atomic === true
          ? [inner.map((body): PatternNode => ({ type: 'atomic', body }))]
          : []),
        ...(parts.looks === true ? [arbitraryLook(inner)] : []),
      ),
    };
  });
  return pattern;
}

function leaves({ anchors = false }: PatternParts): readonly fc.Arbitrary<PatternNode>[] {
  const set = fc.constantFrom(...SETS).map((bounds): PatternNode => ({ type: 'set', set: bounds }));
  const anchor = fc
    .constantFrom(
      'text-start' as const,
      'text-end' as const,
      'text-end-or-final-newline' as const,
      'line-start' as const,
      'line-end' as const,
      'word-boundary' as const,
      'not-word-boundary' as const,
    )
    .map(
      (at): PatternNode => ({
        type: 'anchor',
        at,
        word: at.endsWith('word-boundary') ? DEFAULT_DIALECT.classes.word : undefined,
      }),
    );
  const empty = fc.constant<PatternNode>({ type: 'empty' });
  return anchors ? [set, set, set, anchor, empty] : [set, set, set, empty];
}

/** Look-behind of one width only, as Python has it. */
function arbitraryLook(inner: fc.Arbitrary<PatternNode>): fc.Arbitrary<PatternNode> {
  const single = fc
    .constantFrom(...SETS)
    .map((bounds): PatternNode => ({ type: 'set', set: bounds }));
  const behind = fc.tuple(single, fc.boolean()).map(
    ([body, negative]): PatternNode => ({
      type: 'look',
      direction: 'behind',
      negative,
      body,
      position: 0,
    }),
  );
  const ahead = fc.tuple(inner, fc.boolean()).map(
    ([body, negative]): PatternNode => ({
      type: 'look',
      direction: 'ahead',
      negative,
      body,
      position: 0,
    }),
  );
  return fc.oneof(behind, ahead);
}
