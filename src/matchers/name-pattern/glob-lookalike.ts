import { pythonStrip } from '../../model/python-strip.js';

// Linear in the pattern, which a registry may hold: the alternatives begin with different
// characters.
const PLAIN_WITH_STARS = /^(?:[\p{L}\p{N}_*-]|\.(?!\*))*$/u;

/**
 * The regular expression for what a pattern says when it is read as a glob, or `undefined` if it
 * does not look like one.
 *
 * A glob has stars that follow a letter, a digit, `_`, `-`, a dot or another star, or begin the
 * pattern, and no other character with a meaning: `tide_*` repeats the `_` as a regular expression,
 * and hardly anybody means that.
 *
 * @example
 * rewriteGlobLookalike('tide_*') // 'tide_.*'
 * rewriteGlobLookalike('tide_.*') // undefined
 */
export function rewriteGlobLookalike(pattern: string): string | undefined {
  const text = pythonStrip(pattern);
  if (!text.includes('*') || !PLAIN_WITH_STARS.test(text)) return undefined;
  return text.replaceAll('.', '\\.').replace(/\*+/g, '.*');
}
