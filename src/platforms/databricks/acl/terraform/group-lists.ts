import { keyOfEntry, type WorkspaceItems, type WrittenList } from '../list-entries.js';
import { moduleOf } from './provider-workspaces.js';

/** A list of one object, with what a file says of its workspace. */
export interface PlacedList extends WrittenList {
  readonly workspace: string | undefined;
}

/** Lists of objects that have one name, those of each workspace together. */
export interface GroupedLists {
  readonly groups: readonly WorkspaceItems<WrittenList>[];
  /** Whether a file says which workspace each list is of. */
  readonly isCertain: boolean;
}

/**
 * Tells the lists of several workspaces apart: by what the file says of it.
 *
 * Where it does not say so, lists of different modules are taken to be of different workspaces
 * where they have no principal in common. In doubt lists are of one workspace, where each replaces
 * the others: a list without known names is in doubt with every other one.
 */
export function groupLists(lists: readonly PlacedList[]): GroupedLists {
  const known = new Map<string, WrittenList[]>();
  for (const list of lists) {
    if (list.workspace === undefined) {
      return { groups: groupByGuess(lists).map((items) => ({ items })), isCertain: false };
    }
    const same = known.get(list.workspace);
    if (same === undefined) known.set(list.workspace, [list]);
    else same.push(list);
  }
  const groups = Array.from(known.values(), (items) => ({
    workspace: items[0]?.workspaceId,
    items,
  }));
  return { groups, isCertain: true };
}

/** Lists are in one group where a module or a principal leads from each to the next. */
function groupByGuess(lists: readonly PlacedList[]): readonly (readonly WrittenList[])[] {
  if (lists.some(isInDoubt)) return [lists];
  const leaders = new Map<string, string>();
  for (const list of lists) {
    const own = moduleKey(list);
    for (const entry of list.entries) {
      leaders.set(findLeader(leaders, keyOfEntry(entry) ?? own), findLeader(leaders, own));
    }
  }
  const groups = new Map<string, WrittenList[]>();
  for (const list of lists) {
    const leader = findLeader(leaders, moduleKey(list));
    const group = groups.get(leader);
    if (group === undefined) groups.set(leader, [list]);
    else group.push(list);
  }
  return [...groups.values()];
}

/** What stands at the end of a row of keys; each step makes the row shorter. */
function findLeader(leaders: Map<string, string>, key: string): string {
  let at = key;
  for (let next = leaders.get(at); next !== undefined && next !== at; next = leaders.get(at)) {
    const last = leaders.get(next) ?? next;
    leaders.set(at, last);
    at = last;
  }
  return at;
}

function isInDoubt({ entries }: WrittenList): boolean {
  return entries.length === 0 || entries.some(({ principal }) => principal === undefined);
}

/** No principal has such a key. */
function moduleKey({ address }: WrittenList): string {
  return `module ${moduleOf(address)}`;
}
