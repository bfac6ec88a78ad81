import { EMPTY_SET, setContains } from './code-point-set.js';
import { widthOf } from './pattern-builders.js';
import type { AnchorNode, CodePointSet, PatternNode, RepeatNode } from './pattern-tree.js';

/** Most states of a pattern: the time of a match is their number times the length of the name. */
export const MAX_PATTERN_STATES = 20_000;

export const TOO_MANY_STATES: string = `pattern that takes more than ${MAX_PATTERN_STATES} states`;

/** Most states whose answers are kept for all places of a name at once. */
const MAX_KEPT = 32;

/** Counts up to this one are written out. */
const MAX_WRITTEN_OUT = 64;

/** Why a pattern gets no program. */
export class ProgramTooLargeError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'ProgramTooLargeError';
  }
}

/**
 * A step of the pattern at a place of the name. Its answer there is where the first match of what
 * is left of the pattern ends, or -1.
 */
export interface State {
  readonly op: 'name-end' | 'group-end' | 'set' | 'choice' | 'anchor' | 'group' | 'run';
  /** Where to go on, except for `name-end` and `group-end`. For `choice`, what to try first. */
  next: State | undefined;
  /** `choice`: what to try next. `group`: where to go on when the group has consumed nothing. */
  other: State | undefined;
  /** `group`: the group's first state. */
  readonly body: State | undefined;
  readonly anchor: AnchorNode | undefined;
  /** `set` and `run`: whether a code point belongs. `anchor`: whether it is of a word. */
  readonly accepts: ((codePoint: number) => boolean) | undefined;
  /** `run`: how many code points of the set. */
  readonly run: Pick<RepeatNode, 'min' | 'max' | 'greedy'> | undefined;
  /** Place in `Program.states`, -1 until it is known. */
  index: number;
  /**
   * Place among the states whose answers are kept for all places of the name, -1 for the others.
   */
  kept: number;
}

/** A pattern as states; what a state asks of another one at the same place stands before it. */
export interface Program {
  readonly states: readonly State[];
  readonly entry: State;
  readonly keptCount: number;
}

/**
 * Turns a pattern into states.
 *
 * Shape: `tree` is simplified, without look-around, and has to match the whole name.
 *
 * @throws {@link ProgramTooLargeError} where it would take more than {@link MAX_PATTERN_STATES}
 * states, or more than {@link MAX_KEPT} atomic groups and high counts
 */
export function buildBackwardProgram(tree: PatternNode): Program {
  const builder = new ProgramBuilder();
  const end = builder.state('name-end', undefined);
  const entry = builder.emit(tree, end, end);
  return { states: sortStates(entry), entry, keptCount: builder.keptCount };
}

class ProgramBuilder {
  keptCount = 0;
  #stateCount = 0;
  readonly #groupEnd: State = this.state('group-end', undefined);
  readonly #tests: Map<CodePointSet, (codePoint: number) => boolean> = new Map();
  readonly #emitted: Map<PatternNode, Map<State, Map<State, State>>> = new Map();

