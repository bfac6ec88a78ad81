import type { AccessEntry, ServicesFacts } from '../acl/index.js';
import { type Principal, principalKey } from '../vocabulary/index.js';
import type { WorkspaceName } from './link-names.js';
import type { FindPlace } from './link-places.js';

/** What a principal has on an object. */
export interface AccessPlace {
  readonly type: string;
  readonly name: string;
  readonly principal: Principal;
}

/** Access that is needed once. */
export interface NeededAccess extends AccessPlace {
  readonly action: string;
}

/** Whether there is such an access in a workspace that nothing before needed. */
export type TakeAccess = (needed: NeededAccess, workspace: WorkspaceName) => boolean;

/** Gives out what files say of access: to its workspace, or where no file names that, each once. */
export function accessTaker(facts: ServicesFacts, placeOf: FindPlace): TakeAccess {
  const taken = new Map<string, number>();
  return (needed, workspace) => {
    const { type, name, action, principal } = needed;
    const found = entriesOf(facts, needed).filter(
      ({ actions }) => actions?.some((each) => each === action) === true,
    );
    if (found.some((entry) => placeOf(entry) === workspace)) return true;
    const unplaced = found.filter((entry) => placeOf(entry) === undefined).length;
    const key = JSON.stringify([type, name, action, principalKey(principal)]);
    const before = taken.get(key) ?? 0;
    if (before >= countAccess(facts, needed, unplaced)) return false;
    taken.set(key, before + 1);
    return true;
  };
}

function countAccess(facts: ServicesFacts, needed: NeededAccess, found: number): number {
  // Scopes of one name in two workspaces are one scope in a file. What is left of its entries is
  // the weakest one.
  if (needed.type !== 'SecretScope' || found === 0) return found;
  return facts.repeated
    .filter((fact) => !fact.isCertain && isAt(fact, needed))
    .reduce((count, { levels }) => count + levels.length - 1, found);
}

/**
 * All levels that a principal is given, the ones that do not count included: in one workspace, and
 * where no file says in which.
 */
export function levelsOf(
  facts: ServicesFacts,
  place: AccessPlace,
  workspace: WorkspaceName,
  placeOf: FindPlace,
): { readonly placed: readonly string[]; readonly unplaced: readonly string[] } {
  const levelsAt = (where: WorkspaceName | undefined): readonly string[] => {
    const isThere = (fact: { readonly workspace?: string | undefined }): boolean =>
      placeOf(fact) === where;
    let levels = entriesOf(facts, place)
      .filter(isThere)
      .map(({ level }) => level);
    for (const { levels: all, kept } of facts.repeated.filter(
      (fact) => isThere(fact) && isAt(fact, place),
    )) {
      // The one that counts stands in both lists.
      const index = levels.indexOf(kept);
      levels = [...levels.filter((_, at) => at !== index), ...all];
    }
    return levels;
  };
  return { placed: levelsAt(workspace), unplaced: levelsAt(undefined) };
}

type Subject = Pick<AccessEntry, 'resource' | 'principal'>;

function entriesOf(facts: ServicesFacts, place: AccessPlace): readonly AccessEntry[] {
  return facts.entries.filter((entry) => isAt(entry, place));
}

function isAt({ resource, principal }: Subject, place: AccessPlace): boolean {
  return (
    resource.type === place.type &&
    resource.name === place.name &&
    principal !== undefined &&
    principalKey(principal) === principalKey(place.principal)
  );
}
