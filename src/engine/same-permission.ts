import {
  type ExcludedPermission,
  isPlainObject,
  type Permission,
  type Vocabulary,
} from '../model/index.js';

/** Whether two parsed permissions are equal in all of their fields. */
export function isSamePermission(
  a: Permission<Vocabulary> | ExcludedPermission,
  b: Permission<Vocabulary>,
): boolean {
  if (a === b) return true;
  if (a.name !== b.name || a.project !== b.project || 'excluded' in a) return false;
  return (
    isSameData(a.types, b.types) &&
    isSameData(a.namePatterns, b.namePatterns) &&
    isSameData(a.requiredTags, b.requiredTags) &&
    isSameData(a.actions, b.actions) &&
    isSameData(a.policy, b.policy) &&
    isSameData(a.tags, b.tags)
  );
}

/** Equality of plain data. Other objects are equal to themselves alone. */
function isSameData(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, index) => isSameData(item, b[index]));
  }
  if (!isPlainObject(a) || !isPlainObject(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && isSameData(a[key], b[key]));
}
