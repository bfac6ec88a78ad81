import { safeJson } from '../../foundation/terminal/terminal-text.js';

/** Code units that are gathered before they are handed on. */
const PIECE = 64 * 1024;
/** Text that stands in JSON as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** Joins short texts to pieces of some 64 KiB, so that a report is never one string. */
export function* inPieces(texts: Iterable<string>): Generator<string> {
  let piece = '';
  for (const text of texts) {
    piece += text;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

/** A string as JSON that no terminal obeys. */
export function jsonString(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : safeJson(text);
}

/** The lines of a JSON array with one item on each line, `[]` without items. */
export function* jsonLines(items: Iterable<string>, indent: string): Generator<string> {
  let isFirst = true;
  for (const item of items) {
    yield `${isFirst ? '[\n' : ',\n'}${indent}  ${item}`;
    isFirst = false;
  }
  yield isFirst ? '[]' : `\n${indent}]`;
}
