/**
 * The tree that a name pattern is parsed into, whatever syntax it was written in.
 *
 * Flags are gone: `(?i)` has widened the sets, `(?s)` the dot, `(?a)` the classes, `(?m)` has
 * chosen the anchors. Capture groups are gone too, since a name pattern only answers whether the
 * whole name matches.
 */
export type PatternNode =
  | EmptyNode
  | SetNode
  | SequenceNode
  | ChoiceNode
  | RepeatNode
  | AtomicNode
  | AnchorNode
  | LookNode;

/** Matches without consuming anything. */
export interface EmptyNode {
  readonly type: 'empty';
}

/** Consumes one code point of the set. An empty set never matches. */
export interface SetNode {
  readonly type: 'set';
  readonly set: CodePointSet;
}

export interface SequenceNode {
  readonly type: 'sequence';
  readonly items: readonly PatternNode[];
}

/** Ordered alternatives; the order matters inside an atomic group only. */
export interface ChoiceNode {
  readonly type: 'choice';
  readonly options: readonly PatternNode[];
}

export interface RepeatNode {
  readonly type: 'repeat';
  readonly body: PatternNode;
  readonly min: number;
  /** `Infinity`: unbounded. */
  readonly max: number;
  /**
   * Greedy or lazy; it matters inside an atomic group only. A possessive repeat is an atomic group
   * around a greedy one.
   */
  readonly greedy: boolean;
}

/** `(?>...)`: once left, its first match stands. */
export interface AtomicNode {
  readonly type: 'atomic';
  readonly body: PatternNode;
}

/** A condition on the place between two code points. */
export interface AnchorNode {
  readonly type: 'anchor';
  readonly at:
    | 'text-start'
    | 'text-end'
    | 'text-end-or-final-newline'
    | 'line-start'
    | 'line-end'
    | 'word-boundary'
    | 'not-word-boundary';
  /** What a word anchor takes for a word; undefined: another anchor. */
  readonly word: CodePointSet | undefined;
}

export interface LookNode {
  readonly type: 'look';
  readonly direction: 'ahead' | 'behind';
  readonly negative: boolean;
  readonly body: PatternNode;
  /** Offset of the group in the pattern, in code points. */
  readonly position: number;
}

/**
 * A set of code points: `[first, last, first, last, …]`, both inclusive, ascending, neither
 * overlapping nor adjacent.
 */
export type CodePointSet = readonly number[];

export const MAX_CODE_POINT = 0x10ffff;

/** The patterns that a pattern is made of. */
export function childrenOf(node: PatternNode): readonly PatternNode[] {
  switch (node.type) {
    case 'sequence':
      return node.items;
    case 'choice':
      return node.options;
    case 'repeat':
    case 'atomic':
    case 'look':
      return [node.body];
    default:
      return [];
  }
}
