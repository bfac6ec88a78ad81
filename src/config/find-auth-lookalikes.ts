import { isMapping } from './is-mapping.js';

/** Keys that look like the `auth` section and are not read. */
export interface AuthLookalikes {
  /** Top-level keys that are one typing mistake away from `auth`. */
  readonly misspelt: readonly string[];
  /** Paths that somebody may take for the `auth` section: `authentication`, `online_store.auth`. */
  readonly misplaced: readonly (readonly string[])[];
}

const AUTH = 'auth';

/**
 * Finds what may have been meant as the `auth` section: Feast ignores it and serves everyone.
 *
 * @param store the top level of a feature_store.yaml
 */
export function findAuthLookalikes(store: Readonly<Record<string, unknown>>): AuthLookalikes {
  const misspelt: string[] = [];
  const misplaced: (readonly string[])[] = [];
  for (const [key, value] of Object.entries(store)) {
    if (key === AUTH) continue;
    if (isOneEditAway(key, AUTH)) misspelt.push(key);
    else if (/^\W*auth/i.test(key)) misplaced.push([key]);
    if (isMapping(value) && AUTH in value) misplaced.push([key, AUTH]);
  }
  return { misspelt, misplaced };
}

/**
 * Whether the words are equal or differ in one character that was added, left out, replaced or
 * swapped with the next.
 */
function isOneEditAway(written: string, word: string): boolean {
  let start = 0;
  while (start < word.length && written[start] === word[start]) start += 1;
  const rest = written.slice(start);
  const wanted = word.slice(start);
  const swapped = `${wanted[1] ?? ''}${wanted[0] ?? ''}${wanted.slice(2)}`;
  return (
    rest === wanted ||
    rest === swapped ||
    rest === wanted.slice(1) ||
    rest.slice(1) === wanted ||
    (rest.length === wanted.length && rest.slice(1) === wanted.slice(1))
  );
}
