import { denied, exists, invalid, missing } from './api-error.js';
import { type Route, type RouteContext, route, textOf } from './route.js';
import type { SecretScope } from './workspace-state.js';

const SCOPE_NAME = /^[\w.@_/-]{1,128}$/;
const LEVELS = ['READ', 'WRITE', 'MANAGE'];

/**
 * Secret scopes, their access lists and their secrets. A list is of the whole scope, never of a
 * key.
 */
export const secretRoutes: readonly Route[] = [
  route('GET', '/api/2.0/secrets/scopes/list', ({ state }) => ({
    scopes: [...state.scopes.values()].map(({ name, backend }) => ({
      name,
      ...(backend as object),
    })),
  })),
  route('POST', '/api/2.0/secrets/scopes/create', ({ state, caller, body }) => {
    const name = textOf(body, 'scope');
    if (!SCOPE_NAME.test(name)) throw invalid(`Scope name ${name} is not valid`);
    if (state.scopes.has(name)) throw exists(`Scope ${name} already exists!`);
    const vault = body['backend_azure_keyvault'];
    const backend =
      vault === undefined
        ? { backend_type: 'DATABRICKS' }
        : { backend_type: 'AZURE_KEYVAULT', keyvault_metadata: vault };
    const initial = body['initial_manage_principal'];
    if (initial !== undefined && initial !== 'users') {
      throw invalid('initial_manage_principal may be users only');
    }
    const acls = new Map([[initial ?? caller.name, 'MANAGE']]) as Map<string, string>;
    state.scopes.set(name, { name, backend, acls, secrets: new Map() });
  }),
  route('POST', '/api/2.0/secrets/scopes/delete', (context) => {
    const scope = findScope(context, 'MANAGE', context.body['scope']);
    context.state.scopes.delete(scope.name);
  }),
  route('GET', '/api/2.0/secrets/acls/list', (context) => {
    const { acls } = findScope(context, 'MANAGE');
    return { items: [...acls].map(([principal, permission]) => ({ principal, permission })) };
  }),
  route('GET', '/api/2.0/secrets/acls/get', (context) => {
    const { acls, name } = findScope(context, 'MANAGE');
    const principal = context.query.get('principal') ?? '';
    const permission = acls.get(principal);
    if (permission === undefined) throw missing(`No ACL for ${principal} on scope ${name}`);
    return { principal, permission };
  }),
  route('POST', '/api/2.0/secrets/acls/put', (context) => {
    const { state, body } = context;
    const { acls } = findScope(context, 'MANAGE', body['scope']);
    const principal = textOf(body, 'principal');
    const permission = textOf(body, 'permission');
    if (!LEVELS.includes(permission)) throw invalid(`Unknown permission ${permission}`);
    const known = [...state.principals.values()].some(({ name }) => name === principal);
    if (!known && state.findGroup(principal) === undefined) {
      throw missing(`Principal ${principal} does not exist`);
    }
    acls.set(principal, permission);
  }),
  route('POST', '/api/2.0/secrets/acls/delete', (context) => {
    const { acls, name } = findScope(context, 'MANAGE', context.body['scope']);
    const principal = textOf(context.body, 'principal');
    if (!acls.delete(principal)) throw missing(`No ACL for ${principal} on scope ${name}`);
  }),
  route('POST', '/api/2.0/secrets/put', (context) => {
    const { state, body } = context;
    const { secrets } = findScope(context, 'WRITE', body['scope']);
    const value = body['string_value'] ?? body['bytes_value'];
    if (typeof value !== 'string') throw invalid('string_value or bytes_value is missing');
    const text = body['string_value'] === undefined ? value : Buffer.from(value).toString('base64');
    secrets.set(textOf(body, 'key'), { value: text, updatedAt: state.now() });
  }),
  route('GET', '/api/2.0/secrets/get', (context) => {
    const { secrets, name } = findScope(context, 'READ');
    const key = context.query.get('key') ?? '';
    const secret = secrets.get(key);
    if (secret === undefined) throw missing(`Secret ${key} does not exist in scope ${name}`);
    return { key, value: secret.value };
  }),
  route('GET', '/api/2.0/secrets/list', (context) => ({
    secrets: [...findScope(context, 'READ').secrets].map(([key, { updatedAt }]) => ({
      key,
      last_updated_timestamp: updatedAt,
    })),
  })),
  route('POST', '/api/2.0/secrets/delete', (context) => {
    const { secrets, name } = findScope(context, 'WRITE', context.body['scope']);
    const key = textOf(context.body, 'key');
    if (!secrets.delete(key)) throw missing(`Secret ${key} does not exist in scope ${name}`);
  }),
];

/** The scope that the query names, unless `given`. The strongest list entry that applies counts. */
function findScope(
  { state, caller, query }: RouteContext,
  need: string,
  given: unknown = query.get('scope'),
): SecretScope {
  const scope = state.scopes.get(String(given));
  if (scope === undefined) throw missing(`Scope ${String(given)} does not exist!`);
  const groups = state.groupsOf(caller);
  const has = [...scope.acls]
    .filter(([principal]) => principal === caller.name || groups.has(principal))
    .map(([, level]) => LEVELS.indexOf(level));
  const strongest = state.isAdmin(caller) ? LEVELS.indexOf('MANAGE') : Math.max(-1, ...has);
  if (strongest < LEVELS.indexOf(need)) {
    throw denied(`User ${caller.name} does not have ${need} permission on scope ${scope.name}`);
  }
  return scope;
}