  state(op: State['op'], next: State | undefined, details: Partial<State> = {}): State {
    this.#stateCount += 1;
    if (this.#stateCount > MAX_PATTERN_STATES) throw new ProgramTooLargeError(TOO_MANY_STATES);
    const none = {
      other: undefined,
      body: undefined,
      anchor: undefined,
      accepts: undefined,
      run: undefined,
    };
    return { op, next, ...none, index: -1, kept: -1, ...details };
  }

  /**
   * Emits `node`, to go on at `moved` when something has been consumed and at `stayed` when not.
   *
   * The two differ in the round of a repeat that may consume nothing: Python leaves the repeat
   * after such a round.
   */
  emit(node: PatternNode, moved: State, stayed: State): State {
    const width = widthOf(node);
    const [onMove, onStay] =
      width.min > 0 ? [moved, moved] : width.max === 0 ? [stayed, stayed] : [moved, stayed];
    if (node.type === 'empty') return onStay;
    // Shared where a repeat within a repeat asks for the same again, which would double with every
    // level.
    const byMoved = entryOf(this.#emitted, node, () => new Map<State, Map<State, State>>());
    const byStayed = entryOf(byMoved, onMove, () => new Map<State, State>());
    return entryOf(byStayed, onStay, () => this.#emitNew(node, onMove, onStay));
  }

  #emitNew(node: PatternNode, moved: State, stayed: State): State {
    switch (node.type) {
      case 'set':
        return this.state('set', moved, { accepts: this.#testOf(node.set) });
      case 'sequence':
        return this.#sequence(node.items, moved, stayed);
      case 'choice': {
        const options = node.options.map((option) => this.emit(option, moved, stayed));
        return options.reduceRight((rest, option) => this.state('choice', option, { other: rest }));
      }
      case 'repeat':
        return this.#repeat(node, moved, stayed);
      case 'anchor':
        return this.state('anchor', stayed, {
          anchor: node,
          accepts: this.#testOf(node.word ?? EMPTY_SET),
        });
      case 'atomic': {
        const body = this.emit(node.body, this.#groupEnd, this.#groupEnd);
        // A group that always consumes is never asked where to stay, and asking could go round in a
        // circle.
        const other = widthOf(node).min > 0 ? undefined : stayed;
        return this.state('group', this.#keep(moved), { other, body });
      }
      default:
        throw new TypeError(`a program has no state for ${node.type}`);
    }
  }

  #sequence(items: readonly PatternNode[], moved: State, stayed: State): State {
    let afterMove = moved;
    let afterStay = stayed;
    for (const item of items.toReversed()) {
      const next = this.emit(item, afterMove, afterMove);
      afterStay = afterStay === afterMove ? next : this.emit(item, afterMove, afterStay);
      afterMove = next;
    }
    return afterStay;
  }

  #repeat(node: RepeatNode, moved: State, stayed: State): State {
    const { body, min, max } = node;
    const highest = max === Infinity ? min : max;
    if (body.type === 'set' && highest > MAX_WRITTEN_OUT) return this.#run(node, moved, stayed);
    let afterMove = moved;
    let afterStay = stayed;
    if (max === Infinity) {
      afterMove = this.#loop(node, moved);
      afterStay = stayed === moved ? afterMove : this.#round(node, afterMove, stayed);
    }
    for (let count = highest; count > 0; count -= 1) {
      const again = afterMove;
      const due = count <= min;
      afterMove = due ? this.emit(body, again, again) : this.#round(node, again, moved);
      if (stayed === moved) afterStay = afterMove;
      else afterStay = due ? this.emit(body, again, afterStay) : this.#round(node, again, stayed);
    }
    return afterStay;
  }

  /** Any number of further rounds. */
  #loop(node: RepeatNode, exit: State): State {
    const loop = this.state('choice', undefined);
    const round = this.emit(node.body, loop, exit);
    loop.next = node.greedy ? round : exit;
    loop.other = node.greedy ? exit : round;
    return loop;
  }

  /** One more round or none, to go on at `again` after a round that consumed something. */
  #round(node: RepeatNode, again: State, exit: State): State {
    const round = this.emit(node.body, again, exit);
    return this.state('choice', node.greedy ? round : exit, { other: node.greedy ? exit : round });
  }

  #run(node: RepeatNode & { readonly body: PatternNode }, moved: State, stayed: State): State {
    const { body, min, max, greedy } = node;
    if (body.type !== 'set') throw new TypeError('only a set can run');
    const details = {
      accepts: this.#testOf(body.set),
      run: { min: Math.max(min, 1), max, greedy },
    };
    const run = this.state('run', this.#keep(moved), details);
    if (min > 0) return run;
    return this.state('choice', greedy ? run : stayed, { other: greedy ? stayed : run });
  }

  #keep(state: State): State {
    if (state.kept < 0) {
      state.kept = this.keptCount;
      this.keptCount += 1;
      if (this.keptCount > MAX_KEPT) {
        throw new ProgramTooLargeError(
          `pattern with more than ${MAX_KEPT} atomic groups and high counts`,
        );
      }
    }
    return state;
  }

  #testOf(set: CodePointSet): (codePoint: number) => boolean {
    return entryOf(this.#tests, set, () => compileSetTest(set));
  }
}

function entryOf<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const created = create();
  map.set(key, created);
  return created;
}

function compileSetTest(set: CodePointSet): (codePoint: number) => boolean {
  const low = Uint8Array.from({ length: 256 }, (_, codePoint) =>
    setContains(set, codePoint) ? 1 : 0,
  );
  return (codePoint) => (codePoint < 256 ? low[codePoint] === 1 : setContains(set, codePoint));
}

/**
 * The states that `entry` leads to, each after those that it asks at the same place of the name.
 */
function sortStates(entry: State): readonly State[] {
  const sorted: State[] = [];
  const seen = new Set<State>();
  const starts: State[] = [entry];
  for (let start = starts.pop(); start !== undefined; start = starts.pop()) {
    const open: State[] = [start];
    for (let state = open.at(-1); state !== undefined; state = open.at(-1)) {
      if (seen.has(state)) {
        open.pop();
        if (state.index < 0) state.index = sorted.push(state) - 1;
        continue;
      }
      seen.add(state);
      const { next, other, body } = state;
      const moves = state.op === 'set' || state.op === 'run' || state.op === 'group';
      if (next !== undefined) (moves ? starts : open).push(next);
      if (other !== undefined) open.push(other);
      if (body !== undefined) open.push(body);
    }
  }
  return sorted;
}
