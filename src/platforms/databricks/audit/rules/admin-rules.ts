import { getOrAdd } from '../../../../foundation/get-or-add.js';
import { count, listSome } from '../../../../foundation/names.js';
import { quote } from '../../../../model/index.js';
import {
  type AdministratorFact,
  type GroupFact,
  groupReach,
  mayBeSame,
  type NumberedMember,
  type ServicePrincipalFact,
} from '../../acl/index.js';
import { ADMINS_GROUP, formatPrincipal, USERS_GROUP } from '../../vocabulary/index.js';
import type { ServicesAuditFacts, ServicesRule } from '../services-rule.js';

/** A service that may do everything. */
export const servicePrincipalIsAdmin: ServicesRule = {
  id: 'service-principal-is-admin',
  level: 'warning',
  title: 'A service principal that is an administrator',
  advice:
    'Grant it what it needs on single objects: an administrator reads every secret and can act as everyone',
  *check(facts) {
    const { administrators, servicePrincipals } = facts;
    const reach = groupReach(facts);
    const index = indexAdmins(facts);
    const explained = new Set<AdministratorFact>();
    const reported = new Map<string, NumberedMember[]>();
    for (const one of namedFirst(servicePrincipals)) {
      const { id, applicationId, workspace } = one;
      const reached = id === undefined ? [] : reach([{ id, workspace }]);
      const direct =
        index.byApplicationId.get(applicationId?.toLowerCase() ?? '') ??
        reached.flatMap((each) => findSame(index.byId, each)).at(0);
      const isMember = reached.some((each) => findSame(index.groups, each).length > 0);
      if (direct !== undefined) explained.add(direct);
      if (direct === undefined && !isMember) continue;
      const own = id ?? applicationId ?? one.displayName;
      if (findSame(reported, { id: own, workspace }).length > 0) continue;
      getOrAdd(reported, own, () => []).push({ id: own, workspace });
      const name = applicationId ?? id;
      const number = name === undefined || name === one.displayName ? '' : ` (${quote(name)})`;
      const who = `service principal ${quote(one.displayName)}${number}`;
      yield { message: `${who} is an administrator of ${describeAdmin(direct, workspace)}` };
    }
    for (const fact of administrators) {
      if (explained.has(fact) || fact.isUser === true) continue;
      const who = describeUnknown(fact, index.groupIds);
      if (who === undefined) continue;
      yield { message: `${who} is an administrator of ${describeAdmin(fact, fact.workspace)}` };
    }
  },
};

/** Several facts can be about one of them: those that name it say more. */
function namedFirst(all: readonly ServicePrincipalFact[]): readonly ServicePrincipalFact[] {
  const isNamed = ({ applicationId }: ServicePrincipalFact): boolean => applicationId !== undefined;
  return [...all.filter(isNamed), ...all.filter((one) => !isNamed(one))];
}

/** Administrators, by what they are looked up by. */
interface AdminIndex {
  readonly byId: ReadonlyMap<string, readonly AdministratorFact[]>;
  readonly byApplicationId: ReadonlyMap<string, AdministratorFact>;
  /** Groups of administrators by their number. */
  readonly groups: ReadonlyMap<string, readonly NumberedMember[]>;
  /** Numbers of all groups. */
  readonly groupIds: ReadonlySet<string | undefined>;
}

function indexAdmins({ groups, administrators }: ServicesAuditFacts): AdminIndex {
  const byId = new Map<string, AdministratorFact[]>();
  const byApplicationId = new Map<string, AdministratorFact>();
  const names = new Set([ADMINS_GROUP]);
  for (const fact of administrators) {
    if (fact.applicationId !== undefined) {
      byApplicationId.set(fact.applicationId.toLowerCase(), fact);
    } else if (fact.id !== undefined) getOrAdd(byId, fact.id, () => []).push(fact);
    if (fact.group !== undefined) names.add(fact.group);
  }
  const ofAdmins = new Map<string, NumberedMember[]>();
  for (const { id, name, workspace } of groups) {
    if (id === undefined || name === undefined || !names.has(name)) continue;
    getOrAdd(ofAdmins, id, () => []).push({ id, workspace });
  }
  return { byId, byApplicationId, groups: ofAdmins, groupIds: new Set(groups.map(({ id }) => id)) };
}

function findSame<T extends { readonly workspace?: string | undefined }>(
  index: ReadonlyMap<string, readonly T[]>,
  { id, workspace }: NumberedMember,
): readonly T[] {
  return (index.get(id) ?? []).filter((one) => mayBeSame(one.workspace, workspace));
}

function describeAdmin(fact: AdministratorFact | undefined, workspace: string | undefined): string {
  const by =
    fact === undefined ? `, as a member of ${quote(ADMINS_GROUP)}` : ` by ${quote(fact.by)}`;
  if (fact?.scope === 'account') return `the account${by}`;
  const number = fact?.workspace ?? workspace;
  return `${number === undefined ? 'the workspace' : `workspace ${number}`}${by}`;
}

/**
 * Whom a fact is about that is not one of the known service principals; undefined: a group or a
 * person, of whose members nothing is known.
 */
