import {
  buildLiteralAutomaton,
  type LiteralAutomaton,
  nextNode,
} from '../matchers/literal-automaton.js';
import { BACKSLASH, BLANK, PERCENT, PLUS } from './byte-tables.js';
import { LINE_FEED } from './read-breaks.js';
import { WindowFilter } from './window-filter.js';

/**
 * The automaton of some secrets, over bytes of UTF-8, with what redaction asks of it besides.
 *
 * Cost: about 60 bytes for each byte of a secret, and up to 10 MiB besides; the same for any number
 * of encodings, as the text is decoded and the secrets are not encoded.
 */
export interface SecretTables {
  readonly automaton: LiteralAutomaton;
  /** Column of a byte in the automaton's rows. */
  readonly columnOf: Uint8Array;
  /** The same, and -1 for a byte that may begin an escape. */
  readonly plainColumnOf: Int16Array;
  /**
   * Where a byte leads, for the nodes that have a row, by the first cell of a node's row and the
   * byte's column: to the first cell of the next node's row; or, where the next node has none, ends
   * a secret or is behind a line break, to -1 minus that node.
   */
  readonly moves: Int32Array;
  /** The node that a node is a child of. */
  readonly parent: Int32Array;
  /** Nodes below this number have read at most one byte. */
  readonly secondLevel: number;
  /** Nodes below this number have read at most two bytes. */
  readonly thirdLevel: number;
  /** Number of bytes of an output. */
  readonly outputLength: Int32Array;
  /** The node of an output, not the nodes that end with it. */
  readonly outputNode: Int32Array;
  readonly base64: WindowFilter;
  /** A bit for each pair of bytes, set where a secret begins with the pair. */
  readonly beginnings: Uint8Array;
  /** Bytes of the longest secret. */
  readonly longest: number;
}

/** @param secrets UTF-8, none empty */
export function buildSecretTables(secrets: readonly Uint8Array[]): SecretTables {
  const automaton = buildLiteralAutomaton(secrets.map(toByteString));
  const { order, outputFrom, output, unitOf, firstChild } = automaton;
  const outputLength = Int32Array.from(
    outputFrom,
    (from) => secrets[order[from] ?? -1]?.length ?? 0,
  );
  const outputNode = new Int32Array(outputFrom.length);
  const parent = new Int32Array(unitOf.length);
  const depth = new Int32Array(unitOf.length);
  for (let node = 0; node < unitOf.length; node++) {
    const own = output[node] as number;
    if (outputLength[own] === depth[node]) outputNode[own] = node;
    const end = firstChild[node + 1] as number;
    for (let child = firstChild[node] as number; child < end; child++) {
      parent[child] = node;
      depth[child] = (depth[node] as number) + 1;
    }
  }
  const columnOf = Uint8Array.from({ length: 256 }, (_, byte) => automaton.columnOf[byte] ?? 0);
  const special = [BACKSLASH, PERCENT];
  // A blank that no secret has need not be looked for.
  if (columnOf[BLANK] !== 0) special.push(PLUS);
  const plainColumnOf = Int16Array.from(columnOf);
  for (const byte of special) plainColumnOf[byte] = -1;
  return {
    automaton,
    columnOf,
    plainColumnOf,
    moves: makeMoves(automaton),
    parent,
    secondLevel: automaton.levels[2] ?? unitOf.length,
    thirdLevel: automaton.levels[3] ?? unitOf.length,
    outputLength,
    outputNode,
    base64: new WindowFilter(secrets),
    beginnings: makeBeginnings(secrets),
    longest: automaton.levels.length - 1,
  };
}

function makeBeginnings(secrets: readonly Uint8Array[]): Uint8Array {
  const pairs = new Uint8Array(2 ** 16);
  for (const [first = 0, second = 0] of secrets) pairs[(first << 8) | second] = 1;
  return pairs;
}

function makeMoves(automaton: LiteralAutomaton): Int32Array {
  const { rows, rowCount, columns, output, columnOf } = automaton;
  const moves = new Int32Array(rows.length);
  for (let cell = 0; cell < moves.length; cell++) {
    const node = rows[cell] as number;
    moves[cell] = node < rowCount && output[node] === 0 ? node * columns : -1 - node;
  }
  // A line break inside a secret is looked at more closely.
  const lineFeed = columnOf[LINE_FEED] ?? 0;
  if (lineFeed === 0) return moves;
  for (let cell = lineFeed; cell < moves.length; cell += columns) {
    const node = rows[cell] as number;
    if (node !== 0) moves[cell] = -1 - node;
  }
  return moves;
}

/** Bytes as the units of a string, which is what the automaton is built from. */
function toByteString(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** The node after reading one more byte. */
export function nextByte(
  { automaton, columnOf }: SecretTables,
  node: number,
  byte: number,
): number {
  return node < automaton.rowCount
    ? (automaton.rows[node * automaton.columns + (columnOf[byte] as number)] as number)
    : nextNode(automaton, node, byte);
}

/** Whether a secret begins with two bytes, the first one high. */
export function hasPair(beginnings: Uint8Array, pair: number): boolean {
  return beginnings[pair] === 1;
}
