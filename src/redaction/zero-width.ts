import { COMMA, mayDivideNumbers } from './byte-lists.js';

/**
 * Characters that are not seen: soft hyphen, zero-width blank, non-joiner and joiner, word joiner,
 * byte order mark.
 */
const ZERO_WIDTH = /[\u00ad\u200b-\u200d\u2060\ufeff]/g;
/** First bytes of their UTF-8 forms. */
export const ZERO_WIDTH_LEADS: readonly number[] = [0xc2, 0xe2, 0xef];
const LEAST_LEAD = 0xc2;

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
  /**
   * False: the text ends with what may be the beginning of a zero-width character, which is not in
   * `bytes`.
   */
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
  /**
   * Places in the visible text before which characters were taken out, and how many bytes up to
   * there.
   */
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
 * Length in bytes of the zero-width character at a place of a UTF-8 text; 0: there stands none; -1:
 * the text ends too early to tell.
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

/** What a text has that few texts have: places, or -1. */
interface Survey {
  /** Of the first zero-width character, or of what may become one. */
  readonly zeroWidth: number;
  /** Of the first comma between two numbers before it. */
  readonly comma: number;
}

/**
 * Looks at every byte of a text once, four at a time: what is neither a comma nor outside ASCII is
 * passed over.
 */
function survey(bytes: Uint8Array): Survey {
  let comma = -1;
  let from = 0;
  while (from < bytes.length) {
    from = skipOrdinary(bytes, from);
    // A place that is not ordinary is among the next four.
    const end = Math.min(from + 4, bytes.length);
    for (; from < end; from++) {
      const byte = bytes[from] as number;
      if (byte === COMMA) {
        if (comma < 0 && mayDivideNumbers(bytes, from)) comma = from;
      } else if (byte >= LEAST_LEAD && zeroWidthAt(bytes, from, bytes.length) !== 0) {
        return { zeroWidth: from, comma };
      }
    }
  }
  return { zeroWidth: -1, comma };
}

/** Passes over four bytes and four bytes that are neither a comma nor outside ASCII. */
function skipOrdinary(bytes: Uint8Array, from: number): number {
  const last = bytes.length - 4;
  let at = from;
  for (; at <= last; at += 4) {
    const [a, b, c, d] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]] as Four;
    if ((a | b | c | d) >= 0x80) break;
    if (a === COMMA || b === COMMA || c === COMMA || d === COMMA) break;
  }
  return at;
}

type Four = [number, number, number, number];

/** Position of the last number of a rising list that is not greater than a bound; -1: not found. */
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
