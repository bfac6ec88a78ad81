import { checkOptions, type OptionNames } from '../../foundation/options.js';
import { IdentityUnavailableError } from '../../model/errors.js';
import type { Subject } from '../../model/subject.js';
import type { Authenticator } from '../token/authenticator.js';
import { readBearerToken, readMaxTokenLength } from '../token/read-bearer-token.js';
import type { ReviewedUser } from './api.js';
import {
  createKubernetesCluster,
  TOKEN_REVIEW_OPTIONS,
  type TokenReviewOptions,
} from './cluster.js';
import {
  assertUserName,
  groupsOfNamespace,
  readServiceAccount,
  type ServiceAccount,
  serviceAccountSubject,
  userSubject,
} from './subject.js';

/** How the bindings of a cluster become roles, groups and namespaces. */
export interface KubernetesAuthenticatorOptions extends TokenReviewOptions {
  /**
   * The RoleBindings of this namespace give service accounts their roles. Default: this server's
   * own namespace.
   */
  readonly namespace?: string | undefined;
  /**
   * Further namespaces whose RoleBindings give users their roles; `all`: those of every namespace,
   * as in Feast. Every user who may create RoleBindings there can assign any role. Default: none
   * but `namespace`.
   */
  readonly namespaces?: readonly string[] | 'all' | undefined;
  /** Whether ClusterRoleBindings give users their roles, too. Default: `true`. */
  readonly clusterRoleBindings?: boolean | undefined;
  /**
   * Whether a service account is also in the groups that may look into its namespace, as in Feast:
   * in `system:masters` among others. Default: `false`.
   */
  readonly namespaceGroups?: boolean | undefined;
  /** Longer tokens are refused before they are reviewed, in characters. Default 16,384. */
  readonly maxTokenLength?: number | undefined;
}

export const KUBERNETES_OPTIONS: OptionNames<KubernetesAuthenticatorOptions> = {
  ...TOKEN_REVIEW_OPTIONS,
  namespace: true,
  namespaces: true,
  clusterRoleBindings: true,
  namespaceGroups: true,
  maxTokenLength: true,
};

const NAMESPACE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

const NAMESPACE_GROUPS_WARNING =
  '`namespaceGroups` is on: service accounts are in every group that may look into their namespace, among them `system:masters`';
const ALL_NAMESPACES_WARNING =
  "`namespaces` is 'all': every account that may create RoleBindings in any namespace of the cluster can give users any role";

/**
 * Creates an authenticator that has tokens reviewed by a Kubernetes API server, and reads roles,
 * groups and namespaces from its bindings. Works for service accounts and users; what a token says
 * is believed only after its review.
 *
 * Everything that it learns is kept for `cacheSeconds`, and a token for 10 s beyond its `exp` at
 * most. A failure is not kept.
 *
 * @throws TypeError for options of a wrong type or out of their range; see {@link Authenticator}
 *   for what `authenticate` throws, besides ConfigInvalidError when no API server is configured
 * @source Feast 0.66.0, its Kubernetes token parser: same user names, roles, groups and namespaces
 *   with `namespaces: 'all'` and `namespaceGroups: true`. Differs: Feast goes on with what the
 *   unverified token says when the review fails or the API server does not answer.
 */
