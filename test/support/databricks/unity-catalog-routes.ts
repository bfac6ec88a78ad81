import { denied, invalid, missing } from './api-error.js';
import { pageOf, type Route, type RouteContext, route, textOf } from './route.js';
import type { Securable, WorkspaceState } from './workspace-state.js';

const GRANTS = '/api/2.1/unity-catalog/permissions/:type/:name';
const CREDENTIAL_SECONDS = 3600;

/** Grants of Unity Catalog, and the credentials that ACCESS on a service credential gives. */
export const unityCatalogRoutes: readonly Route[] = [
  route('GET', GRANTS, (context) => {
    const { grants } = findSecurable(context);
    const wanted = context.query.get('principal');
    const assignments = [...grants]
      .filter(([principal]) => wanted === null || principal === wanted)
      .map(([principal, privileges]) => ({ principal, privileges: [...privileges] }));
    const { page, next } = pageOf(assignments, context.query, context.pageSize);
    return { ...(page.length === 0 ? {} : { privilege_assignments: page }), ...next };
  }),
  route('PATCH', GRANTS, (context) => {
    const { state, caller, body } = context;
    const securable = findSecurable(context);
    if (!state.isAdmin(caller) && !privilegesOf(context, securable).has('MANAGE')) {
      throw denied(`User does not have MANAGE on ${securable.type} '${securable.fullName}'.`);
    }
    const changes = (body['changes'] ?? []) as readonly Record<string, unknown>[];
    for (const change of changes) applyChange(state, securable, change);
    return {
      privilege_assignments: [...securable.grants].map(([principal, privileges]) => ({
        principal,
        privileges: [...privileges],
      })),
    };
  }),
  route('POST', '/api/2.1/unity-catalog/temporary-service-credentials', (context) => {
    const name = textOf(context.body, 'credential_name');
    const securable = context.state.securables.get(`credential/${name}`);
    if (securable === undefined) throw missing(`Credential '${name}' does not exist.`);
    const privileges = privilegesOf(context, securable);
    if (!privileges.has('ACCESS') && !privileges.has('ALL_PRIVILEGES')) {
      throw denied(`User does not have ACCESS on Credential '${name}'.`);
    }
    return createCredentials(context.state, securable);
  }),
];

function findSecurable({ state, parameters }: RouteContext): Securable {
  const { type = '', name = '' } = parameters;
  const securable = state.securables.get(`${type.toLowerCase()}/${name}`);
  if (securable === undefined) throw missing(`${type} '${name}' does not exist.`);
  return securable;
}

/** Also of the groups of who asks. Being an admin of the workspace gives none. */
function privilegesOf({ state, caller }: RouteContext, { grants }: Securable): Set<string> {
  const groups = new Set([...state.groupsOf(caller), 'account users']);
  const held = [...grants].filter(([name]) => name === caller.name || groups.has(name));
  return new Set(held.flatMap(([, privileges]) => [...privileges]));
}

function applyChange(
  state: WorkspaceState,
  { grants }: Securable,
  change: Readonly<Record<string, unknown>>,
): void {
  const principal = textOf(change, 'principal');
  const isKnown =
    principal === 'account users' ||
    state.findGroup(principal) !== undefined ||
    [...state.principals.values()].some(({ name }) => name === principal);
  if (!isKnown) throw missing(`Could not find principal with name ${principal}.`);
  const privileges = new Set(grants.get(principal));
  for (const privilege of readPrivileges(change['remove'])) privileges.delete(privilege);
  for (const privilege of readPrivileges(change['add'])) privileges.add(privilege);
  if (privileges.size === 0) grants.delete(principal);
  else grants.set(principal, privileges);
}

function readPrivileges(value: unknown = []): readonly string[] {
  if (!Array.isArray(value)) throw invalid('privileges must be a list');
  return value.map((each) => {
    if (typeof each !== 'string' || !/^[A-Z_ ]+$/.test(each)) {
      throw invalid(`Unknown privilege ${String(each)}`);
    }
    return each.replaceAll(' ', '_');
  });
}

function createCredentials(state: WorkspaceState, { cloud, fullName }: Securable): unknown {
  const unique = `${fullName}-${state.nextId()}`;
  const expiration_time = state.now() + CREDENTIAL_SECONDS * 1000;
  if (cloud === 'azure')
    return { azure_aad: { aad_token: `aad-token-${unique}` }, expiration_time };
  if (cloud === 'gcp') {
    return { gcp_oauth_token: { oauth_token: `gcp-token-${unique}` }, expiration_time };
  }
  const aws_temp_credentials = {
    access_key_id: `ASIA${unique}`,
    secret_access_key: `aws-secret-${unique}`,
    session_token: `aws-session-${unique}`,
  };
  return { aws_temp_credentials, expiration_time };
}
