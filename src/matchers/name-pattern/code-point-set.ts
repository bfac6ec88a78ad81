import { type CodePointSet, MAX_CODE_POINT } from './pattern-tree.js';

/** The set that holds nothing. */
export const EMPTY_SET: CodePointSet = [];

/** The set of all code points, surrogates included. */
export const ALL_SET: CodePointSet = [0, MAX_CODE_POINT];

/**
 * Makes a set of ranges in any order.
 *
 * Shape: `[first, last, first, last, …]`, both inclusive, `first <= last`; ranges may overlap or
 * touch.
 */
export function normalizeSet(ranges: readonly number[]): CodePointSet {
  if (isNormalized(ranges)) return ranges;
  const starts: number[] = [];
  for (let i = 0; i < ranges.length; i += 2) starts.push(i);
  starts.sort((a, b) => (ranges[a] as number) - (ranges[b] as number));
  const merged: number[] = [];
  for (const start of starts)
    appendRange(merged, ranges[start] as number, ranges[start + 1] as number);
  return merged;
}

/** What is in any of `sets`. */
export function unionSets(...sets: readonly CodePointSet[]): CodePointSet {
  const filled = sets.filter((set) => set.length > 0);
  const [first, second] = filled;
  if (first === undefined) return EMPTY_SET;
  if (second === undefined) return normalizeSet(first);
  return normalizeSet(filled.flat());
}

/** All code points that `set` does not hold. */
export function negateSet(set: CodePointSet): CodePointSet {
  const gaps: number[] = [];
  let next = 0;
  for (let i = 0; i < set.length; i += 2) {
    const first = set[i] as number;
    if (first > next) gaps.push(next, first - 1);
    next = (set[i + 1] as number) + 1;
  }
  if (next <= MAX_CODE_POINT) gaps.push(next, MAX_CODE_POINT);
  return gaps;
}

/** What is in both sets. */
export function intersectSets(a: CodePointSet, b: CodePointSet): CodePointSet {
  const shared: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const lastA = a[i + 1] as number;
    const lastB = b[j + 1] as number;
    const first = Math.max(a[i] as number, b[j] as number);
    const last = Math.min(lastA, lastB);
    if (first <= last) shared.push(first, last);
    if (lastA <= lastB) i += 2;
    else j += 2;
  }
  return shared;
}

/** What is in one of the two sets and not in both. */
export function differenceOfSets(a: CodePointSet, b: CodePointSet): CodePointSet {
  return unionSets(intersectSets(a, negateSet(b)), intersectSets(b, negateSet(a)));
}

/** Whether `set` holds `codePoint`, in time logarithmic in the number of ranges. */
export function setContains(set: CodePointSet, codePoint: number): boolean {
  let low = 0;
  let high = set.length >> 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (codePoint > (set[2 * middle + 1] as number)) low = middle + 1;
    else high = middle;
  }
  return 2 * low < set.length && codePoint >= (set[2 * low] as number);
}

/** The only member of `set`, or undefined where it has none or several. */
export function singleCodePoint(set: CodePointSet): number | undefined {
  return set.length === 2 && set[0] === set[1] ? set[0] : undefined;
}

/** Reads a set of the generated tables: the gap before and the length of each range, in base 36. */
export function decodeSet(encoded: string): CodePointSet {
  const ranges: number[] = [];
  let next = 0;
  const words = encoded.split(' ');
  for (let i = 0; i < words.length; i += 2) {
    const first = next + Number.parseInt(words[i] as string, 36);
    next = first + Number.parseInt(words[i + 1] as string, 36);
    ranges.push(first, next - 1);
  }
  return ranges;
}

/** Whether two sets hold the same code points. */
export function equalSets(a: CodePointSet, b: CodePointSet): boolean {
  return a === b || (a.length === b.length && a.every((bound, i) => bound === b[i]));
}

function isNormalized(ranges: readonly number[]): boolean {
  for (let i = 2; i < ranges.length; i += 2) {
    if ((ranges[i] as number) <= (ranges[i - 1] as number) + 1) return false;
  }
  return true;
}

function appendRange(merged: number[], first: number, last: number): void {
  const end = merged.length - 1;
  if (end > 0 && first <= (merged[end] as number) + 1) {
    merged[end] = Math.max(merged[end] as number, last);
  } else {
    merged.push(first, last);
  }
}
