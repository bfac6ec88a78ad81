import { isPlainObject } from '../model/plain-data.js';

const MAX_DEPTH = 32;

/** The value of a JSON text, `undefined` if it is something else. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * A JSON object without a member that is given twice, at any depth, and at most 32 levels deep.
 *
 * Shape: `undefined` when `text` is anything else. Readers differ in which of two members counts,
 * so that one of them may check what the other does not use.
 *
 * @source RFC 7515 4, RFC 7519 4: duplicate names may be refused, and JavaScript would silently
 *   take the last
 */
export function parseJsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isPlainObject(value) && hasUniqueMembers(text) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param text that is known to be JSON: only its strings, braces, brackets and commas are looked at
 */
function hasUniqueMembers(text: string): boolean {
  /** For each open object the names seen in it, for each open list nothing. */
  const open: (Set<string> | undefined)[] = [];
  let expectsName = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') {
      const end = endOfString(text, at);
      if (expectsName) {
        const name = JSON.parse(text.slice(at, end)) as string;
        const names = open.at(-1);
        if (names?.has(name)) return false;
        names?.add(name);
        expectsName = false;
      }
      at = end - 1;
    } else if (character === '{' || character === '[') {
      if (open.length === MAX_DEPTH) return false;
      open.push(character === '{' ? new Set() : undefined);
      expectsName = character === '{';
    } else if (character === '}' || character === ']') {
      open.pop();
      expectsName = false;
    } else if (character === ',') {
      expectsName = open.at(-1) !== undefined;
    }
  }
  return true;
}

/** Index after the closing quotation mark of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
