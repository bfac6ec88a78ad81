import type { lookupCharacterName } from './character-names.js';

let lookup: typeof lookupCharacterName | undefined;

/**
 * Loads the table of character names, 256 kB, that patterns with `\N{…}` need.
 *
 * `createAuthorizer`, `replace` and `parsePermissionFile` compile patterns synchronously and refuse
 * such a pattern until the table is loaded. `prepareSnapshot` and `loadPermissionFile` load it when
 * they meet one.
 */
export async function loadCharacterNames(): Promise<void> {
  const names = await import('./character-names.js');
  lookup = names.lookupCharacterName;
}

/** Finds a character by its name; undefined until the table is loaded. */
export function characterLookup(): typeof lookupCharacterName | undefined {
  return lookup;
}

/** True if a pattern may name a character and the table of names is not loaded. */
export function needsCharacterNames(patterns: unknown): boolean {
  if (lookup !== undefined) return false;
  if (Array.isArray(patterns)) return patterns.some(namesCharacter);
  return namesCharacter(patterns);
}

function namesCharacter(pattern: unknown): boolean {
  return typeof pattern === 'string' && pattern.includes('\\N{');
}
