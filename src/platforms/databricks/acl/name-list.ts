import { isPlainObject } from '../../../model/index.js';

/** What a list is called in an answer, by a field that each of its members has. */
const LISTS: readonly (readonly [field: string, list: string])[] = [
  ['token_id', 'token_infos'],
  ['applicationId', 'Resources'],
  ['displayName', 'Resources'],
  ['backend_type', 'scopes'],
  ['permission', 'items'],
  ['key', 'secrets'],
  ['purpose', 'credentials'],
  ['creation_timestamp', 'endpoints'],
  ['read_secret_prefix', 'online_stores'],
  ['write_secret_prefix', 'online_stores'],
];

/** What the list of an answer is called, by the address of the answer. */
const ANSWERS: ReadonlyMap<string, string> = new Map([
  ['/api/2.0/token-management/tokens', 'token_infos'],
  ['/api/2.0/token/list', 'token_infos'],
  ['/api/2.0/secrets/scopes/list', 'scopes'],
  ['/api/2.0/secrets/acls/list', 'items'],
  ['/api/2.0/secrets/list', 'secrets'],
  ['/api/2.0/serving-endpoints', 'endpoints'],
  ['/api/2.1/unity-catalog/credentials', 'credentials'],
  ['/api/2.0/preview/scim/v2/ServicePrincipals', 'Resources'],
  ['/api/2.0/preview/scim/v2/Groups', 'Resources'],
  ['/api/2.0/preview/scim/v2/Users', 'Resources'],
]);

/**
 * An answer with its list under the list's name.
 *
 * Databricks leaves an empty list out of an answer, and its command line prints lists bare: what
 * they are is told by the address, or else by the fields of their members. Anything else is given
 * as it is.
 *
 * @example
 * nameList([{ token_id: 'a' }], undefined) // { token_infos: [{ token_id: 'a' }] }
 */
export function nameList(value: unknown, path: string | undefined): unknown {
  const name = ANSWERS.get(path?.split('?', 1)[0] ?? '');
  if (name !== undefined && Array.isArray(value)) return { [name]: value };
  if (name !== undefined && isPlainObject(value)) return { [name]: [], ...value };
  if (!Array.isArray(value) || value.length === 0) return value;
  const known = LISTS.find(([field]) =>
    value.every((member) => isPlainObject(member) && Object.hasOwn(member, field)),
  );
  return known === undefined ? value : { [known[1]]: value };
}