export function createKubernetesAuthenticator(
  options: KubernetesAuthenticatorOptions = {},
): Authenticator {
  checkOptions<KubernetesAuthenticatorOptions>(options, KUBERNETES_OPTIONS);
  checkNamespaces(options);
  const maxTokenLength = readMaxTokenLength(options.maxTokenLength);
  const cluster = createKubernetesCluster(options);
  const { namespaceGroups = false, clusterRoleBindings = true, namespaces = [] } = options;
  let closed = false;

  const ownNamespace = async (): Promise<string> =>
    options.namespace ?? (await cluster.ownNamespace());

  async function ofServiceAccount(account: ServiceAccount, user: ReviewedUser): Promise<Subject> {
    const own = await ownNamespace();
    const isRead =
      namespaces === 'all' || account.namespace === own || namespaces.includes(account.namespace);
    const [bindings, inNamespace, clusterWide] = await Promise.all([
      cluster.roleBindings(own),
      namespaceGroups && isRead ? cluster.roleBindings(account.namespace) : undefined,
      namespaceGroups && clusterRoleBindings ? cluster.namespaceGroups() : undefined,
    ]);
    const groups = inNamespace && groupsOfNamespace(account.namespace, inNamespace, clusterWide);
    return serviceAccountSubject(account, user, bindings, groups ?? []);
  }

  async function ofUser(user: ReviewedUser): Promise<Subject> {
    const own = await ownNamespace();
    const read = namespaces === 'all' ? [undefined] : [...new Set([own, ...namespaces])];
    const [clusterWide, ...lists] = await Promise.all([
      clusterRoleBindings ? cluster.clusterRoleBindings() : undefined,
      ...read.map((namespace) => cluster.roleBindings(namespace)),
    ]);
    const known = [own, ...read, ...lists.flatMap((list) => [...(list?.namespaces ?? [])])];
    assertUserName(user.username, new Set(known.filter((name) => name !== undefined)));
    return userSubject(
      user,
      lists.filter((list) => list !== undefined),
      clusterWide,
    );
  }

  return {
    warnings: [
      ...(namespaceGroups ? [NAMESPACE_GROUPS_WARNING] : []),
      ...(namespaces === 'all' ? [ALL_NAMESPACES_WARNING] : []),
    ],
    authenticate: async (credentials) => {
      if (closed) throw new IdentityUnavailableError('the authenticator is closed');
      const user = await cluster.review(readBearerToken(credentials, maxTokenLength));
      const account = readServiceAccount(user);
      return account === undefined ? ofUser(user) : ofServiceAccount(account, user);
    },
    close: () => {
      closed = true;
      cluster.forget();
    },
  };
}

/**
 * Creates a check of service-account tokens where everybody else comes with a token of an OIDC
 * provider: the token is reviewed, and no binding is read.
 *
 * Shape: gives the user name as the API server writes it, and the namespace of a service account;
 * no roles or groups.
 *
 * @throws TypeError for options of a wrong type or out of their range; the check throws what
 *   `authenticate` throws
 * @source Feast 0.66.0, its OIDC token parser, for tokens with a `kubernetes.io` claim
 */
export function createTokenReviewer(
  options: TokenReviewOptions = {},
): (token: string) => Promise<Subject> {
  checkOptions<TokenReviewOptions>(options, TOKEN_REVIEW_OPTIONS, {
    '`createKubernetesAuthenticator`': KUBERNETES_OPTIONS,
  });
  const cluster = createKubernetesCluster(options);
  return async (token) => {
    const user = await cluster.review(readBearerToken({ token }, readMaxTokenLength()));
    const account = readServiceAccount(user);
    return Object.freeze({
      username: user.username,
      roles: Object.freeze([]),
      groups: Object.freeze([]),
      namespaces: Object.freeze(account === undefined ? [] : [account.namespace]),
    });
  };
}

function checkNamespaces(options: KubernetesAuthenticatorOptions): void {
  const { namespace = 'default', namespaces = [] } = options;
  const list = namespaces === 'all' ? [] : namespaces;
  if (!Array.isArray(list)) throw new TypeError("namespaces must be an array of strings, or 'all'");
  for (const name of [namespace, ...list]) {
    if (typeof name === 'string' && NAMESPACE.test(name)) continue;
    throw new TypeError('a namespace must be a Kubernetes name of at most 63 characters');
  }
  for (const name of ['clusterRoleBindings', 'namespaceGroups'] as const) {
    const value: unknown = options[name];
    if (value === undefined || typeof value === 'boolean') continue;
    throw new TypeError(`${name} must be a boolean`);
  }
}
