/**
 * Whether a value is an object as `{}` and JSON make it: no list, no `Map`, no instance of a class.
 */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // The second holds for the plain objects of another realm.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * A copy with its plain objects and lists copied and frozen at every depth. Other objects in it are
 * shared.
 */
export function frozenCopy<T>(value: T): T {
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy)) as T;
  if (!isPlainObject(value)) return value;
  const members = Object.entries(value).map(([key, member]) => [key, frozenCopy(member)]);
  return Object.freeze(Object.fromEntries(members)) as T;
}
