import { buildBackwardProgram, type Program, type State } from './backward-program.js';
import { widthOf } from './pattern-builders.js';
import type { AnchorNode, PatternNode } from './pattern-tree.js';

/**
 * Compiles the exact test of a pattern that RE2 cannot say: Unicode word anchors, `$` before a
 * final newline, high counts, atomic groups.
 *
 * The name is read from its end to its start. At each place every state of the pattern gets its
 * answer: where the first match of what is left of the pattern ends. An atomic group asks where its
 * own first match ends and goes on from there.
 *
 * Shape: `tree` is simplified, without look-around, and has to match the whole name; `program` is
 * that of the tree. Cost: time O(states × length of the name); memory O(states + kept states ×
 * length).
 *
 * @throws {@link ProgramTooLargeError} where the pattern takes too many states
 * @source CPython 3.11.7, `_sre`: same matches, other method
 */
export function compileBackwardTest(
  tree: PatternNode,
  program: Program = buildBackwardProgram(tree),
): (name: string) => boolean {
  const { min, max } = widthOf(tree);
  return (name) => {
    // A code point is one code unit or two.
    if (name.length < min || name.length > 2 * max) return false;
    return matches(program, codePointsOf(name));
  };
}

function codePointsOf(text: string): Int32Array {
  const codePoints = new Int32Array(text.length);
  let count = 0;
  for (let i = 0; i < text.length; i += 1) {
    const codePoint = text.codePointAt(i) as number;
    if (codePoint > 0xffff) i += 1;
    codePoints[count] = codePoint;
    count += 1;
  }
  return codePoints.subarray(0, count);
}

/** Answer of a state that has no match. */
const NONE = -1;

const NEWLINE = 0x0a;

/** What is known at a place of the name and to the right of it. */
interface Sweep {
  readonly name: Int32Array;
  /** The place: how many code points stand before it. */
  place: number;
  /** Answers at the place, by index of the state. */
  here: Int32Array;
  /** Answers one code point to the right. */
  right: Int32Array;
  /** Answers at all places, of the states that are kept. */
  readonly kept: readonly Int32Array[];
  readonly windows: Map<State, RunWindow>;
}

/** What a run of a set remembers from place to place. */
interface RunWindow {
  /** Where the code points of the set end that start at the place. */
  end: number;
  /**
   * Greedy: no place above it has an answer that is still in reach. Lazy: the lowest place known to
   * have an answer.
   */
  candidate: number;
}

function matches(program: Program, name: Int32Array): boolean {
  const { states, entry, keptCount } = program;
  const sweep: Sweep = {
    name,
    place: name.length,
    here: new Int32Array(states.length).fill(NONE),
    right: new Int32Array(states.length).fill(NONE),
    kept: Array.from({ length: keptCount }, () => new Int32Array(name.length + 1)),
    windows: new Map(),
  };
  for (; sweep.place >= 0; sweep.place -= 1) {
    const { right } = sweep;
    sweep.right = sweep.here;
    sweep.here = right;
    for (const state of states) {
      const answer = answerOf(state, sweep);
      sweep.here[state.index] = answer;
      if (state.kept >= 0) (sweep.kept[state.kept] as Int32Array)[sweep.place] = answer;
    }
  }
  return sweep.here[entry.index] !== NONE;
}

function answerOf(state: State, sweep: Sweep): number {
  const { place, name, here } = sweep;
  switch (state.op) {
    case 'name-end':
      return place === name.length ? place : NONE;
    case 'group-end':
      return place;
    case 'set':
      return place < name.length && accepts(state, name[place])
        ? at(sweep.right, state.next)
        : NONE;
    case 'choice': {
      const first = at(here, state.next);
      return first === NONE ? at(here, state.other) : first;
    }
    case 'anchor':
      return anchorHolds(state, name, place) ? at(here, state.next) : NONE;
    case 'group': {
      const end = at(here, state.body);
      if (end === NONE) return NONE;
      return end === place
        ? at(here, state.other)
        : (keptAnswers(state.next as State, sweep)[end] ?? NONE);
    }
    case 'run':
      return runAnswer(state, sweep);
  }
}

function accepts(state: State, codePoint: number | undefined): boolean {
  return (state.accepts as (codePoint: number) => boolean)(codePoint as number);
}

function at(answers: Int32Array, state: State | undefined): number {
  return answers[(state as State).index] as number;
}

function keptAnswers(state: State, sweep: Sweep): Int32Array {
  return sweep.kept[state.kept] as Int32Array;
}

/**
 * Picks the last (greedy) or first (lazy) place in reach that has an answer. As the start moves
 * left, so do both ends of the reach: each place is looked at once.
 */
function runAnswer(state: State, sweep: Sweep): number {
  const { place, name } = sweep;
  const { min, max, greedy } = state.run as NonNullable<State['run']>;
  const window = windowOf(state, sweep);
  if (place === name.length || !accepts(state, name[place])) {
    window.end = place;
    return NONE;
  }
  const answers = keptAnswers(state.next as State, sweep);
  const low = place + min;
  const high = Math.min(place + max, window.end);
  if (low > high) return NONE;
  if (greedy) {
    window.candidate = Math.min(window.candidate, high);
    while (window.candidate >= low && answers[window.candidate] === NONE) window.candidate -= 1;
  } else if (answers[low] !== NONE) {
    window.candidate = low;
  }
  return window.candidate >= low && window.candidate <= high
    ? (answers[window.candidate] as number)
    : NONE;
}

function windowOf(state: State, sweep: Sweep): RunWindow {
  let window = sweep.windows.get(state);
  if (window === undefined) {
    const end = sweep.name.length;
    // Beyond the name: no answer is known yet.
    window = { end, candidate: end + 1 };
    sweep.windows.set(state, window);
  }
  return window;
}

/**
 * Whether a condition holds at a place of the name. @source CPython 3.11.7, `_sre`: no word anchor
 * holds in an empty text
 */
function anchorHolds(state: State, name: Int32Array, place: number): boolean {
  const { length } = name;
  const { at } = state.anchor as AnchorNode;
  switch (at) {
    case 'text-start':
      return place === 0;
    case 'text-end':
      return place === length;
    case 'text-end-or-final-newline':
      return place === length || (place === length - 1 && name[place] === NEWLINE);
    case 'line-start':
      return place === 0 || name[place - 1] === NEWLINE;
    case 'line-end':
      return place === length || name[place] === NEWLINE;
    default: {
      const before = place > 0 && accepts(state, name[place - 1]);
      const after = place < length && accepts(state, name[place]);
      return length > 0 && (before !== after) === (at === 'word-boundary');
    }
  }
}
