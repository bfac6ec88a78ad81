/**
 * The members that are given: one that is `undefined` takes the place of no other when objects are
 * merged.
 */
export function omitUndefined<T extends object>(members: T): Partial<T> {
  const given = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Partial<T>;
}
