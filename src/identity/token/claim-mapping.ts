import { checkOptions, type OptionNames } from '../../foundation/options.js';
import { freezeSubject, type Subject } from '../../model/subject.js';
import type { ClaimPath } from './claim-path.js';
import {
  type ClaimSource,
  compileClaimValues,
  compileFeastList,
  type ReadNames,
} from './claim-values.js';
import { compileUsername } from './username-claims.js';

/**
 * Which claims make a subject, where they are not those that Feast reads. A field that is not given
 * stays as Feast has it. One path or source, or a list of them in their order.
 */
export interface ClaimMapping {
  /** The first path that holds a string. `email` counts only beside `email_verified: true`. */
  readonly username?: string | readonly ClaimPath[] | undefined;
  /** The names at all of them, without repeats. */
  readonly roles?: ClaimNames | undefined;
  /** The names at all of them. */
  readonly groups?: ClaimNames | undefined;
  /** The names at all of them. */
  readonly namespaces?: ClaimNames | undefined;
}

/** Where a list of names is. */
export type ClaimNames = string | ClaimSource | readonly (ClaimPath | ClaimSource)[];

/** Limits of what one issuer may say about its users. */
export interface IssuerLimits {
  /** Put before each user name, role, group and namespace. */
  readonly prefix?: string | undefined;
  /** Roles that count, as the provider writes them; others are left out. Default: all. */
  readonly allowedRoles?: readonly string[] | undefined;
}

export const CLAIM_MAPPING: OptionNames<ClaimMapping> = {
  username: true,
  roles: true,
  groups: true,
  namespaces: true,
};

/**
 * Compiles the way from a verified token's claims to a subject.
 *
 * Shape: a claim of another type than is wanted there counts as absent, and so does a list member
 * that is not a string.
 *
 * @param clientId whose roles count, those of `resource_access.<clientId>.roles`; `undefined` or
 *   empty: none of them
 * @throws TypeError if a path of `mapping` or a limit is invalid; the compiled function throws
 *   {@link IdentityInvalidError} when no claim holds a user name
 * @source Feast 0.66.0: client roles, then top-level `roles`, without repeats; top-level `groups`;
 *   no namespaces. Differs: a role that is not a string is left out, where Feast keeps or chokes on
 *   it
 */
export function compileClaimMapping(
  mapping: ClaimMapping = {},
  clientId?: string,
  limits: IssuerLimits = {},
): (claims: Readonly<Record<string, unknown>>) => Subject {
  checkOptions<{ claims: ClaimMapping }>({ claims: mapping }, { claims: CLAIM_MAPPING });
  const clientRoles = clientId ? [['resource_access', clientId, 'roles']] : [];
  const username = compileUsername(mapping.username);
  const roles = compileNames(mapping.roles, [...clientRoles, 'roles']);
  const groups = compileNames(mapping.groups, ['groups']);
  const namespaces = compileNames(mapping.namespaces, []);
  const isAllowed = compileAllowedRoles(limits.allowedRoles);
  const prefixed = compilePrefix(limits.prefix);
  return (claims) =>
    freezeSubject({
      username: prefixed(username(claims)),
      roles: [...new Set(roles(claims))].filter(isAllowed).map(prefixed),
      groups: groups(claims).map(prefixed),
      namespaces: namespaces(claims).map(prefixed),
      claims,
    });
}

function compileNames(given: ClaimNames | undefined, feast: readonly ClaimPath[]): ReadNames {
  const readers =
    given === undefined ? feast.map(compileFeastList) : listSources(given).map(compileClaimValues);
  return (claims) => readers.flatMap((read) => read(claims));
}

function listSources(given: ClaimNames): readonly (ClaimPath | ClaimSource)[] {
  if (typeof given === 'string') return [given];
  if (Array.isArray(given)) return given as readonly (ClaimPath | ClaimSource)[];
  if (typeof given === 'object' && given !== null) return [given as ClaimSource];
  throw new TypeError('a claim mapping is a path, a claim source, or a list of them');
}

function compileAllowedRoles(allowed: readonly string[] | undefined): (role: string) => boolean {
  if (allowed === undefined) return () => true;
  if (!Array.isArray(allowed) || allowed.some((role) => typeof role !== 'string')) {
    throw new TypeError('allowedRoles must be an array of strings');
  }
  const roles: ReadonlySet<string> = new Set(allowed);
  return (role) => roles.has(role);
}

function compilePrefix(prefix: string | undefined): (name: string) => string {
  if (prefix === undefined) return (name) => name;
  if (typeof prefix !== 'string' || prefix === '') {
    throw new TypeError('prefix must be a non-empty string');
  }
  return (name) => `${prefix}${name}`;
}
