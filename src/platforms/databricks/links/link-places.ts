import { getOrAdd } from '../../../foundation/get-or-add.js';
import type { LinkFilesRules } from './link-files-rules.js';
import type { WorkspaceName } from './link-names.js';

/** What a file says, with its workspace if the file says that too. */
export interface Placed {
  /** The number of the workspace. */
  readonly workspace?: string | undefined;
}

/**
 * The workspace of the links that a fact is of. `elsewhere`: none of them; undefined: no file says
 * it.
 */
export type FindPlace = (fact: Placed) => WorkspaceName | 'elsewhere' | undefined;

/** Finds workspaces by the numbers that the rules have for them. */
export function placeFinder({ remotes, devWorkspaceId }: LinkFilesRules): FindPlace {
  return ({ workspace }) => {
    if (workspace === undefined || remotes === undefined) return undefined;
    if (workspace === remotes.staging.workspaceId) return 'staging';
    if (workspace === remotes.prod.workspaceId) return 'prod';
    return workspace === (devWorkspaceId ?? workspace) ? 'dev' : 'elsewhere';
  };
}

/** Takes one of those of a key for a workspace; false: all of them are taken. */
export type TakePlaced = (key: string, workspace: WorkspaceName) => boolean;

/**
 * Gives out what files say: to its workspace if a file names that, or else once, to the first
 * workspace that needs it.
 */
export function placedTaker<T extends Placed>(
  items: Iterable<T>,
  keyOf: (item: T) => string | undefined,
  placeOf: FindPlace,
): TakePlaced {
  const placed = new Set<string>();
  const unplaced = new Map<string, { count: number }>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const place = placeOf(item);
    if (place === undefined) getOrAdd(unplaced, key, () => ({ count: 0 })).count += 1;
    else placed.add(JSON.stringify([key, place]));
  }
  return (key, workspace) => {
    if (placed.has(JSON.stringify([key, workspace]))) return true;
    const left = unplaced.get(key);
    if (left === undefined || left.count === 0) return false;
    left.count -= 1;
    return true;
  };
}
