import type { CompiledSnapshot } from '../../engine/index.js';
import { getOrAdd } from '../../foundation/get-or-add.js';
import { actionMask, typeMask } from '../../model/index.js';
import type { AuditedPermission } from '../audit-facts.js';

/** What a permission grants, in a form that can be compared. */
export interface Grant {
  readonly permission: AuditedPermission;
  /** The same for permissions that mean the same. */
  readonly key: string;
  readonly project: string | undefined;
  readonly typeMask: number;
  readonly actionMask: number;
  /** Distinct name patterns as sorted text; empty: all names. */
  readonly names: string;
  /** Required tags as sorted text, one each. */
  readonly tags: readonly string[];
  readonly holders: GrantHolders;
}

/** Whom a policy lets in. */
type GrantHolders =
  | { readonly kind: 'everyone' }
  /** Who has one of these roles, groups or namespaces, each as text. */
  | { readonly kind: 'any-of'; readonly atoms: ReadonlySet<string> }
  /** Known only by what it was made from. */
  | { readonly kind: 'predicate'; readonly atoms: ReadonlySet<string> };

/** Tags whose combinations are looked up: 2 to this power of look-ups for a permission at most. */
const MAX_COMBINED_TAGS = 5;
const NO_NAMES = '';

/** Works out what a permission grants. */
export function grantOf(snapshot: CompiledSnapshot, permission: AuditedPermission): Grant {
  const { vocabulary } = snapshot;
  const { project, types, namePatterns, requiredTags, actions } = permission.source;
  const allTypes = typeMask(vocabulary, vocabulary.types);
  const patterns = new Set(namePatterns.map((pattern) => JSON.stringify(pattern)));
  const parts = {
    project,
    typeMask: typeMask(vocabulary, types) & allTypes,
    actionMask: actionMask(vocabulary, actions),
    names: patterns.size === 0 ? NO_NAMES : [...patterns].sort().join(),
    tags: Object.entries(requiredTags)
      .map((pair) => JSON.stringify(pair))
      .sort(),
    holders: holdersOf(snapshot, permission),
  };
  const { holders } = parts;
  const who = holders.kind === 'everyone' ? [] : [...holders.atoms].sort();
  const key = JSON.stringify([{ ...parts, holders: [holders.kind, ...who] }]);
  return { ...parts, permission, key };
}

function holdersOf(
  snapshot: CompiledSnapshot,
  { source: { policy } }: AuditedPermission,
): GrantHolders {
  const test = snapshot.policyKinds.get(policy.type)?.compile(policy);
  switch (test?.kind) {
    case 'always':
      return { kind: 'everyone' };
    case 'any-of': {
      const { roles = [], groups = [], namespaces = [] } = test;
      const atoms = new Set([
        ...roles.map((role) => `role ${role}`),
        ...groups.map((group) => `group ${group}`),
        ...namespaces.map((namespace) => `namespace ${namespace}`),
      ]);
      return { kind: 'any-of', atoms };
    }
    default:
      return { kind: 'predicate', atoms: new Set([JSON.stringify(policy)]) };
  }
}

/**
 * Finds a grant that includes another one: the same project or every one, the same names or all, no
 * tag that the other does not require, and at least the other's types, actions and holders.
 *
 * Cost: grants are filed by what must be equal (project, names, tags) and under each of their
 * holders, so only those that share all of it with the asked one are compared. Of a permission with
 * more than five required tags, the combinations are not gone through: only all of its tags, and
 * none.
 */
export class GrantIndex {
  readonly #shelves = new Map<string, Map<string, Grant[]>>();

  /** Files a grant. Of grants with the same `key`, one is enough. */
  add(grant: Grant): void {
    const shelfKey = shelf(grant.project, grant.names, grant.tags);
    const byHolder = getOrAdd(this.#shelves, shelfKey, () => new Map<string, Grant[]>());
    for (const holder of labelsOf(grant.holders)) {
      const filed = byHolder.get(holder);
      if (filed === undefined) byHolder.set(holder, [grant]);
      else filed.push(grant);
    }
  }

  /** A filed grant, other than this one, that includes it. */
  findWider(grant: Grant): Grant | undefined {
    for (const project of new Set([grant.project, undefined])) {
      for (const names of new Set([grant.names, NO_NAMES])) {
        for (const tags of combinationsOf(grant.tags)) {
          const byHolder = this.#shelves.get(shelf(project, names, tags));
          const wider = byHolder && findIncluding(byHolder, grant);
          if (wider !== undefined) return wider;
        }
      }
    }
    return undefined;
  }
}

function findIncluding(
  byHolder: ReadonlyMap<string, readonly Grant[]>,
  grant: Grant,
): Grant | undefined {
  const includes = (other: Grant): boolean =>
    other.key !== grant.key &&
    (grant.typeMask & ~other.typeMask) === 0 &&
    (grant.actionMask & ~other.actionMask) === 0 &&
    includesHolders(other.holders, grant.holders);
  const forEveryone = byHolder.get(EVERYONE)?.find(includes);
  if (forEveryone !== undefined || grant.holders.kind === 'everyone') return forEveryone;
  // A grant that includes this one is filed under each of its holders: the one with the fewest
  // grants will do.
  let fewest: readonly Grant[] | undefined;
  for (const label of labelsOf(grant.holders)) {
    const filed = byHolder.get(label) ?? [];
    if (fewest === undefined || filed.length < fewest.length) fewest = filed;
  }
  return fewest?.find(includes);
}

const EVERYONE = 'everyone';

function labelsOf(holders: GrantHolders): Iterable<string> {
  return holders.kind === 'everyone' ? [EVERYONE] : holders.atoms;
}

function includesHolders(wide: GrantHolders, narrow: GrantHolders): boolean {
  if (wide.kind === 'everyone') return true;
  if (narrow.kind === 'everyone' || wide.kind !== narrow.kind) return false;
  if (narrow.atoms.size > wide.atoms.size) return false;
  for (const atom of narrow.atoms) if (!wide.atoms.has(atom)) return false;
  return true;
}

function shelf(project: string | undefined, names: string, tags: readonly string[]): string {
  return JSON.stringify([project ?? null, names, tags]);
}

/** Every combination of some sorted tags, each sorted, from none to all. */
function combinationsOf(tags: readonly string[]): readonly (readonly string[])[] {
  if (tags.length > MAX_COMBINED_TAGS) return [[], tags];
  let combinations: (readonly string[])[] = [[]];
  for (const tag of tags) {
    combinations = [...combinations, ...combinations.map((combination) => [...combination, tag])];
  }
  return combinations;
}
