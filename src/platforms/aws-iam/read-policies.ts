import { absenceOf, readAbsent } from './absent-policy.js';
import type { PolicyDocument } from './policy-document.js';
import { notUnderstood, readPolicy } from './read-policy.js';

/**
 * AWS attaches at most 20 managed policies to a role, and inline ones that share 10,240 characters.
 */
export const MAX_DOCUMENTS = 32;
/** Of all documents together: statements are compared with each other. */
const MAX_STATEMENTS = 1024;

/**
 * Reads all policies of a user or role.
 *
 * @param documents one, or a list of them
 * @throws TypeError on none or more than 32, and on names that are not theirs
 */
export function readPolicies(
  documents: unknown,
  names: readonly string[] | undefined,
): readonly PolicyDocument[] {
  const all: readonly unknown[] = Array.isArray(documents) ? documents : [documents];
  if (all.length === 0 || all.length > MAX_DOCUMENTS) {
    throw new TypeError(`there must be between 1 and ${MAX_DOCUMENTS} policies`);
  }
  if (names !== undefined && !areNames(names, all.length)) {
    throw new TypeError('`names` must be a list with one name for each policy');
  }
  let left = MAX_STATEMENTS;
  return all.map((document, index) => {
    const name = names?.[index] ?? `policy ${index}`;
    const absence = absenceOf(document);
    if (absence !== undefined) return readAbsent(absence, index, name);
    const policy = readPolicy(document, index, name);
    left -= policy.statements.length + policy.mayDeny.length;
    if (left >= 0) return policy;
    return notUnderstood('has more statements than are looked into', index, name);
  });
}

function areNames(names: unknown, count: number): boolean {
  return (
    Array.isArray(names) &&
    names.length === count &&
    names.every((name) => typeof name === 'string')
  );
}
