import type { NamePatternSource } from '../../model/permission.js';
import type { PythonVersion } from '../../model/python-version.js';
import { parseNamePattern } from './compile-name-pattern.js';
import type { Formula } from './formula.js';
import {
  Alphabet,
  type AutomatonState,
  buildNameAutomaton,
  type CharacterClass,
  type NameAutomaton,
  NamesUndecidedError,
} from './name-automaton.js';
import { choiceOf, textOf } from './pattern-builders.js';
import type { PatternNode } from './pattern-tree.js';

/**
 * Names that a row of an exploration matches: one of some patterns, or one of some names as they
 * are.
 */
export type NameRow =
  | { readonly patterns: readonly NamePatternSource[] }
  | { readonly names: readonly string[] };

export interface NameExploration {
  /** A row matches a name if one of its patterns does. */
  readonly rows: readonly NameRow[];
  /**
   * The position of a row that every name of interest matches: names that it cannot match are left
   * out.
   */
  readonly needed?: number | undefined;
  /** The version of Python that reads the patterns. Default: `3.12`. */
  readonly python?: PythonVersion | undefined;
  /** Maximum number of states. */
  readonly maxStates: number;
  /** Maximum number of steps between states of single patterns. */
  readonly maxSteps: number;
  /**
   * Called once for each state, the shortest names first.
   *
   * @param matches by row: whether it matches the name
   * @returns true to stop
   */
  visit(matches: readonly boolean[], name: () => string): boolean;
}

/** `all`: every way in which names can match was visited. */
export type ExplorationResult =
  | { readonly result: 'all' | 'stopped'; readonly steps: number }
  | { readonly result: 'undecided'; readonly reason: string; readonly steps: number };

/**
 * Goes through all names there are, by the ways in which patterns match them: names after which the
 * automata of all patterns are in the same states are one.
 *
 * Names of a registry are UTF-8 text, so that lone surrogates are left out.
 */
export function exploreNames(exploration: NameExploration): ExplorationResult {
  try {
    return new Explorer(exploration).run();
  } catch (error) {
    if (!(error instanceof NamesUndecidedError)) throw error;
    return { result: 'undecided', reason: error.message, steps: 0 };
  }
}

/** A place in the exploration: the states that are live, and the character before. */
interface Place {
  readonly live: readonly number[];
  readonly before: CharacterClass | undefined;
  readonly parent: Place | undefined;
}

// A state's number in a live list, with what `$` before a final newline still asks for.
const FREE = 0;
/** A newline has to follow, and then the end. */
const NEWLINE_DUE = 1;
const END_DUE = 2;
const DUES = 3;

class Explorer {
  readonly #exploration: NameExploration;
  readonly #conditions: readonly Condition[];
  readonly #automaton: NameAutomaton;
  readonly #alphabet: Alphabet;
  readonly #leafCount: number;
  /** Leaves that have to be live for a name to be of interest. */
  readonly #neededLeaves: readonly number[];
  /** By state: the leaf that it belongs to. */
  readonly #leafOf: Int32Array;
  /** By state: which classes it takes; undefined for a state that consumes nothing. */
  readonly #members: readonly (Uint8Array | undefined)[];
  readonly #seen = new Set<string>();
  #steps = 0;

  constructor(exploration: NameExploration) {
    this.#exploration = exploration;
    const trees: PatternNode[] = [];
    this.#conditions = exploration.rows.map((row) =>
      numberLeaves(formulaOf(row, exploration.python), trees),
    );
    this.#leafCount = trees.length;
    this.#automaton = buildNameAutomaton(trees);
    this.#alphabet = new Alphabet(this.#automaton);
    this.#leafOf = leavesOf(this.#automaton);
    this.#members = this.#automaton.states.map((state) =>
      state.op === 'set' ? this.#alphabet.membersOf(state.set) : undefined,
    );
    const { needed } = exploration;
    this.#neededLeaves =
      needed === undefined ? [] : neededLeaves(this.#conditions[needed] as Condition);
  }

  run(): ExplorationResult {
    const { starts } = this.#automaton;
    const first = {
      live: starts.map((state) => state * DUES),
      before: undefined,
      parent: undefined,
    };
    let places: readonly Place[] = this.#isNew(first) ? [first] : [];
    while (places.length > 0) {
      const next: Place[] = [];
      for (const place of places) {
        if (this.#visit(place)) return { result: 'stopped', steps: this.#steps };
        for (const following of this.#follow(place)) {
          if (this.#seen.size > this.#exploration.maxStates) return this.#undecided('states');
          if (this.#steps > this.#exploration.maxSteps) return this.#undecided('steps');
          next.push(following);
        }
      }
      places = next;
    }
    return { result: 'all', steps: this.#steps };
  }

  #undecided(what: string): ExplorationResult {
    const { maxStates, maxSteps } = this.#exploration;
    const most = what === 'states' ? maxStates : maxSteps;
    return {
      result: 'undecided',
      reason: `the search takes more than ${most} ${what}`,
      steps: this.#steps,
    };
  }

  #isNew({ live, before }: Place): boolean {
    const context = this.#automaton.hasAnchors ? contextOf(before) : '';
    const key = `${context}${live.join()}`;
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }

  #visit(place: Place): boolean {
    const accepted = new Uint8Array(this.#leafCount);
    for (const item of this.#closure(place, undefined)) {
      const state = this.#stateOf(item);
      if (state.op === 'accept' && item % DUES !== NEWLINE_DUE) accepted[state.leaf] = 1;
    }
    const matches = this.#conditions.map((condition) => holds(condition, accepted));
    return this.#exploration.visit(matches, () => nameOf(place));
  }

  *#follow(place: Place): Generator<Place> {
    const { classes } = this.#alphabet;
    const { hasAnchors } = this.#automaton;
    const shared = hasAnchors ? undefined : this.#closure(place, undefined);
    for (const [position, next] of classes.entries()) {
      const live = new Set<number>();
      for (const item of shared ?? this.#closure(place, next)) {
        const moved = this.#move(item, position, next);
        if (moved >= 0) live.add(moved);
      }
      const following = { live: [...live].sort((a, b) => a - b), before: next, parent: place };
      if (this.#isOfInterest(following.live) && this.#isNew(following)) yield following;
    }
  }

  #move(item: number, position: number, next: CharacterClass): number {
    const state = this.#stateOf(item);
    const due = item % DUES;
    if (state.op !== 'set' || due === END_DUE) return -1;
    if (this.#members[Math.floor(item / DUES)]?.[position] !== 1) return -1;
    if (due === NEWLINE_DUE) return next.isNewline ? state.next * DUES + END_DUE : -1;
    return state.next * DUES + FREE;
  }

  #isOfInterest(live: readonly number[]): boolean {
    return this.#neededLeaves.every((leaf) =>
      live.some((item) => this.#leafOf[Math.floor(item / DUES)] === leaf),
    );
  }

  /** All that is reached before `next`, or before the end, without consuming anything. */
  #closure({ live, before }: Place, next: CharacterClass | undefined): readonly number[] {
    const reached = new Set(live);
    // A set is gone through in the order of insertion, later additions included.
    for (const item of reached) {
      this.#steps += 1;
      const state = this.#stateOf(item);
      const due = item % DUES;
      if (state.op === 'split') for (const one of state.next) reached.add(one * DUES + due);
      if (state.op !== 'anchor') continue;
      const passed = passAnchor(state, before, next, due);
      if (passed >= 0) reached.add(state.next * DUES + passed);
    }
    return [...reached];
  }

  #stateOf(item: number): AutomatonState {
    return this.#automaton.states[Math.floor(item / DUES)] as AutomatonState;
  }
}

