import type { PatternFlags } from './inline-flags.js';
import type { Findings } from './parse-context.js';
import { type Piece, repeatPiece } from './pattern-piece.js';
import { isAsciiDigit, type PatternScanner } from './pattern-scanner.js';
import { MAX_INTEGER_DIGITS } from './python-text.js';

/** A count of this or more is an error. @source CPython, `_sre.MAXREPEAT` */
const MAX_REPEAT = 4_294_967_295;

interface Bounds {
  readonly min: number;
  readonly max: number;
}

export interface Quantifier {
  /**
   * Repeats `item`, which stands before the quantifier; undefined where nothing does. Reads `?` or
   * `+` after it.
   */
  readonly apply: (item: Piece | undefined, flags: PatternFlags, findings: Findings) => Piece;
}

/**
 * Parses a quantifier that starts with `token`, taken already; undefined if it is literal text, as
 * in `{x`.
 */
export function parseQuantifier(scanner: PatternScanner, token: string): Quantifier | undefined {
  const start = scanner.position - 1;
  const bounds = parseBounds(scanner, token);
  if (bounds === undefined) return undefined;
  return {
    apply: (item, flags, findings) => repeat(scanner, start, bounds, item, flags, findings),
  };
}

function repeat(
  scanner: PatternScanner,
  start: number,
  bounds: Bounds,
  item: Piece | undefined,
  flags: PatternFlags,
  findings: Findings,
): Piece {
  if (item === undefined || item.kind === 'anchor') throw scanner.error('nothing to repeat', start);
  if (item.kind === 'repeat') throw scanner.error('repeat of a repeat', start);
  if (flags.template) findings.addInvalid(start, 'repeat under flag t');
  const lazy = scanner.match('?');
  const possessive = !lazy && scanner.dialect.hasAtomicGroups && scanner.match('+');
  return repeatPiece(item, { ...bounds, greedy: !lazy, possessive });
}

function parseBounds(scanner: PatternScanner, token: string): Bounds | undefined {
  switch (token) {
    case '?':
      return { min: 0, max: 1 };
    case '*':
      return { min: 0, max: Number.POSITIVE_INFINITY };
    case '+':
      return { min: 1, max: Number.POSITIVE_INFINITY };
    case '{':
      return parseBraces(scanner);
    default:
      return undefined;
  }
}

/** `{n}`, `{n,}`, `{,m}`, `{n,m}` and `{,}`; anything else, and `{}`, is text. */
function parseBraces(scanner: PatternScanner): Bounds | undefined {
  const start = scanner.position;
  if (scanner.next === '}') return undefined;
  const low = scanner.takeWhile(isAsciiDigit);
  const high = scanner.match(',') ? scanner.takeWhile(isAsciiDigit) : low;
  if (!scanner.match('}')) {
    scanner.seek(start);
    return undefined;
  }
  const min = low === '' ? 0 : parseCount(scanner, low, start);
  const max = high === '' ? Number.POSITIVE_INFINITY : parseCount(scanner, high, start);
  if (max < min) throw scanner.error('repeat of at least more than at most', start);
  return { min, max };
}

function parseCount(scanner: PatternScanner, digits: string, start: number): number {
  const count = Number(digits);
  if (digits.length > MAX_INTEGER_DIGITS || count >= MAX_REPEAT)
    throw scanner.error('repeat count that is too large', start);
  return count;
}
