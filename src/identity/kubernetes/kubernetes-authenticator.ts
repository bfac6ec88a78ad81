import { IdentityUnavailableError } from '../../model/errors.js';
import type { Subject } from '../../model/subject.js';
import type { Authenticator } from '../authenticator.js';
import { readBearerToken, readMaxTokenLength } from '../token/read-bearer-token.js';
import type { ReviewedUser } from './api.js';
import { createKubernetesCluster, type TokenReviewOptions } from './cluster.js';
import {
  groupsOfNamespace,
  parseServiceAccount,
  type ServiceAccount,
  serviceAccountSubject,
  userSubject,
} from './subject.js';

/** How the bindings of a cluster become roles, groups and namespaces. */
export interface KubernetesAuthenticatorOptions extends TokenReviewOptions {
  /** The RoleBindings of this namespace give service accounts their roles. Default: this server's own namespace. */
  readonly namespace?: string | undefined;
  /** Read only these namespaces (and `namespace`) and nothing cluster-wide: neither ClusterRoleBindings nor ClusterRoles. */
  readonly namespaces?: readonly string[] | undefined;
  /** Whether a service account is also in the groups that may look into its namespace, as in Feast. Default true. */
  readonly namespaceGroups?: boolean | undefined;
  /** Longer tokens are refused before they are reviewed, in characters. Default 16,384. */
  readonly maxTokenLength?: number | undefined;
}

const NAMESPACE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

const NAMESPACE_GROUPS_WARNING =
  'service accounts are in every group that may look into their namespace, as Feast has it: set `namespaceGroups: false` to give them only the groups of their token';

/**
 * Creates an authenticator that has tokens reviewed by a Kubernetes API server, and reads roles, groups and namespaces
 * from its bindings. Works for service accounts and users; what a token says is believed only after its review.
 *
 * Everything that it learns is kept for `cacheSeconds`, and a token never beyond its `exp`. A failure is not kept.
 *
 * @throws TypeError for options of a wrong type or out of their range; see {@link Authenticator} for what
 *   `authenticate` throws, besides ConfigInvalidError when no API server is configured
 * @source Feast 0.66.0, its Kubernetes token parser: same user names, roles, groups and namespaces. Differs: Feast
 *   goes on with what the unverified token says when the review fails or the API server does not answer.
 */
export function createKubernetesAuthenticator(
  options: KubernetesAuthenticatorOptions = {},
): Authenticator {
  checkNamespaces(options);
  const maxTokenLength = readMaxTokenLength(options.maxTokenLength);
  const cluster = createKubernetesCluster(options);
  const namespaceGroups = options.namespaceGroups ?? true;
  const namespaces = options.namespaces && [...new Set(options.namespaces)];
  let closed = false;

  async function ofServiceAccount(account: ServiceAccount, user: ReviewedUser): Promise<Subject> {
    const own = options.namespace ?? (await cluster.ownNamespace());
    const readable =
      namespaces === undefined ||
      namespaces.includes(account.namespace) ||
      account.namespace === own;
    const [bindings, inNamespace, clusterWide] = await Promise.all([
      cluster.roleBindings(own),
      namespaceGroups && readable ? cluster.roleBindings(account.namespace) : undefined,
      namespaceGroups && namespaces === undefined ? cluster.namespaceGroups() : undefined,
    ]);
    const groups = inNamespace && groupsOfNamespace(account.namespace, inNamespace, clusterWide);
    return serviceAccountSubject(account, user, bindings, groups ?? []);
  }

  async function ofUser(user: ReviewedUser): Promise<Subject> {
    if (namespaces === undefined) {
      const [all, clusterWide] = await Promise.all([
        cluster.roleBindings(undefined),
        cluster.clusterRoleBindings(),
      ]);
      return userSubject(user, [all], clusterWide);
    }
    const own = options.namespace ?? (await cluster.ownNamespace());
    const read = [...new Set([...namespaces, own])];
    const lists = await Promise.all(read.map((namespace) => cluster.roleBindings(namespace)));
    return userSubject(user, lists, undefined);
  }

  return {
    warnings: namespaceGroups ? [NAMESPACE_GROUPS_WARNING] : [],
    authenticate: async (credentials) => {
      if (closed) throw new IdentityUnavailableError('the authenticator is closed');
      const user = await cluster.review(readBearerToken(credentials, maxTokenLength));
      const account = parseServiceAccount(user.username);
      return account === undefined ? ofUser(user) : ofServiceAccount(account, user);
    },
    close: () => {
      closed = true;
      cluster.forget();
    },
  };
}

/**
 * Creates a check of service-account tokens where everybody else comes with a token of an OIDC provider: the token is
 * reviewed, and no binding is read.
 *
 * Shape: gives the user name as the API server writes it, and the namespace of a service account; no roles or groups.
 *
 * @throws TypeError for options of a wrong type or out of their range; the check throws what `authenticate` throws
 * @source Feast 0.66.0, its OIDC token parser, for tokens with a `kubernetes.io` claim
 */
export function createTokenReviewer(
  options: TokenReviewOptions = {},
): (token: string) => Promise<Subject> {
  const cluster = createKubernetesCluster(options);
  return async (token) => {
    const { username } = await cluster.review(readBearerToken({ token }, readMaxTokenLength()));
    const account = parseServiceAccount(username);
    return Object.freeze({
      username,
      roles: Object.freeze([]),
      groups: Object.freeze([]),
      namespaces: Object.freeze(account === undefined ? [] : [account.namespace]),
    });
  };
}

function checkNamespaces({
  namespace = 'default',
  namespaces = [],
}: KubernetesAuthenticatorOptions): void {
  if (!Array.isArray(namespaces)) throw new TypeError('namespaces must be a list of strings');
  for (const name of [namespace, ...namespaces]) {
    if (typeof name === 'string' && NAMESPACE.test(name)) continue;
    throw new TypeError('a namespace must be a Kubernetes name of at most 63 characters');
  }
}
