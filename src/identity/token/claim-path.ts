import { quote } from '../../model/errors.js';
import { isPlainObject } from '../../model/plain-data.js';

/**
 * Where a claim is: names separated by dots, with `\.` and `\\` for a dot and a backslash in a name
 * (`realm_access.roles`, `https://example\.com/roles`), or the list of the names as they are
 * (`['https://example.com/roles']`).
 */
export type ClaimPath = string | readonly string[];

/** @throws TypeError if `path` is invalid or contains an empty name */
export function parseClaimPath(path: ClaimPath): readonly string[] {
  const names = typeof path === 'string' ? splitPath(path) : path;
  const valid =
    Array.isArray(names) &&
    names.length > 0 &&
    names.every((name) => typeof name === 'string' && name !== '');
  if (valid) return names;
  throw new TypeError(
    typeof path === 'string'
      ? `the claim path ${quote(path)} has an empty name or an unfinished escape in it`
      : 'a claim path must be a string or a list of names',
  );
}

/**
 * What is at a path, `undefined` where it leads nowhere. Only own members of objects are followed.
 */
export function readClaim(claims: unknown, names: readonly string[]): unknown {
  let value = claims;
  for (const name of names) {
    if (!isPlainObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

function splitPath(path: string): readonly string[] {
  const names: string[] = [];
  let name = '';
  for (let at = 0; at < path.length; at++) {
    const character = path[at] as string;
    if (character === '.') {
      names.push(name);
      name = '';
    } else if (character === '\\') {
      const next = path[++at];
      if (next !== '.' && next !== '\\') return [];
      name += next;
    } else {
      name += character;
    }
  }
  return [...names, name];
}
