import { getOrAdd } from '../../../foundation/get-or-add.js';
import type { Subject } from '../../../model/index.js';
import { principalKey, workspaceSubject } from '../vocabulary/index.js';
import type { ServicesFacts } from './services-facts.js';

/**
 * The subject that a service principal is, with the groups that files say it is in, also through
 * other groups.
 *
 * A group whose name no file says is left out: what is not known grants nothing.
 *
 * @throws TypeError where the application id is empty
 * @example
 * const subject = servicePrincipalSubject(file.facts, id);
 * authorizer.can(subject, 'CAN_USE', { type: 'Tokens', name: 'tokens' });
 */
export function servicePrincipalSubject(
  facts: Pick<ServicesFacts, 'servicePrincipals' | 'groups' | 'members'>,
  applicationId: string,
): Subject {
  const keyOf = (name: string): string => principalKey({ kind: 'service-principal', name });
  const own = facts.servicePrincipals.flatMap(({ id, applicationId: name, workspace }) =>
    id !== undefined && name !== undefined && keyOf(name) === keyOf(applicationId)
      ? [{ id, workspace }]
      : [],
  );
  return workspaceSubject({ applicationId, groups: groupFinder(facts)(own) });
}

/** A principal or a group by its number, which a workspace gives. */
export interface NumberedMember {
  readonly id: string;
  /** The number of the workspace; undefined: it may be any. */
  readonly workspace?: string | undefined;
}

/**
 * Finds the names of the groups that someone is in, also through other groups, by the numbers that
 * they have in the workspace.
 *
 * Several workspaces give one number to different groups, so what files say of two known workspaces
 * is kept apart.
 *
 * Cost: linear in the facts once, and for each question in the groups that are reached.
 */
export function groupFinder(
  facts: Pick<ServicesFacts, 'groups' | 'members'>,
): (members: readonly (string | NumberedMember)[]) => readonly string[] {
  const groups = listsBy(facts.groups, ({ id }) => id);
  const reach = groupReach(facts);
  return (members) => {
    const names = new Set<string>();
    for (const { id, workspace } of reach(members)) {
      for (const group of groups.get(id) ?? []) {
        if (group.name !== undefined && mayBeSame(group.workspace, workspace))
          names.add(group.name);
      }
    }
    return [...names];
  };
}

/** Finds those given and all groups that they are in, also through other groups, each once. */
export function groupReach(
  facts: Pick<ServicesFacts, 'members'>,
): (members: readonly (string | NumberedMember)[]) => readonly NumberedMember[] {
  const memberships = listsBy(facts.members, ({ memberId }) => memberId);
  return (members) => {
    const seen = new Map<string, NumberedMember>();
    const reached: NumberedMember[] = members.map((one) =>
      typeof one === 'string' ? { id: one } : one,
    );
    // An array that grows while it is gone through.
    for (const { id, workspace } of reached) {
      const key = JSON.stringify([id, workspace ?? null]);
      if (seen.has(key)) continue;
      seen.set(key, { id, workspace });
      for (const membership of memberships.get(id) ?? []) {
        if (!mayBeSame(membership.workspace, workspace)) continue;
        reached.push({ id: membership.groupId, workspace: membership.workspace ?? workspace });
      }
    }
    return [...seen.values()];
  };
}

/** Whether two facts may be of one workspace: a file does not always say which one it is of. */
export function mayBeSame(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || one === other;
}

function listsBy<T>(
  items: readonly T[],
  keyOf: (item: T) => string | undefined,
): ReadonlyMap<string, readonly T[]> {
  const lists = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    getOrAdd(lists, key, () => []).push(item);
  }
  return lists;
}
