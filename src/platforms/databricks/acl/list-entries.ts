import { type DatabricksType, LEVELS, type Principal, principalKey } from '../vocabulary/index.js';

/** One line of a list, before it is looked at. */
export interface ListEntry {
  readonly principal: Principal | undefined;
  /** As it is written. */
  readonly level: string;
  readonly inherited?: boolean;
  /** The object that it comes from. */
  readonly from?: string | undefined;
}

/** Items of one workspace. */
export interface WorkspaceItems<T> {
  /** The number of the workspace, if a file says it. */
  readonly workspace?: string | undefined;
  readonly items: readonly T[];
}

/** A list that replaces the one that an object had. */
export interface WrittenList {
  /** Where it stands. */
  readonly address: string;
  /** The number of its workspace, if a file says it. */
  readonly workspaceId?: string | undefined;
  readonly entries: readonly ListEntry[];
}

/**
 * The entries of each principal, in their order. Those whose principal is not known stand alone, at
 * the end.
 */
export function groupByPrincipal(
  entries: readonly ListEntry[],
): readonly (readonly [ListEntry, ...ListEntry[]])[] {
  const byPrincipal = new Map<string, [ListEntry, ...ListEntry[]]>();
  const unknown: [ListEntry][] = [];
  for (const entry of entries) {
    const key = keyOfEntry(entry);
    const same = key === undefined ? undefined : byPrincipal.get(key);
    if (key === undefined) unknown.push([entry]);
    else if (same === undefined) byPrincipal.set(key, [entry]);
    else same.push(entry);
  }
  return [...byPrincipal.values(), ...unknown];
}

/** The same for entries of one principal; undefined: it is not known. */
export function keyOfEntry({ principal }: ListEntry): string | undefined {
  return principal === undefined ? undefined : principalKey(principal);
}

/** What several lists of one object grant. */
interface SplitGrants {
  /** What each of them grants, at its weakest, and all that is for somebody who is not known. */
  readonly byAll: readonly ListEntry[];
  /** Whom only some of them name. */
  readonly bySome: readonly string[];
}

/** Tells what all lists grant from what only some do. No list has a principal twice. */
export function splitGrants(
  type: DatabricksType,
  lists: readonly (readonly ListEntry[])[],
): SplitGrants {
  const byAll: ListEntry[] = [];
  const bySome: string[] = [];
  for (const same of groupByPrincipal(lists.flat())) {
    const key = keyOfEntry(same[0]);
    if (key === undefined || same.length === lists.length) byAll.push(weakest(type, same));
    else bySome.push(key);
  }
  return { byAll, bySome };
}

/** Of each principal the weakest entry. */
export function weakestOfEach(
  type: DatabricksType,
  entries: readonly ListEntry[],
): readonly ListEntry[] {
  return groupByPrincipal(entries).map((same) => weakest(type, same));
}

/**
 * Whether lists grant the same to the same. One that names somebody who is not known may be like no
 * other.
 */
export function areSame(lists: readonly WrittenList[]): boolean {
  const texts = lists.map(({ address, entries }) => {
    const lines = entries.map((entry) =>
      JSON.stringify([keyOfEntry(entry) ?? address, entry.level]),
    );
    return lines.sort().join('\n');
  });
  return new Set(texts).size === 1;
}

/** A level that the type does not have grants nothing, and is the weakest. */
export function weakest(
  type: DatabricksType,
  entries: readonly [ListEntry, ...ListEntry[]],
): ListEntry {
  const { levels } = LEVELS[type];
  const strength = ({ level }: ListEntry): number => (levels as readonly string[]).indexOf(level);
  return entries.reduce((least, entry) => (strength(entry) < strength(least) ? entry : least));
}
