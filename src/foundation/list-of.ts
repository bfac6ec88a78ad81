/** One object as an array, and an array as it is. */
export function listOf<T extends object>(one: T | readonly T[]): readonly T[] {
  return Array.isArray(one) ? one : [one as T];
}
