import type { CodePointSet } from './pattern-tree.js';

/**
 * Lists the members of a small set, for texts to be made of them.
 *
 * Shape: undefined for more than `limit` members, and where one is a surrogate: two of those side
 * by side would read as one character.
 */
export function setMembers(set: CodePointSet, limit: number): readonly number[] | undefined {
  const members: number[] = [];
  for (let i = 0; i < set.length; i += 2) {
    const first = set[i] as number;
    const last = set[i + 1] as number;
    if (last - first >= limit - members.length || (first <= 0xdfff && last >= 0xd800))
      return undefined;
    for (let codePoint = first; codePoint <= last; codePoint += 1) members.push(codePoint);
  }
  return members;
}