function describeUnknown(
  { id, applicationId, group }: AdministratorFact,
  groupIds: ReadonlySet<string | undefined>,
): string | undefined {
  if (applicationId !== undefined) {
    return formatPrincipal({ kind: 'service-principal', name: applicationId });
  }
  if (group !== undefined || (id !== undefined && groupIds.has(id))) return undefined;
  return id === undefined
    ? 'someone whom only the applied plan names'
    : `principal ${quote(id)}, which no file names,`;
}

const EVERYONE: ReadonlySet<string> = new Set([`groups/${USERS_GROUP}`, 'groups/account users']);

/** Everyone can act as a service. */
export const usersUseServicePrincipal: ServicesRule = {
  id: 'users-use-service-principal',
  level: 'error',
  title: 'A service principal that everyone may use or manage',
  advice:
    'Give the role to those who run jobs as the service principal: they have all of its rights',
  *check({ roleGrants }) {
    for (const { name, role, principals } of roleGrants) {
      if (!role.startsWith('roles/servicePrincipal.')) continue;
      if (!principals.some((principal) => EVERYONE.has(principal))) continue;
      yield { message: `everyone has ${quote(role)} in the rule set ${quote(name)}` };
    }
  },
};

/** Everyone can run with a role of AWS. */
export const usersAttachProfile: ServicesRule = {
  id: 'users-attach-profile',
  level: 'warning',
  title: 'An instance profile that everyone in the workspace may attach',
  advice: 'Let a group of the people and services attach it that need what its role may do',
  *check({ profileUsers, groups }) {
    const everyone = new Map<string, GroupFact[]>();
    for (const group of groups) {
      const isEveryone = group.name === USERS_GROUP || group.name === 'account users';
      if (isEveryone && group.id !== undefined) getOrAdd(everyone, group.id, () => []).push(group);
    }
    for (const { arn, by, groupId, workspace } of profileUsers) {
      if (groupId === undefined) continue;
      if (findSame(everyone, { id: groupId, workspace }).length === 0) continue;
      yield { message: `everyone may attach the instance profile ${quote(arn)} by ${quote(by)}` };
    }
  },
};

/** Tokens of anybody at an issuer open a service principal. */
export const openFederationPolicy: ServicesRule = {
  id: 'open-federation-policy',
  level: 'warning',
  title: 'A federation policy that takes tokens of more than one workload',
  advice:
    'Set `subject` to the one workload and `audiences` to a value of your own; otherwise every workload of the issuer can sign in',
  *check({ federationPolicies }) {
    for (const policy of federationPolicies) {
      const { address, scope, issuer, subject, audiences } = policy;
      const isOpen = scope === 'service-principal' && subject === undefined;
      if (!isOpen && audiences.length > 0) continue;
      const from = issuer === undefined ? 'its issuer' : quote(issuer);
      const what = isOpen ? 'with any subject' : 'for any audience';
      yield { message: `${quote(address)} takes tokens of ${from} ${what}` };
    }
  },
};

/** Who can become a service principal. */
export const federationPolicy: ServicesRule = {
  id: 'federation-policy',
  level: 'note',
  title: 'A workload that signs in without a secret of Databricks',
  advice: 'Nothing to do here; compare the issuer and the subject with the workloads that you know',
  *check({ federationPolicies }) {
    for (const { address, scope, issuer, subject, servicePrincipalId } of federationPolicies) {
      const who =
        scope === 'account'
          ? 'the users and service principals that they name'
          : `service principal ${quote(servicePrincipalId ?? 'unknown')}`;
      const of = subject === undefined ? '' : ` with the subject ${quote(subject)}`;
      const tokens = `tokens of ${quote(issuer ?? 'an unknown issuer')}${of}`;
      yield { message: `by ${quote(address)} ${tokens} sign in as ${who}` };
    }
  },
};

/** Roles, with whom they are given to. */
export const roleGranted: ServicesRule = {
  id: 'role-granted',
  level: 'note',
  title: 'A role that a rule set gives',
  advice: 'Nothing to do here; who uses a service principal has all of its rights',
  *check({ roleGrants }) {
    for (const { name, role, principals } of roleGrants) {
      const whom =
        principals.length === 0 ? 'principals that are not known' : listSome(principals.map(quote));
      yield { message: `the rule set ${quote(name)} gives ${quote(role)} to ${whom}` };
    }
  },
};

/** What may grant something, and has no reader. */
export const resourceNotRead: ServicesRule = {
  id: 'resource-not-read',
  level: 'note',
  title: 'Resources of a type that the audit does not know; they may grant rights',
  advice: 'Nothing to do here; look at what they grant in Databricks',
  *check({ unread }) {
    const types = new Map<string, string[]>();
    for (const { type, address } of unread) getOrAdd(types, type, () => []).push(address);
    for (const [type, addresses] of types) {
      const what = `${count(addresses.length, 'resource')} of type ${quote(type)}`;
      yield { message: `${what} not looked at: ${listSome(addresses.map(quote))}` };
    }
  },
};
