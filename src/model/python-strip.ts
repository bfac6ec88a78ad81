/** All white space lies in the basic plane: single code units will do. */
const UNICODE_SPACE = /\p{White_Space}/u;

/**
 * `text` without the white space at both its ends.
 *
 * @source Python's `str.strip()`, which Feast applies to name patterns and required tags
 */
export function pythonStrip(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charAt(start))) start++;
  while (end > start && isSpace(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

/** The four separators U+001C to U+001F are white space in Python, and not in Unicode. */
function isSpace(character: string): boolean {
  return (character >= '\u001c' && character <= '\u001f') || UNICODE_SPACE.test(character);
}
