import type { HitBuffer } from './hit-buffer.js';
import {
  buildLiteralAutomaton,
  depthOf,
  type LiteralAutomaton,
  nextNode,
} from './literal-automaton.js';
import type { MarkSet } from './mark-set.js';

/** The state of a scan that has read nothing. */
export const SCAN_START = 0;

/**
 * Finds many literals in a text at once, reading each unit of the text once.
 *
 * A state is a small integer that holds all a scan has to remember, so a text may come in pieces:
 * give the state that one piece returned to the next. Places are counted in UTF-16 code units; a
 * match may begin or end inside a surrogate pair.
 */
export interface LiteralScanner {
  /** Number of literals that the scanner was compiled from. */
  readonly literalCount: number;

  /**
   * Reports every occurrence of every literal, overlapping ones too, in the order of their ends,
   * longer literals first.
   *
   * @param state `SCAN_START`, or what the scan of the piece before returned
   * @param onMatch gets the position of the literal in the compiled list and the place in `text`
   *   just after the occurrence
   * @returns the state after the text
   */
  scan(text: string, state: number, onMatch: (literal: number, end: number) => void): number;

  /**
   * Finds the first occurrence of each literal in a whole text, in time linear in the text however
   * many literals occur.
   *
   * @param seen room for `literalCount + 1`; emptied first
   * @param found emptied first, then given a pair for each literal that occurs: its position in the
   *   list, and the place just after
   * @returns the state after the text
   */
  findFirst(text: string, seen: MarkSet, found: HitBuffer): number;

  /**
   * Finds the literals that the text read so far ends with, longest first. `found` is emptied
   * first, then given their positions.
   */
  findEnding(state: number, found: HitBuffer): void;

  /**
   * How many of the units read last may be the beginning of a literal that is not complete yet:
   * everything before them is settled.
   */
  pendingLength(state: number): number;
}

/**
 * Compiles literals into a scanner (Aho-Corasick).
 *
 * Cost: time linear in the total length plus a sort, about 40 bytes for each distinct prefix; a
 * scan allocates nothing.
 *
 * @param literals what to find; repeats are allowed, each is reported by its own position
 * @throws TypeError if a literal is empty or not a string
 * @example
 * const scanner = compileLiteralScanner(['he', 'she']);
 * scanner.scan('ushers', SCAN_START, (literal, end) => {}); // (1, 4), (0, 4)
 */
export function compileLiteralScanner(literals: readonly string[]): LiteralScanner {
  for (const [position, literal] of literals.entries()) {
    if (typeof literal !== 'string' || literal === '') {
      throw new TypeError(`literal ${position} must be a string that is not empty`);
    }
  }
  const automaton = buildLiteralAutomaton(literals);
  return {
    literalCount: literals.length,
    scan: (text, state, onMatch) => scanAll(automaton, text, state, onMatch),
    findFirst: (text, seen, found) => findFirst(automaton, text, seen, found),
    findEnding: (state, found) => {
      found.clear();
      const { output, nextOutput } = automaton;
      for (let at = output[state] as number; at !== 0; at = nextOutput[at] as number) {
        pushLiterals(automaton, at, found);
      }
    },
    pendingLength: (state) => depthOf(automaton.levels, state),
  };
}

function scanAll(
  automaton: LiteralAutomaton,
  text: string,
  state: number,
  onMatch: (literal: number, end: number) => void,
): number {
  const { output, nextOutput, outputFrom, outputTo, order } = automaton;
  const { rows, rowCount, columns, columnOf } = automaton;
  let node = state;
  for (let place = 0; place < text.length; place++) {
    const unit = text.charCodeAt(place);
    const column = unit < columnOf.length ? (columnOf[unit] as number) : 0;
    node =
      node < rowCount ? (rows[node * columns + column] as number) : nextNode(automaton, node, unit);
    for (let at = output[node] as number; at !== 0; at = nextOutput[at] as number) {
      const to = outputTo[at] as number;
      for (let i = outputFrom[at] as number; i < to; i++) onMatch(order[i] as number, place + 1);
    }
  }
  return node;
}

function findFirst(
  automaton: LiteralAutomaton,
  text: string,
  seen: MarkSet,
  found: HitBuffer,
): number {
  const { output, nextOutput, rows, rowCount, columns, columnOf } = automaton;
  seen.clear();
  found.clear();
  let node = SCAN_START;
  for (let place = 0; place < text.length; place++) {
    const unit = text.charCodeAt(place);
    const column = unit < columnOf.length ? (columnOf[unit] as number) : 0;
    node =
      node < rowCount ? (rows[node * columns + column] as number) : nextNode(automaton, node, unit);
    // An output seen before has had all the shorter ones behind it seen as well: the walk may stop
    // there.
    for (let at = output[node] as number; at !== 0; at = nextOutput[at] as number) {
      if (!seen.add(at)) break;
      pushLiterals(automaton, at, found, place + 1);
    }
  }
  return node;
}

function pushLiterals(
  automaton: LiteralAutomaton,
  output: number,
  found: HitBuffer,
  end?: number,
): void {
  const { outputFrom, outputTo, order } = automaton;
  const to = outputTo[output] as number;
  for (let i = outputFrom[output] as number; i < to; i++) {
    found.push(order[i] as number);
    if (end !== undefined) found.push(end);
  }
}
