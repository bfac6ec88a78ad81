import { getOrAdd } from '../../foundation/get-or-add.js';
import { singleCodePoint } from './code-point-set.js';
import { widthOf } from './pattern-builders.js';
import {
  type CodePointSet,
  childrenOf,
  type PatternNode,
  type RepeatNode,
} from './pattern-tree.js';

/** Bits of a word. */
export const WORD = 32;

/**
 * A part of a pattern, with what is known of it after the characters read so far: for each value of
 * the counters around it, one bit says whether the part has just been read to its end with these
 * values.
 */
export interface CountingNode {
  readonly op: 'set' | 'run' | 'sequence' | 'choice' | 'loop' | 'optional' | 'count';
  /** Whether it may be left without reading anything. */
  readonly nullable: boolean;
  /**
   * Where its bits stand in the memory of the program; `loop` and `optional` share their body's.
   */
  readonly bits: number;
  /** Words of its bits: those of the counters around it. */
  readonly words: number;
  /** `sequence`: items; `choice`: options; the others: one body, `set` and `run` none. */
  readonly parts: readonly CountingNode[];
  /**
   * `set`, and `run`, which is a set repeated to a highest count: what it reads, one code point or
   * a set with a bit for each member below U+0080.
   */
  readonly codePoint: number;
  readonly set: CodePointSet;
  readonly ascii: Int32Array;
  /**
   * Where working memory stands, of as many words as its parts have; in a `run`, the bits of its
   * set.
   */
  readonly work: number;
  /** `count` and `run`: words of the bits of what is counted. */
  readonly inner: number;
  /**
   * `count` and `run`: bits from a value of the counter to the next, the number of values, and the
   * first value at which to leave.
   */
  readonly stride: number;
  readonly values: number;
  readonly leaveFrom: number;
  /** `count`: whether the highest value stands for all above it, too. */
  readonly saturates: boolean;
  /** `sequence`: from this item on, all after it may be left out. */
  readonly lastNeeded: number;
  /** Whether one of its parts has any bit set; where not, all of them are 0. */
  live: boolean;
  /** Whether it has been read to its end with any values of the counters. */
  done: boolean;
  /**
   * `sequence`: the first and the last item that is live; `run`: the first and the last word that
   * is not 0.
   */
  firstLive: number;
  lastLive: number;
}

export interface CountingProgram {
  readonly root: CountingNode;
  /** Words of memory. The first one is the input of the root. */
  readonly words: number;
}

/**
 * What a pattern takes: the bits that it keeps, as many as the states of an automaton in which
 * counts are written out.
 */
export function countBits(tree: PatternNode, around = 1): number {
  switch (tree.type) {
    case 'set':
      return around;
    case 'sequence':
      return tree.items.reduce((total, item) => total + countBits(item, around), 0);
    case 'choice':
      return tree.options.reduce((total, option) => total + countBits(option, around), 0);
    case 'repeat': {
      const values = valuesOf(tree);
      return around + countBits(tree.body, values === 1 ? around : strideOf(around) * values);
    }
    default:
      return 0;
  }
}

const COUNTABLE: ReadonlySet<PatternNode['type']> = new Set([
  'empty',
  'set',
  'sequence',
  'choice',
  'repeat',
]);

/**
 * Whether the pattern is made of what counters can run: no conditions on places, no atomic groups.
 * So the order of its choices does not matter, and a round of a repeat that reads nothing changes
 * nothing.
 */
export function isCountable(tree: PatternNode): boolean {
  return COUNTABLE.has(tree.type) && childrenOf(tree).every(isCountable);
}

/** Whether any repeat has a counter. */
export function hasCounts(tree: PatternNode): boolean {
  return (tree.type === 'repeat' && valuesOf(tree) > 1) || childrenOf(tree).some(hasCounts);
}

/**
 * Turns a pattern that is countable into a program. @returns undefined for one that reads nothing
 * at all
 */
export function buildCountingProgram(tree: PatternNode): CountingProgram | undefined {
  const builder = new CountingBuilder();
  const root = builder.build(tree, 1);
  return root === undefined ? undefined : { root, words: builder.words };
}

class CountingBuilder {
  words = 1;
  readonly #ascii = new Map<CodePointSet, Int32Array>();

  /**
   * @param around bits of the counters around the node @returns undefined for what reads nothing
   */
  build(tree: PatternNode, around: number): CountingNode | undefined {
    switch (tree.type) {
      case 'set':
        return this.#node('set', around, this.#reads(tree.set));
      case 'sequence': {
        const items = this.#all(tree.items, around);
        if (items.length < 2) return items[0];
        const nullable = items.every((item) => item.nullable);
        const lastNeeded = items.findLastIndex((item) => !item.nullable);
        return this.#node('sequence', around, { parts: items, nullable, lastNeeded });
      }
      case 'choice':
        return this.#choice(tree.options, around);
      case 'repeat':
        return this.#repeat(tree, around);
      default:
        return undefined;
    }
  }

