/**
 * The same in each file, and like nothing else that is printed: letters that need escapes, quotes,
 * and more than Latin.
 */
export function makeSecret(what: string): string {
  return `${Buffer.from(what).toString('hex')}/"pa55word"\\${what.toUpperCase()} ü€😀`;
}
