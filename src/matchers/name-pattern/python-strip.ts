import { SPACE_SET } from './character-classes.js';
import { setContains } from './code-point-set.js';

/**
 * `text` without the white space at both its ends, white space being what Python takes for it: U+001C to U+001F
 * and U+0085 are, U+FEFF is not.
 *
 * @source Feast strips every name pattern with Python's `str.strip()`
 */
export function pythonStrip(text: string): string {
  // All white space lies in the basic plane, so code units will do.
  let start = 0;
  let end = text.length;
  while (start < end && setContains(SPACE_SET, text.charCodeAt(start))) start += 1;
  while (end > start && setContains(SPACE_SET, text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}
