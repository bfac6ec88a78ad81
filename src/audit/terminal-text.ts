/**
 * Text on a terminal: made harmless, measured, cut and wrapped. A registry's names come from strangers, and a terminal obeys
 * what it is shown.
 */

/** Controls, format characters (bidirectional ones among them), halves of surrogate pairs, line separators, unassigned. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Cn}\p{Zl}\p{Zp}]/gu;
const UNSAFE_IN_JSON = /[\p{Cf}\u007f-\u009f\u2028\u2029]/gu;

const NO_WIDTH = /^[\p{Mn}\p{Me}\u1160-\u11ff]$/u;
const EMOJI = /^\p{Emoji_Presentation}$/u;
/** First and last code points of the wide blocks. @source Unicode UAX #11, East Asian Width W and F */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18dff],
  [0x1aff0, 0x1b2ff],
  [0x20000, 0x3fffd],
];

/**
 * `text` on one line, with every character that a terminal could obey, or that would show it in another order, written as
 * `\u001b` or `\u{e0001}`.
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

/** Columns that harmless text takes on a terminal: two for an East Asian wide character, none for a combining one. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** At most `width` columns and four times as many code points of `text`; what was cut ends in `…`. */
export function truncate(text: string, width: number): string {
  if (text.length <= width && displayWidth(text) <= width) return text;
  let used = 0;
  let count = 0;
  let end = 0;
  let endBeforeMark = 0;
  for (const character of text) {
    used += characterWidth(character);
    count += 1;
    if (used > width || count > 4 * width) return `${text.slice(0, endBeforeMark)}…`;
    end += character.length;
    if (used < width) endBeforeMark = end;
  }
  return text;
}

/** `text` with spaces after it, up to `width` columns. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** `text` in lines of at most `width` columns, broken at spaces, and inside of words that are too long for a line. */
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
  for (const character of word) {
    const columns = characterWidth(character);
    if (used + columns > width && piece !== '') {
      pieces.push(piece);
      piece = '';
      used = 0;
    }
    piece += character;
    used += columns;
  }
  return [...pieces, piece];
}

function characterWidth(character: string): number {
  const code = character.codePointAt(0) as number;
  if (code < 0x300) return 1;
  if (NO_WIDTH.test(character)) return 0;
  return WIDE.some(([first, last]) => code >= first && code <= last) || EMOJI.test(character)
    ? 2
    : 1;
}
