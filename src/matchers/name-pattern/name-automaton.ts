import { ASCII_WORD_SET } from './character-classes.js';
import { EMPTY_SET, intersectSets, setContains, unionSets } from './code-point-set.js';
import type { AnchorNode, CodePointSet, PatternNode, RepeatNode } from './pattern-tree.js';

/** Why a question about the names of a pattern has no answer. */
export class NamesUndecidedError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'NamesUndecidedError';
  }
}

/** Maximum number of states of all patterns of a question together. */
const MAX_STATES = 20_000;

/**
 * A state of a nondeterministic automaton. `set` consumes a code point; `split` and `anchor` go on
 * without one; `accept` is the end of the pattern whose number it has.
 */
export type AutomatonState =
  | { readonly op: 'set'; readonly set: CodePointSet; readonly next: number }
  | { readonly op: 'split'; readonly next: readonly number[] }
  | {
      readonly op: 'anchor';
      readonly at: AnchorNode['at'];
      readonly ascii: boolean;
      readonly next: number;
    }
  | { readonly op: 'accept'; readonly leaf: number };

/** The automata of several patterns, side by side. */
export interface NameAutomaton {
  readonly states: readonly AutomatonState[];
  /** By pattern: its first state. */
  readonly starts: readonly number[];
  readonly hasAnchors: boolean;
  /**
   * What Unicode word anchors take for a word: all patterns are of one Python. Empty without such
   * anchors.
   */
  readonly words: CodePointSet;
}

/**
 * Builds the automata of patterns, each of which has to match a whole name.
 *
 * @param trees simplified, and without look-around
 * @throws {@link NamesUndecidedError} on an atomic group, and where more than 20,000 states would
 *   be needed
 */
export function buildNameAutomaton(trees: readonly PatternNode[]): NameAutomaton {
  const builder = new AutomatonBuilder();
  const starts = trees.map((tree, leaf) => builder.emit(tree, builder.add({ op: 'accept', leaf })));
  return { states: builder.states, starts, hasAnchors: builder.hasAnchors, words: builder.words };
}

class AutomatonBuilder {
  readonly states: AutomatonState[] = [];
  hasAnchors = false;
  words: CodePointSet = EMPTY_SET;

  add(state: AutomatonState): number {
    if (this.states.length >= MAX_STATES) {
      throw new NamesUndecidedError(`the patterns take more than ${MAX_STATES} states`);
    }
    return this.states.push(state) - 1;
  }

  /** @returns the first state of `node`, which goes on at `next` */
  emit(node: PatternNode, next: number): number {
    switch (node.type) {
      case 'empty':
        return next;
      case 'set':
        return this.add({ op: 'set', set: node.set, next });
      case 'sequence':
        return node.items.reduceRight((after, item) => this.emit(item, after), next);
      case 'choice':
        return this.add({ op: 'split', next: node.options.map((one) => this.emit(one, next)) });
      case 'repeat':
        return this.#repeat(node, next);
      case 'anchor':
        this.hasAnchors = true;
        if (node.word !== ASCII_WORD_SET) this.words = node.word ?? this.words;
        return this.add({ op: 'anchor', at: node.at, ascii: node.word === ASCII_WORD_SET, next });
      case 'atomic':
        throw new NamesUndecidedError('a pattern has an atomic group or a possessive repeat');
      case 'look':
        throw new TypeError('an automaton has no state for look-around');
    }
  }

  #repeat({ body, min, max }: RepeatNode, next: number): number {
    let first = next;
    if (max === Infinity) {
      const targets: number[] = [next];
      first = this.add({ op: 'split', next: targets });
      targets.push(this.emit(body, first));
    } else {
      for (let count = min; count < max; count++) {
        first = this.add({ op: 'split', next: [next, this.emit(body, first)] });
      }
    }
    for (let count = 0; count < min; count++) first = this.emit(body, first);
    return first;
  }
}

/** Code points that all patterns treat alike. */
export interface CharacterClass {
  readonly example: number;
  readonly isNewline: boolean;
  readonly isWord: boolean;
  readonly isAsciiWord: boolean;
}

/** Surrogates stand in no name of a registry, which is UTF-8. */
const CHARACTERS: CodePointSet = [0, 0xd7ff, 0xe000, 0x10ffff];
const NEWLINE: CodePointSet = [0x0a, 0x0a];
/** What a name is rather written with, from the best on. */
const PREFERRED: readonly CodePointSet[] = [
  [0x61, 0x7a],
  [0x30, 0x39, 0x5f, 0x5f],
  [0x41, 0x5a],
  [0x21, 0x7e],
];

/** The classes of all sets of an automaton, and which of them each set holds. */
export class Alphabet {
  readonly classes: readonly CharacterClass[];
  readonly #members = new Map<CodePointSet, Uint8Array>();

  constructor({ states, hasAnchors, words }: NameAutomaton) {
    const sets = new Set(states.flatMap((state) => (state.op === 'set' ? [state.set] : [])));
    const context = hasAnchors ? [NEWLINE, words, ASCII_WORD_SET] : [];
    const classes = partition([...sets, ...context]);
    this.classes = classes
      .map(exampleOf)
      .sort((a, b) => rankOf(a) - rankOf(b) || a - b)
      .map((example) => ({
        example,
        isNewline: example === 0x0a,
        isWord: setContains(words, example),
        isAsciiWord: setContains(ASCII_WORD_SET, example),
      }));
  }

  /** Whether a set holds a class, by the class's position. */
  membersOf(set: CodePointSet): Uint8Array {
    let members = this.#members.get(set);
    if (members === undefined) {
      members = Uint8Array.from(this.classes, ({ example }) => (setContains(set, example) ? 1 : 0));
      this.#members.set(set, members);
    }
    return members;
  }
}

/** Splits all characters into the largest parts that each of `sets` holds whole or not at all. */
function partition(sets: readonly CodePointSet[]): readonly CodePointSet[] {
  const starts = new Set<number>([0, 0xe000]);
  for (const set of sets) {
    for (let index = 0; index < set.length; index += 2) {
      starts.add(set[index] as number);
      starts.add((set[index + 1] as number) + 1);
    }
  }
  const bounds = [...starts].sort((a, b) => a - b).filter((start) => start <= 0x10ffff);
  const parts = new Map<string, number[]>();
  for (const [index, first] of bounds.entries()) {
    const last = (bounds[index + 1] ?? 0x110000) - 1;
    const signature = sets.map((set) => (setContains(set, first) ? '1' : '0')).join('');
    const part = parts.get(signature);
    if (part === undefined) parts.set(signature, [first, last]);
    else part.push(first, last);
  }
  return Array.from(parts.values(), (ranges) =>
    intersectSets(unionSets(ranges), CHARACTERS),
  ).filter((part) => part.length > 0);
}

function exampleOf(part: CodePointSet): number {
  for (const preferred of PREFERRED) {
    const [first] = intersectSets(part, preferred);
    if (first !== undefined) return first;
  }
  return part[0] as number;
}

function rankOf(codePoint: number): number {
  const rank = PREFERRED.findIndex((set) => setContains(set, codePoint));
  return rank < 0 ? PREFERRED.length : rank;
}
