import * as z from 'zod/mini';
import { type PolicyData, type PolicyKind, type PolicyKinds, quote } from '../model/index.js';

const names = z.array(z.string());

export interface RoleBasedPolicy extends PolicyData {
  readonly type: 'RoleBasedPolicy';
  readonly roles: readonly string[];
}

export interface GroupBasedPolicy extends PolicyData {
  readonly type: 'GroupBasedPolicy';
  readonly groups: readonly string[];
}

export interface NamespaceBasedPolicy extends PolicyData {
  readonly type: 'NamespaceBasedPolicy';
  readonly namespaces: readonly string[];
}

export interface CombinedGroupNamespacePolicy extends PolicyData {
  readonly type: 'CombinedGroupNamespacePolicy';
  readonly groups: readonly string[];
  readonly namespaces: readonly string[];
}

export interface AllowAllPolicy extends PolicyData {
  readonly type: 'AllowAll';
}

/** A policy of one of Feast's five kinds. */
export type FeastPolicy =
  | RoleBasedPolicy
  | GroupBasedPolicy
  | NamespaceBasedPolicy
  | CombinedGroupNamespacePolicy
  | AllowAllPolicy;

/** One of the roles. @source Feast documentation, "Policies": RoleBasedPolicy */
const roleBasedPolicy: PolicyKind<RoleBasedPolicy> = {
  type: 'RoleBasedPolicy',
  schema: z.strictObject({ type: z.literal('RoleBasedPolicy'), roles: names }),
  compile: ({ roles }) => ({ kind: 'any-of', roles }),
  explain: ({ roles }) => oneOf('role', roles),
};

/** Membership of one of the groups. @source Feast documentation, "Policies": GroupBasedPolicy */
const groupBasedPolicy: PolicyKind<GroupBasedPolicy> = {
  type: 'GroupBasedPolicy',
  schema: z.strictObject({ type: z.literal('GroupBasedPolicy'), groups: names }),
  compile: ({ groups }) => ({ kind: 'any-of', groups }),
  explain: ({ groups }) => oneOf('group', groups),
};

/**
 * One of the Kubernetes namespaces. @source Feast documentation, "Policies": NamespaceBasedPolicy
 */
const namespaceBasedPolicy: PolicyKind<NamespaceBasedPolicy> = {
  type: 'NamespaceBasedPolicy',
  schema: z.strictObject({ type: z.literal('NamespaceBasedPolicy'), namespaces: names }),
  compile: ({ namespaces }) => ({ kind: 'any-of', namespaces }),
  explain: ({ namespaces }) => oneOf('namespace', namespaces),
};

/**
 * One of the groups or one of the namespaces. @source Feast documentation, "Policies":
 * CombinedGroupNamespacePolicy
 */
const combinedGroupNamespacePolicy: PolicyKind<CombinedGroupNamespacePolicy> = {
  type: 'CombinedGroupNamespacePolicy',
  schema: z.strictObject({
    type: z.literal('CombinedGroupNamespacePolicy'),
    groups: names,
    namespaces: names,
  }),
  compile: ({ groups, namespaces }) => ({ kind: 'any-of', groups, namespaces }),
  explain: ({ groups, namespaces }) =>
    `${oneOf('group', groups)} or ${oneOf('namespace', namespaces)}`,
};

/** Everyone, the anonymous subject included. @source feast.permissions.policy.AllowAll */
const allowAllPolicy: PolicyKind<AllowAllPolicy> = {
  type: 'AllowAll',
  schema: z.strictObject({ type: z.literal('AllowAll') }),
  compile: () => ({ kind: 'always' }),
  explain: () => 'nothing',
};

/** The kinds that Feast has, by their `type`. */
export const FEAST_POLICY_KINDS: PolicyKinds = policyKindMap([
  roleBasedPolicy,
  groupBasedPolicy,
  namespaceBasedPolicy,
  combinedGroupNamespacePolicy,
  allowAllPolicy,
]);

/**
 * Policy kinds by their `type`.
 *
 * @throws TypeError when two kinds share a `type`, or a schema is not one of zod 4
 */
// biome-ignore lint/suspicious/noExplicitAny: a kind's data is checked by its own schema before its functions see it
export function policyKindMap(kinds: readonly PolicyKind<any>[]): PolicyKinds {
  const map = new Map<string, PolicyKind>();
  for (const kind of kinds) {
    if (map.has(kind.type)) throw new TypeError(`two policy kinds are called \`${kind.type}\``);
    if (!isSchema(kind.schema)) {
      throw new TypeError(
        `the policy kind ${quote(kind.type)} needs a schema of version 4 of zod. Make it with \`zod\` or \`zod/mini\``,
      );
    }
    map.set(kind.type, kind);
  }
  return map;
}

/** `roles('admin', 'ops')`: a policy satisfied by any of the roles. */
export function roles(...roles: readonly string[]): RoleBasedPolicy {
  return { type: 'RoleBasedPolicy', roles };
}

/** `groups('risk')`: a policy satisfied by membership of any of the groups. */
export function groups(...groups: readonly string[]): GroupBasedPolicy {
  return { type: 'GroupBasedPolicy', groups };
}

/** `namespaces('feast')`: a policy satisfied by any of the Kubernetes namespaces. */
export function namespaces(...namespaces: readonly string[]): NamespaceBasedPolicy {
  return { type: 'NamespaceBasedPolicy', namespaces };
}

/** A policy satisfied by any of the groups or any of the namespaces. */
export function groupsOrNamespaces(either: {
  readonly groups: readonly string[];
  readonly namespaces: readonly string[];
}): CombinedGroupNamespacePolicy {
  return { type: 'CombinedGroupNamespacePolicy', ...either };
}

/** A policy that everyone satisfies, the anonymous subject included. */
export function allowAll(): AllowAllPolicy {
  return { type: 'AllowAll' };
}

function isSchema(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '_zod' in value;
}

function oneOf(what: string, values: readonly string[]): string {
  if (values.length === 0) return `a ${what} from an empty list`;
  const list = values.map((value) => JSON.stringify(value)).join(', ');
  return values.length === 1 ? `the ${what} ${list}` : `one of the ${what}s ${list}`;
}
