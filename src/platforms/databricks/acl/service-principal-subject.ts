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
  const own = facts.servicePrincipals.flatMap((one) =>
    one.id !== undefined &&
    one.applicationId !== undefined &&
    keyOf(one.applicationId) === keyOf(applicationId)
      ? [one.id]
      : [],
  );
  return workspaceSubject({ applicationId, groups: groupFinder(facts)(own) });
}

/**
 * Finds the names of the groups that someone is in, also through other groups, by the numbers that
 * they have in the workspace.
 *
 * Cost: linear in the facts once, and for each question in the groups that are reached.
 */
export function groupFinder(
  facts: Pick<ServicesFacts, 'groups' | 'members'>,
): (ids: readonly string[]) => readonly string[] {
  const groupsOf = new Map<string, string[]>();
  for (const { groupId, memberId } of facts.members) {
    const known = groupsOf.get(memberId);
    if (known === undefined) groupsOf.set(memberId, [groupId]);
    else known.push(groupId);
  }
  const names = new Map<string, string>();
  for (const { id, name } of facts.groups) {
    if (id !== undefined && name !== undefined) names.set(id, name);
  }
  return (ids) => {
    // A set that grows while it is gone through: what is added comes last, and nothing twice.
    const reached = new Set(ids);
    for (const id of reached) {
      for (const group of groupsOf.get(id) ?? []) reached.add(group);
    }
    return [...new Set(Array.from(reached, (id) => names.get(id)))].filter(
      (name) => name !== undefined,
    );
  };
}
