import { choiceOf, setOf, textOf } from './pattern-builders.js';
import type { PatternNode } from './pattern-tree.js';

/** Most members of one range. */
const MAX_MEMBERS = 1_000;

/**
 * Writes out a brace range: `{1..3}`, `{01..12}`, `{a..e}`, `{10..0..5}`.
 *
 * Shape: `bounds` are the first member, the last one and, where given, the step. Undefined for
 * anything else, and for more than 1,000 members.
 */
export function globRange(bounds: readonly string[]): PatternNode | undefined {
  const [first = '', last = '', step = '1', ...more] = bounds;
  if (bounds.length < 2 || more.length > 0 || !/^-?\d{1,9}$/.test(step)) return undefined;
  const stride = Math.max(1, Math.abs(Number(step)));
  if (/^-?\d{1,9}$/.test(first) && /^-?\d{1,9}$/.test(last)) {
    const width = isPadded(first) || isPadded(last) ? Math.max(first.length, last.length) : 0;
    const numbers = membersBetween(Number(first), Number(last), stride);
    return numbers && choiceOf(numbers.map((number) => textOf(padded(number, width))));
  }
  if (!/^[a-z]$/i.test(first) || !/^[a-z]$/i.test(last)) return undefined;
  const letters = membersBetween(first.charCodeAt(0), last.charCodeAt(0), stride);
  return letters && choiceOf(letters.map((letter) => setOf([letter, letter])));
}

function isPadded(number: string): boolean {
  return /^-?0\d/.test(number);
}

function padded(number: number, width: number): string {
  const sign = number < 0 ? '-' : '';
  return sign + String(Math.abs(number)).padStart(width - sign.length, '0');
}

function membersBetween(
  first: number,
  last: number,
  stride: number,
): readonly number[] | undefined {
  const count = Math.floor(Math.abs(last - first) / stride) + 1;
  if (count > MAX_MEMBERS) return undefined;
  return Array.from({ length: count }, (_, i) => first + Math.sign(last - first) * stride * i);
}
