import type { Dialect } from './dialect.js';
import { type PatternScanner, tokenLength } from './pattern-scanner.js';

/** The flags that a part of a pattern is read with. */
export interface PatternFlags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
  readonly verbose: boolean;
  readonly ascii: boolean;
  /** The undocumented `t` of Python up to 3.12, under which nothing may be repeated. */
  readonly template: boolean;
}

/** The flags that a pattern starts with. */
export const DEFAULT_FLAGS: PatternFlags = {
  ignoreCase: false,
  multiline: false,
  dotAll: false,
  verbose: false,
  ascii: false,
  template: false,
};

/** What `(?ims-x:` or `(?i)` says: letters turned on and off. */
export interface InlineFlags {
  readonly scope: 'pattern' | 'group';
  readonly added: string;
  readonly removed: string;
}

const LETTERS = 'aiLmstux';
const TYPE_LETTERS = 'aLu';

/** Whether `token` may start inline flags after `(?`. */
export function startsInlineFlags(token: string, dialect: Dialect): boolean {
  return token === '-' || isFlag(token, dialect);
}

/**
 * Reads inline flags after `(?`, whose first token, `first`, is taken already, up to and with `)`
 * or `:`.
 */
export function parseInlineFlags(scanner: PatternScanner, first: string): InlineFlags {
  let added = '';
  let end = first;
  if (first !== '-') {
    [added, end] = parseAdded(scanner, first);
    if (end === ')') return { scope: 'pattern', added, removed: '' };
    if (added.includes('t')) throw scanner.error('flag t for a group', scanner.position - 1);
  }
  const removed = end === '-' ? parseRemoved(scanner) : '';
  if (removed.includes('t')) throw scanner.error('flag t for a group', scanner.position - 1);
  if ([...removed].some((letter) => added.includes(letter))) {
    throw scanner.error('flag turned on and off', scanner.position - 1);
  }
  return { scope: 'group', added, removed };
}

/** `flags` as they are after inline flags. */
export function applyInlineFlags(
  flags: PatternFlags,
  { added, removed }: InlineFlags,
): PatternFlags {
  const after = (letter: string, before: boolean): boolean =>
    (before || added.includes(letter)) && !removed.includes(letter);
  return {
    ignoreCase: after('i', flags.ignoreCase),
    multiline: after('m', flags.multiline),
    dotAll: after('s', flags.dotAll),
    verbose: after('x', flags.verbose),
    ascii: added.includes('a') || (flags.ascii && !added.includes('u')),
    template: after('t', flags.template),
  };
}

function parseAdded(scanner: PatternScanner, first: string): [added: string, end: string] {
  let added = '';
  let letter = first;
  for (;;) {
    if (letter === 'L') throw scanner.error('flag L in a text pattern');
    added += letter;
    if (added.includes('a') && added.includes('u')) throw scanner.error('flags a and u together');
    letter = nextFlag(scanner, [')', '-', ':'], 'missing -, : or ) after flags');
    if (!isFlag(letter, scanner.dialect)) return [added, letter];
  }
}

function parseRemoved(scanner: PatternScanner): string {
  let removed = '';
  let letter = nextFlag(scanner, [], 'missing flag after -');
  while (letter !== ':') {
    if (TYPE_LETTERS.includes(letter)) throw scanner.error('flag a, u or L turned off');
    removed += letter;
    letter = nextFlag(scanner, [':'], 'missing : after flags');
  }
  return removed;
}

/** Takes a flag letter or one of `ends`. */
function nextFlag(scanner: PatternScanner, ends: readonly string[], missing: string): string {
  const token = scanner.take();
  if (token === undefined) throw scanner.error(missing);
  if (!isFlag(token, scanner.dialect) && !ends.includes(token)) {
    throw scanner.error(
      /^\p{L}$/u.test(token) ? 'unknown flag' : missing,
      scanner.position - tokenLength(token),
    );
  }
  return token;
}

function isFlag(token: string, { hasTemplateFlag }: Dialect): boolean {
  if (token === 't' && !hasTemplateFlag) return false;
  return token.length === 1 && LETTERS.includes(token);
}
