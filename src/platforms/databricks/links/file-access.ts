import type { AccessEntry, ServicesFacts } from '../acl/index.js';
import { type Principal, principalKey } from '../vocabulary/index.js';

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

/** Whether there is such an access that nothing before needed. */
export type TakeAccess = (needed: NeededAccess) => boolean;

/** Gives out what files say of access, each once. */
export function accessTaker(facts: ServicesFacts): TakeAccess {
  const taken = new Map<string, number>();
  return (needed) => {
    const { type, name, action, principal } = needed;
    const key = JSON.stringify([type, name, action, principalKey(principal)]);
    const before = taken.get(key) ?? 0;
    taken.set(key, before + 1);
    return before < countAccess(facts, needed);
  };
}

function countAccess(facts: ServicesFacts, needed: NeededAccess): number {
  const found = entriesOf(facts, needed).filter(
    ({ actions }) => actions?.some((each) => each === needed.action) === true,
  ).length;
  // Scopes of one name in two workspaces are one scope in a file. What is left of its entries is
  // the weakest one.
  if (needed.type !== 'SecretScope' || found === 0) return found;
  return facts.repeated
    .filter((fact) => !fact.isCertain && isAt(fact, needed))
    .reduce((count, { levels }) => count + levels.length - 1, found);
}

/** All levels that a principal is given, the ones that do not count included. */
export function levelsOf(facts: ServicesFacts, place: AccessPlace): readonly string[] {
  let levels = entriesOf(facts, place).map(({ level }) => level);
  for (const { levels: all, kept } of facts.repeated.filter((fact) => isAt(fact, place))) {
    // The one that counts stands in both lists.
    const index = levels.indexOf(kept);
    levels = [...levels.filter((_, at) => at !== index), ...all];
  }
  return levels;
}

type Placed = Pick<AccessEntry, 'resource' | 'principal'>;

function entriesOf(facts: ServicesFacts, place: AccessPlace): readonly AccessEntry[] {
  return facts.entries.filter((entry) => isAt(entry, place));
}

function isAt({ resource, principal }: Placed, place: AccessPlace): boolean {
  return (
    resource.type === place.type &&
    resource.name === place.name &&
    principal !== undefined &&
    principalKey(principal) === principalKey(place.principal)
  );
}
