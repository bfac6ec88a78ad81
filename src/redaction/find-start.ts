import { LINE_FEED, LONGEST_BREAK } from './read-breaks.js';
import { type EscapeReadings, LONGEST_ESCAPE, readEscapes } from './read-escapes.js';
import type { SecretTables } from './secret-tables.js';

/**
 * Room for a place in one number with a node: places are below 2^27, as no text of 128 MiB is
 * scanned at once.
 */
const PLACES = 2 ** 27;

/**
 * Finds where the text of a node begins that a scan has read up to a place, through escapes:
 * backwards from there, along the node's parents. Of several beginnings it is the first one.
 */
export function findStart(
  tables: SecretTables,
  bytes: Uint8Array,
  node: number,
  end: number,
  readings: EscapeReadings,
): number {
  const { parent } = tables;
  const { unitOf } = tables.automaton;
  const seen = new Set<number>();
  const open: number[] = [node, end];
  let first = end;
  const visit = (nextNode: number, place: number): void => {
    const key = nextNode * PLACES + place;
    if (seen.has(key)) return;
    seen.add(key);
    open.push(nextNode, place);
  };
  while (open.length > 0) {
    const place = open.pop() as number;
    const at = open.pop() as number;
    if (at === 0) {
      first = Math.min(first, place);
      continue;
    }
    if (place > 0 && bytes[place - 1] === unitOf[at]) visit(parent[at] as number, place - 1);
    const reach = unitOf[at] === LINE_FEED ? LONGEST_BREAK + LONGEST_ESCAPE : LONGEST_ESCAPE;
    for (let from = Math.max(0, place - reach); from < place; from++) {
      readEscapes(bytes, from, bytes.length, readings);
      for (let reading = 0; reading < readings.size; reading++) {
        if (readings.end(reading) !== place) continue;
        const before = unread(tables, at, readings, reading);
        if (before >= 0) visit(before, from);
      }
    }
  }
  return first;
}

/** The node before the bytes of a reading; -1: the node's text does not end with them. */
function unread(
  tables: SecretTables,
  node: number,
  readings: EscapeReadings,
  reading: number,
): number {
  let at = node;
  for (let index = readings.length(reading) - 1; index >= 0; index--) {
    if (at === 0 || tables.automaton.unitOf[at] !== readings.byte(reading, index)) return -1;
    at = tables.parent[at] as number;
  }
  return at;
}
