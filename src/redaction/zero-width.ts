import { COMMA, mayDivideNumbers } from './byte-lists.js';

/** Characters that are not seen: soft hyphen, zero-width blank, non-joiner and joiner, word joiner, byte order mark. */
const ZERO_WIDTH = /[\u00ad\u200b-\u200d\u2060\ufeff]/g;
/** First bytes of their UTF-8 forms. */
export const ZERO_WIDTH_LEADS: readonly number[] = [0xc2, 0xe2, 0xef];

/** Whether a character is not seen. */
export function isZeroWidth(point: number): boolean {
  return (
    point === 0xad || (point >= 0x200b && point <= 0x200d) || point === 0x2060 || point === 0xfeff
  );
}

/** A text without its characters that are not seen. */
export function stripZeroWidth(text: string): string {
  return text.replace(ZERO_WIDTH, '');
}

/** A text of UTF-8 without its zero-width characters, and where its bytes stood. */
export interface VisibleText {
  readonly bytes: Uint8Array;
  /** False: the text ends with what may be the beginning of a zero-width character, which is not in `bytes`. */
  readonly whole: boolean;
  /** A place before which no list of numbers in decimal goes on; undefined: the text has none. */
  readonly lists: number | undefined;
  /** Where a byte stood, by its place; for the place after the last one, where the text goes on. */
  originOf(place: number): number;
}

/** @param complete no text follows */
export function visibleText(bytes: Uint8Array, complete: boolean): VisibleText {
  const { zeroWidth: first, comma } = survey(bytes);
  if (first < 0) {
    const lists = comma < 0 ? undefined : comma;
    return { bytes, whole: true, lists, originOf: (place) => place };
  }
  // Not `slice`: that of a Buffer makes no copy.
  const visible = new Uint8Array(bytes);
  /** Places in the visible text before which characters were taken out, and how many bytes up to there. */
  const places: number[] = [];
  const removed: number[] = [];
  let to = first;
  let at = first;
  let open = false;
  while (at < bytes.length) {
    const width = zeroWidthAt(bytes, at, bytes.length);
    open = width < 0 && !complete;
    if (open) break;
    if (width <= 0) {
      visible[to++] = bytes[at++] as number;
      continue;
    }
    at += width;
    if (places.at(-1) === to) {
      places.pop();
      removed.pop();
    }
    places.push(to);
    removed.push(at - to);
  }
  return {
    bytes: visible.subarray(0, to),
    whole: !open,
    // What stands around a comma may only be seen now.
    lists: 0,
    originOf: (place) => place + (removed[lastNotAfter(places, place)] ?? 0),
  };
}

/**
 * Length in bytes of the zero-width character at a place of a UTF-8 text; 0: there stands none; -1: the text ends too early to tell.
 */
export function zeroWidthAt(bytes: Uint8Array, at: number, limit: number): number {
  const first = bytes[at];
  if (first === 0xc2) {
    if (at + 1 >= limit) return -1;
    return bytes[at + 1] === 0xad ? 2 : 0;
  }
  if (first !== 0xe2 && first !== 0xef) return 0;
  if (at + 1 >= limit) return -1;
  const second = bytes[at + 1] as number;
  const open = first === 0xe2 ? second === 0x80 || second === 0x81 : second === 0xbb;
  if (!open) return 0;
  if (at + 2 >= limit) return -1;
  const third = bytes[at + 2] as number;
  if (first === 0xef) return third === 0xbf ? 3 : 0;
  if (second === 0x81) return third === 0xa0 ? 3 : 0;
  return third >= 0x8b && third <= 0x8d ? 3 : 0;
}

/**
 * Looks at every byte of a text once: the place of the first zero-width character, or of what may become one, and of the first comma
 * between two numbers before it; -1: there is none.
 */
function survey(bytes: Uint8Array): { readonly zeroWidth: number; readonly comma: number } {
  let comma = -1;
  for (let at = 0; at < bytes.length; at++) {
    const mark = MARK[bytes[at] as number] as number;
    if (mark === 0) continue;
    if (mark === COMMA_MARK) {
      if (comma < 0 && mayDivideNumbers(bytes, at)) comma = at;
    } else if (zeroWidthAt(bytes, at, bytes.length) !== 0) return { zeroWidth: at, comma };
  }
  return { zeroWidth: -1, comma };
}

const COMMA_MARK = 2;
/** What a survey looks at: the first bytes of zero-width characters, and commas. */
const MARK: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (ZERO_WIDTH_LEADS.includes(byte)) return 1;
  return byte === COMMA ? COMMA_MARK : 0;
});

/** Position of the last number of a rising list that is not greater than a bound; -1: there is none. */
function lastNotAfter(numbers: readonly number[], bound: number): number {
  let low = -1;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((numbers[middle] as number) <= bound) low = middle;
    else high = middle - 1;
  }
  return low;
}