/** What is due after an anchor between two characters; -1 where it does not hold. */
function passAnchor(
  { at, ascii }: Extract<AutomatonState, { readonly op: 'anchor' }>,
  before: CharacterClass | undefined,
  next: CharacterClass | undefined,
  due: number,
): number {
  const isWord = (one: CharacterClass | undefined): boolean =>
    one !== undefined && (ascii ? one.isAsciiWord : one.isWord);
  switch (at) {
    case 'text-start':
      return before === undefined ? due : -1;
    case 'text-end':
      return next === undefined ? due : -1;
    case 'text-end-or-final-newline':
      if (next === undefined) return due;
      return next.isNewline && due !== END_DUE ? NEWLINE_DUE : -1;
    case 'line-start':
      return before === undefined || before.isNewline ? due : -1;
    case 'line-end':
      return next === undefined || next.isNewline ? due : -1;
    case 'word-boundary':
      return isWord(before) !== isWord(next) ? due : -1;
    case 'not-word-boundary':
      // As in Python, it does not hold in an empty name.
      if (before === undefined && next === undefined) return -1;
      return isWord(before) === isWord(next) ? due : -1;
  }
}

function contextOf(before: CharacterClass | undefined): string {
  if (before === undefined) return 'start|';
  return `${Number(before.isNewline)}${Number(before.isWord)}${Number(before.isAsciiWord)}|`;
}

function nameOf(place: Place): string {
  const codePoints: number[] = [];
  for (let one: Place | undefined = place; one?.before !== undefined; one = one.parent) {
    codePoints.push(one.before.example);
  }
  return String.fromCodePoint(...codePoints.reverse());
}

function formulaOf(row: NameRow, python: PythonVersion | undefined): Formula {
  if ('names' in row) return { type: 'leaf', tree: choiceOf(row.names.map(textOf)) };
  const parts = row.patterns.map((pattern) => parseNamePattern(pattern, python));
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { type: 'or', parts };
}

/** A formula whose leaves are numbers. */
type Condition =
  | { readonly type: 'leaf'; readonly leaf: number }
  | { readonly type: 'not'; readonly part: Condition }
  | { readonly type: 'and' | 'or'; readonly parts: readonly Condition[] };

/** Puts the trees of all leaves into a list, and their positions in their place. */
function numberLeaves(formula: Formula, trees: PatternNode[]): Condition {
  switch (formula.type) {
    case 'leaf':
      return { type: 'leaf', leaf: trees.push(formula.tree) - 1 };
    case 'not':
      return { type: 'not', part: numberLeaves(formula.part, trees) };
    default:
      return { type: formula.type, parts: formula.parts.map((part) => numberLeaves(part, trees)) };
  }
}

function holds(condition: Condition, accepted: Uint8Array): boolean {
  switch (condition.type) {
    case 'leaf':
      return accepted[condition.leaf] === 1;
    case 'not':
      return !holds(condition.part, accepted);
    case 'and':
      return condition.parts.every((part) => holds(part, accepted));
    case 'or':
      return condition.parts.some((part) => holds(part, accepted));
  }
}

/** Leaves without which a condition does not hold. */
function neededLeaves(condition: Condition): readonly number[] {
  if (condition.type === 'leaf') return [condition.leaf];
  return condition.type === 'and' ? condition.parts.flatMap(neededLeaves) : [];
}

/** By state: the leaf whose automaton it belongs to. */
function leavesOf({ states, starts }: NameAutomaton): Int32Array {
  const leaves = new Int32Array(states.length);
  // The states of a leaf are added one after the other, the first of them being its end.
  let leaf = -1;
  for (const [position, state] of states.entries()) {
    if (state.op === 'accept') leaf += 1;
    leaves[position] = Math.min(leaf, starts.length - 1);
  }
  return leaves;
}
