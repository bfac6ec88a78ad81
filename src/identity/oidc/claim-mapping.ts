import { IdentityInvalidError } from '../../model/errors.js';
import { freezeSubject, type Subject } from '../../model/subject.js';
import { type ClaimPath, parseClaimPath, readClaim } from './claim-path.js';

/**
 * Which claims make a subject, where they are not those that Feast reads. A field that is not given stays as Feast has it.
 * One path, or several in their order.
 */
export interface ClaimMapping {
  /** The first that holds a string. */
  readonly username?: string | readonly ClaimPath[] | undefined;
  /** The lists at all of them, without repeats. */
  readonly roles?: string | readonly ClaimPath[] | undefined;
  /** The lists at all of them. */
  readonly groups?: string | readonly ClaimPath[] | undefined;
  /** The lists at all of them. */
  readonly namespaces?: string | readonly ClaimPath[] | undefined;
}

/** @source Feast 0.66.0: the first of these that is a string */
const USERNAME_CLAIMS = ['preferred_username', 'upn', 'azp', 'appid', 'sub'];
const FIELDS = ['username', 'roles', 'groups', 'namespaces'];

/**
 * Compiles the way from a verified token's claims to a subject.
 *
 * Shape: a claim of another type than is wanted there counts as absent, and so does what is no string in a list.
 *
 * @param clientId whose roles count, those of `resource_access.<clientId>.roles`; `undefined` or empty: none of them
 * @throws TypeError when a path of `mapping` is none; the compiled function throws {@link IdentityInvalidError} when no
 *   claim holds a user name
 * @source Feast 0.66.0: client roles, then top-level `roles`, without repeats; top-level `groups`; no namespaces.
 *   Differs: a role that is no string is left out, where Feast keeps or chokes on it
 */
export function compileClaimMapping(
  mapping: ClaimMapping = {},
  clientId?: string,
): (claims: Readonly<Record<string, unknown>>) => Subject {
  const unknown = Object.keys(mapping).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) throw new TypeError(`claims has no field \`${unknown}\``);
  const clientRoles = clientId ? [['resource_access', clientId, 'roles']] : [];
  const username = readPaths(mapping.username ?? USERNAME_CLAIMS);
  const roles = readPaths(mapping.roles ?? [...clientRoles, 'roles']);
  const groups = readPaths(mapping.groups ?? 'groups');
  const namespaces = readPaths(mapping.namespaces ?? []);
  return (claims) => {
    const name = username.map((path) => readClaim(claims, path)).find(isString);
    if (name === undefined) {
      throw new IdentityInvalidError('the token has none of the claims that name its user');
    }
    return freezeSubject({
      username: name,
      roles: [...new Set(readLists(claims, roles))],
      groups: readLists(claims, groups),
      namespaces: readLists(claims, namespaces),
      claims,
    });
  };
}

function readPaths(paths: string | readonly ClaimPath[]): readonly (readonly string[])[] {
  if (typeof paths === 'string') return [parseClaimPath(paths)];
  if (!Array.isArray(paths)) throw new TypeError('a claim mapping is a path or a list of paths');
  return paths.map(parseClaimPath);
}

function readLists(claims: unknown, paths: readonly (readonly string[])[]): string[] {
  return paths.flatMap((path) => {
    const value = readClaim(claims, path);
    return Array.isArray(value) ? value.filter(isString) : [];
  });
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}
