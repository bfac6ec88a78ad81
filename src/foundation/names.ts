import { andMore, formatCount } from './long-list.js';

/** Longest list in a message. */
export const MAX_LISTED = 5;

/** `a, b, c, d, e and 4 more`. */
export function listSome(items: readonly string[]): string {
  const more = items.length - MAX_LISTED;
  const shown = items.slice(0, MAX_LISTED).join(', ');
  return more > 0 ? `${shown} ${andMore(more)}` : shown;
}

/** `1 resource`, `2,000 resources`. */
export function count(number: number, what: string): string {
  return `${formatCount(number)} ${what}${number === 1 ? '' : 's'}`;
}

/**
 * Names in their order, with an alias instead of all names that it stands for: `CRUD` for four
 * actions.
 *
 * @param aliases such as `vocabulary.actionAliases`
 */
export function foldNames(
  names: readonly string[],
  aliases: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const left = new Set(names);
  const folded = new Map<string, string>();
  const bySize = [...aliases].sort(([, a], [, b]) => b.length - a.length);
  for (const [alias, members] of bySize) {
    const [first] = members;
    if (first === undefined || members.length < 2 || !members.every((name) => left.has(name)))
      continue;
    folded.set(first, alias);
    for (const member of members) left.delete(member);
  }
  return names.flatMap((name) => folded.get(name) ?? (left.has(name) ? name : []));
}