  #all(trees: readonly PatternNode[], around: number): CountingNode[] {
    return trees.map((tree) => this.build(tree, around)).filter((node) => node !== undefined);
  }

  #reads(set: CodePointSet): Pick<CountingNode, 'codePoint' | 'set' | 'ascii'> {
    const ascii = getOrAdd(this.#ascii, set, () => asciiOf(set));
    return { codePoint: singleCodePoint(set) ?? -1, set, ascii };
  }

  #choice(trees: readonly PatternNode[], around: number): CountingNode | undefined {
    const options = this.#all(trees, around);
    const nullable = options.length < trees.length || options.some((option) => option.nullable);
    const [first] = options;
    if (first === undefined) return undefined;
    if (options.length > 1) return this.#node('choice', around, { parts: options, nullable });
    return nullable && !first.nullable ? this.#wrap('optional', first) : first;
  }

  #repeat(tree: RepeatNode, around: number): CountingNode | undefined {
    const { min, max } = tree;
    if (max === 0) return undefined;
    const values = valuesOf(tree);
    if (values === 1) {
      const body = this.build(tree.body, around);
      if (body === undefined) return undefined;
      const part = max > 1 ? this.#wrap('loop', body) : body;
      return min === 0 && !part.nullable ? this.#wrap('optional', part) : part;
    }
    const stride = strideOf(around);
    const counter = { stride, values, saturates: max === Infinity };
    const inner = Math.ceil((stride * values) / WORD);
    if (tree.body.type === 'set' && max !== Infinity) {
      const details = { inner, work: this.#reserve(inner), nullable: min === 0, ...counter };
      const leaveFrom = Math.max(min, 1);
      return this.#node('run', around, { ...details, ...this.#reads(tree.body.set), leaveFrom });
    }
    const body = this.build(tree.body, stride * values);
    if (body === undefined) return undefined;
    // Rounds that read nothing fill up what is missing to the least number.
    const least = body.nullable ? 0 : min;
    return this.#node('count', around, {
      parts: [body],
      nullable: least === 0,
      inner,
      work: this.#reserve(inner),
      leaveFrom: Math.max(least, 1),
      ...counter,
    });
  }

  #wrap(op: 'loop' | 'optional', body: CountingNode): CountingNode {
    const nullable = op === 'optional' || body.nullable;
    const work = op === 'loop' ? this.#reserve(body.words) : 0;
    return { ...body, op, nullable, parts: [body], work };
  }

  #node(op: CountingNode['op'], around: number, details: Partial<CountingNode>): CountingNode {
    const words = Math.ceil(around / WORD);
    const bits = this.#reserve(words);
    // What comes from the items before, and what an item had before it read on.
    const work = op === 'sequence' ? this.#reserve(2 * words) : 0;
    return {
      op,
      nullable: false,
      bits,
      words,
      parts: [],
      codePoint: -1,
      set: [],
      ascii: NO_ASCII,
      work,
      inner: 0,
      stride: 0,
      values: 1,
      leaveFrom: 1,
      saturates: false,
      lastNeeded: -1,
      live: false,
      done: false,
      firstLive: 0,
      lastLive: -1,
      ...details,
    };
  }

  #reserve(words: number): number {
    const at = this.words;
    this.words += words;
    return at;
  }
}

const NO_ASCII = new Int32Array(4);

function asciiOf(set: CodePointSet): Int32Array {
  const ascii = new Int32Array(4);
  for (let range = 0; range < set.length; range += 2) {
    const last = Math.min(set[range + 1] as number, 0x7f);
    for (let code = set[range] as number; code <= last; code++)
      ascii[code >>> 5] = (ascii[code >>> 5] as number) | (1 << (code & 31));
  }
  return ascii;
}

/** How many values the counter of a repeat has; 1: it needs none. */
function valuesOf({ body, min, max }: RepeatNode): number {
  // A body that may read nothing can be left out as often as wanted.
  const least = widthOf(body).min === 0 ? 0 : min;
  return max === Infinity ? Math.max(1, least) : Math.max(1, max);
}

/**
 * Bits from one value of a counter to the next: so that a value of the counters around it never
 * lies in two words.
 */
function strideOf(around: number): number {
  if (around >= WORD) return WORD * Math.ceil(around / WORD);
  let stride = 1;
  while (stride < around) stride *= 2;
  return stride;
}
