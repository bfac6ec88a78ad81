import { IdentityInvalidError } from '../../model/errors.js';
import type { Subject } from '../../model/subject.js';
import type { ReviewedUser } from './api.js';
import type { BindingIndex, NamespaceGroups, RbacBinding } from './rbac.js';

/** A service account, as its user name names it. */
export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
}

/** How the API server begins the user name of a service account. */
export const SERVICE_ACCOUNT_PREFIX = 'system:serviceaccount:';
const SERVICE_ACCOUNTS_OF = 'system:serviceaccounts:';

/**
 * The service account of a reviewed user, whose user name is
 * `system:serviceaccount:NAMESPACE:NAME`.
 *
 * Shape: `undefined` for a user name of another kind.
 *
 * @throws IdentityInvalidError when the name starts like that and goes on otherwise, or the user is
 *   not in the group that the API server puts every account of the namespace into: another
 *   authenticator of the cluster gave the name
 */
export function readServiceAccount({ username, groups }: ReviewedUser): ServiceAccount | undefined {
  if (!username.startsWith(SERVICE_ACCOUNT_PREFIX)) return undefined;
  const [namespace, name, ...others] = username.slice(SERVICE_ACCOUNT_PREFIX.length).split(':');
  if (!namespace || !name || others.length > 0) {
    throw new IdentityInvalidError('the user name is not that of a service account');
  }
  if (!groups.includes(`${SERVICE_ACCOUNTS_OF}${namespace}`)) {
    throw new IdentityInvalidError(
      'the user has the name of a service account and is not in the group of its namespace',
    );
  }
  return { namespace, name };
}

/**
 * Refuses a user whose name could be taken for that of a service account, which is `NAMESPACE:NAME`
 * here.
 *
 * @param namespaces those that may have accounts
 * @throws IdentityInvalidError when the name begins with one of them and a colon
 */
export function assertUserName(username: string, namespaces: ReadonlySet<string>): void {
  const [namespace = '', name] = username.split(':', 2);
  if (name === undefined || !namespaces.has(namespace)) return;
  throw new IdentityInvalidError('the user has a name that belongs to service accounts');
}

/**
 * The subject of a service account.
 *
 * @param ownBindings RoleBindings of the namespace that this server takes roles from
 * @param namespaceGroups groups that the account is given besides its own
 * @source Feast 0.66.0: user name `NAMESPACE:NAME`; roles of the RoleBindings in the server's
 *   namespace that name the account, not those of its groups; the namespace of the account, and
 *   those of `system:serviceaccounts:` groups
 */
export function serviceAccountSubject(
  account: ServiceAccount,
  user: ReviewedUser,
  ownBindings: BindingIndex,
  namespaceGroups: readonly string[],
): Subject {
  const groups = [...user.groups, ...namespaceGroups];
  return createSubject({
    username: `${account.namespace}:${account.name}`,
    roles: roleNames(ownBindings.of({ kind: 'ServiceAccount', ...account })),
    groups,
    namespaces: [account.namespace, ...namespacesOf(groups)],
  });
}

/**
 * The subject of a user that is not a service account.
 *
 * @param roleBindings in all namespaces that this server reads
 * @param clusterRoleBindings `undefined` when this server reads none
 * @source Feast 0.66.0: roles of all bindings that name the user or one of the groups; the
 *   namespaces in which the user's own name is bound to the ClusterRole `admin` or by the dashboard
 *   of Open Data Hub
 */
export function userSubject(
  user: ReviewedUser,
  roleBindings: readonly BindingIndex[],
  clusterRoleBindings: BindingIndex | undefined,
): Subject {
  const { username, groups } = user;
  const subjects = [
    { kind: 'User', name: username, namespace: undefined },
    ...groups.map((name) => ({ kind: 'Group', name, namespace: undefined })),
  ];
  const indexes =
    clusterRoleBindings === undefined ? roleBindings : [...roleBindings, clusterRoleBindings];
  const bindings = indexes.flatMap((index) => subjects.flatMap((subject) => index.of(subject)));
  const projects = roleBindings
    .flatMap((index) => index.of({ kind: 'User', name: username, namespace: undefined }))
    .filter(opensProject)
    .flatMap(({ namespace }) => namespace ?? []);
  return createSubject({
    username,
    roles: roleNames(bindings),
    groups,
    namespaces: [...projects, ...namespacesOf(groups)],
  });
}

/**
 * The groups that may look into a namespace: those bound in it, and those that a cluster-wide
 * binding lets in.
 */
export function groupsOfNamespace(
  namespace: string,
  bindings: BindingIndex,
  clusterWide: NamespaceGroups | undefined,
): readonly string[] {
  return [
    ...bindings.groups,
    ...(clusterWide?.everywhere ?? []),
    ...(clusterWide?.named.get(namespace) ?? []),
  ];
}

function opensProject({ name, labels, role }: RbacBinding): boolean {
  const dashboard =
    name.startsWith('dashboard-permissions-') && labels.get('opendatahub.io/dashboard') === 'true';
  return dashboard || (role.kind === 'ClusterRole' && role.name === 'admin');
}

function namespacesOf(groups: readonly string[]): readonly string[] {
  return groups.flatMap((group) => {
    if (!group.startsWith(SERVICE_ACCOUNTS_OF)) return [];
    return group.slice(SERVICE_ACCOUNTS_OF.length).split(':')[0] || [];
  });
}

function roleNames(bindings: readonly RbacBinding[]): readonly string[] {
  return bindings.map(({ role }) => role.name);
}

function createSubject(
  subject: Required<Pick<Subject, 'username'>> & {
    readonly roles: readonly string[];
    readonly groups: readonly string[];
    readonly namespaces: readonly string[];
  },
): Subject {
  return Object.freeze({
    username: subject.username,
    roles: sorted(subject.roles),
    groups: sorted(subject.groups),
    namespaces: sorted(subject.namespaces),
  });
}

function sorted(names: readonly string[]): readonly string[] {
  return Object.freeze([...new Set(names)].toSorted());
}
