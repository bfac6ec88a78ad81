import * as z from 'zod';
import { type PolicyData, type PolicyKind, quote, type Subject } from '../../../model/index.js';

/** Someone to whom Databricks grants something. */
export interface Principal {
  readonly kind: 'user' | 'service-principal' | 'group';
  /** The user's name, the service principal's application id, or the group's name. */
  readonly name: string;
}

/** One of the users, one of the service principals, or membership of one of the groups. */
export interface PrincipalsPolicy extends PolicyData {
  readonly type: 'Principals';
  readonly users: readonly string[];
  /** Application ids. */
  readonly servicePrincipals: readonly string[];
  readonly groups: readonly string[];
}

const names = z.array(z.string());

/**
 * The policy kind of Databricks' access control lists.
 *
 * Names of users and service principals are compared without regard to case, names of groups as
 * they are. A subject whose name is an application id is a service principal, and what is granted
 * to a user never is granted to it. A service principal by another name matches no one else.
 *
 * @source Databricks documentation, "Secret access control", for what names each kind of principal
 */
export const principalsPolicyKind: PolicyKind<PrincipalsPolicy> = {
  type: 'Principals',
  schema: z.strictObject({
    type: z.literal('Principals'),
    users: names,
    servicePrincipals: names,
    groups: names,
  }),
  compile({ users, servicePrincipals, groups }) {
    // Groups alone go into the engine's bit sets.
    if (users.length === 0 && servicePrincipals.length === 0) return { kind: 'any-of', groups };
    const people = new Set(users.map(foldName).filter((name) => !isApplicationId(name)));
    // SECURITY: another name would be met by a user who is called that.
    const services = new Set(servicePrincipals.map(foldName).filter(isApplicationId));
    const groupSet = new Set(groups);
    return {
      kind: 'predicate',
      grants: (subject) => {
        if (subject === null) return false;
        const name = foldName(subject.username);
        return (
          people.has(name) ||
          services.has(name) ||
          (subject.groups ?? []).some((group) => groupSet.has(group))
        );
      },
    };
  },
  explain({ users, servicePrincipals, groups }) {
    const all = [
      ...users.map((name) => formatPrincipal({ kind: 'user', name })),
      ...servicePrincipals.map((name) => formatPrincipal({ kind: 'service-principal', name })),
      ...groups.map((name) => formatPrincipal({ kind: 'group', name })),
    ];
    return all.length === 0 ? 'a principal from an empty list' : all.join(' or ');
  },
};

/** `principals([{ kind: 'group', name: 'ml' }])`: a policy satisfied by any of them. */
export function principals(all: readonly Principal[]): PrincipalsPolicy {
  const named = (kind: Principal['kind']): readonly string[] =>
    all.filter((one) => one.kind === kind).map(({ name }) => name);
  return {
    type: 'Principals',
    users: named('user'),
    servicePrincipals: named('service-principal'),
    groups: named('group'),
  };
}

/**
 * Whom a bare name means, as secret ACLs and grants write it: an application id is a service
 * principal, an e-mail address a user, and everything else a group.
 */
export function principalFromName(name: string): Principal {
  if (isApplicationId(name)) return { kind: 'service-principal', name };
  return { kind: name.includes('@') ? 'user' : 'group', name };
}

/** Whether a name has the form of an application id: a UUID. */
export function isApplicationId(name: string): boolean {
  return /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i.test(name);
}

/** Two principals with the same key are the same one. */
export function principalKey({ kind, name }: Principal): string {
  return JSON.stringify([kind, kind === 'group' ? name : foldName(name)]);
}

/** A principal for messages. */
export function formatPrincipal({ kind, name }: Principal): string {
  return `${kind === 'service-principal' ? 'service principal' : kind} ${quote(name)}`;
}

/** The group that everyone in a workspace is in. */
export const USERS_GROUP = 'users';
/** The group of a workspace's administrators. */
export const ADMINS_GROUP = 'admins';

/**
 * The subject that a service principal or a user is in its workspace: a member of `users` whatever
 * its other groups.
 *
 * Shape: one of `applicationId` and `userName`; `groups` are the names of its groups, those that it
 * is in through others included.
 *
 * @throws TypeError when not exactly one of the two is a string that is not empty, if
 *   `applicationId` is invalid, and when `userName` is one
 * @example
 * const subject = workspaceSubject({ applicationId });
 * authorizer.can(subject, 'CAN_QUERY', { type: 'ServingEndpoint', name: id });
 */
export function workspaceSubject(member: {
  readonly applicationId?: string | undefined;
  readonly userName?: string | undefined;
  readonly groups?: readonly string[] | undefined;
}): Subject {
  const { applicationId, userName, groups = [] } = member;
  const username = applicationId ?? userName;
  if (typeof username !== 'string' || username === '') {
    throw new TypeError('a member of a workspace has an applicationId or a userName');
  }
  if (applicationId !== undefined && userName !== undefined) {
    throw new TypeError('a member of a workspace has an applicationId or a userName, not both');
  }
  if (isApplicationId(username) !== (userName === undefined)) {
    throw new TypeError('applicationId must be a UUID, and userName must not be one');
  }
  return { username, groups: [...new Set([USERS_GROUP, ...groups])] };
}

// SECURITY: ASCII letters alone. Full case folding makes one name of some that differ, such as with
// the Kelvin sign.
function foldName(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
