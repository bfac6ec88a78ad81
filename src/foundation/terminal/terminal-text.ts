import stringWidth from 'string-width';

/**
 * Text on a terminal: made harmless, measured, cut and wrapped. A registry's names come from
 * strangers, and a terminal obeys what it is shown.
 *
 * Widths are those of `string-width`. Lines are wrapped here instead of by `wrap-ansi`: it segments
 * words as a whole, which takes time that grows with the square of a name's length.
 */

/**
 * Controls, format characters (bidirectional ones among them), halves of surrogate pairs, line
 * separators, unassigned.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Cn}\p{Zl}\p{Zp}]/gu;
const UNSAFE_IN_JSON = /[\p{Cf}\p{Cn}\u007f-\u009f\u2028\u2029]/gu;

/**
 * Latin letters and punctuation, and Chinese, Japanese and Korean characters: each is a cluster of
 * its own, of one column or of two. Such text needs no segmenter, which costs 20 ms when it is
 * made.
 */
const SIMPLE =
  /^[\x20-\x7e\xa1-\xac\xae-\u024f\u2010-\u2015\u2018-\u2026\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3]*$/;
const WIDE = /[\u3041-\ud7a3]/g;

let segmenter: Intl.Segmenter | undefined;

/**
 * Code units that are segmented at a time: the cost of a segmenter grows with the square of its
 * text.
 */
const MAX_PIECE = 256;

/**
 * `text` on one line, with every character that a terminal could obey, or that would show it in
 * another order, written as `\u001b` or `\u{e0001}`.
 */
export function neutralize(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const hex = (character.codePointAt(0) as number).toString(16);
    return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
  });
}

/** JSON that means the same as `JSON.stringify` gives, and that no terminal obeys. */
export function safeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(UNSAFE_IN_JSON, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

/**
 * Columns that harmless text takes on a terminal: two for an East Asian wide character, none for a
 * combining one. Cost: linear in the text.
 */
export function displayWidth(text: string): number {
  if (SIMPLE.test(text)) return text.length + (text.match(WIDE)?.length ?? 0);
  if (text.length <= MAX_PIECE) return stringWidth(text);
  let width = 0;
  for (const piece of piecesOf(text)) width += stringWidth(piece);
  return width;
}

/** At most `width` columns and four times as many code points of `text`; cut text ends in `…`. */
export function truncate(text: string, width: number): string {
  if (text.length <= width && displayWidth(text) <= width) return text;
  const kept = Array.from(text.slice(0, 8 * width))
    .slice(0, 4 * width)
    .join('');
  if (kept.length === text.length && displayWidth(text) <= width) return text;
  let used = 0;
  let end = 0;
  for (const cluster of clustersOf(kept)) {
    used += displayWidth(cluster);
    if (used >= width) break;
    end += cluster.length;
  }
  return `${text.slice(0, end)}…`;
}

/** `text` with spaces after it, up to `width` columns. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/**
 * `text` in lines of at most `width` columns, broken at spaces, and inside of words that are too
 * long for a line.
 */
export function wrapWords(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const word of text.split(' ')) {
    for (const piece of breakWord(word, width)) {
      const pieceWidth = displayWidth(piece);
      const isFirst = line === '';
      if (!isFirst && used + 1 + pieceWidth > width) {
        lines.push(line);
        line = piece;
        used = pieceWidth;
      } else {
        line += isFirst ? piece : ` ${piece}`;
        used += isFirst ? pieceWidth : pieceWidth + 1;
      }
    }
  }
  return [...lines, line];
}

function breakWord(word: string, width: number): readonly string[] {
  if (displayWidth(word) <= width) return [word];
  const pieces: string[] = [];
  let piece = '';
  let used = 0;
  for (const cluster of clustersOf(word)) {
    const columns = displayWidth(cluster);
    if (used + columns > width && piece !== '') {
      pieces.push(piece);
      piece = '';
      used = 0;
    }
    piece += cluster;
    used += columns;
  }
  return [...pieces, piece];
}

/** Splits text into what a reader takes for one character. */
function clusters(): Intl.Segmenter {
  segmenter ??= new Intl.Segmenter();
  return segmenter;
}

function* clustersOf(text: string): Iterable<string> {
  if (SIMPLE.test(text)) {
    yield* text;
    return;
  }
  for (const piece of piecesOf(text)) {
    for (const { segment } of clusters().segment(piece)) yield segment;
  }
}

/** `text` in pieces of a bounded length, cut between clusters. */
function* piecesOf(text: string): Iterable<string> {
  for (let at = 0; at < text.length; ) {
    const rest = text.slice(at, at + MAX_PIECE);
    const isLast = at + rest.length === text.length;
    // A cluster at the end may go on behind it. One that is longer than a piece is cut.
    const cut = isLast
      ? 0
      : (clusters()
          .segment(rest)
          .containing(rest.length - 1)?.index ?? 0);
    const piece = cut === 0 ? rest : rest.slice(0, cut);
    yield piece;
    at += piece.length;
  }
}
