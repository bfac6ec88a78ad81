import { ApiError, invalid, missing } from './api-error.js';
import { type Route, type RouteContext, route, textOf } from './route.js';
import type { Group, Principal, WorkspaceState } from './workspace-state.js';

const SCIM = '/api/2.0/preview/scim/v2';
const PATCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/**
 * Service principals, users and groups by SCIM: pages by `startIndex` and `count`, filters
 * `ATTRIBUTE eq "VALUE"`.
 */
export const scimRoutes: readonly Route[] = [
  // Of a service principal, too, it is a user, whose name is the application ID. @source
  // terraform-provider-databricks, `data_current_user`; databricks-sdk-py 0.162, `User`
  route('GET', `${SCIM}/Me`, ({ state, caller }) => {
    const { applicationId: _, ...user } = describePrincipal(state, caller);
    return { ...user, userName: caller.name };
  }),
  route('GET', `${SCIM}/ServicePrincipals`, (context) =>
    listPrincipals(context, 'service-principal'),
  ),
  route('GET', `${SCIM}/Users`, (context) => listPrincipals(context, 'user')),
  route(
    'POST',
    `${SCIM}/ServicePrincipals`,
    ({ state, caller, body }) => {
      state.demandAdmin(caller);
      const displayName = textOf(body, 'displayName');
      const name =
        typeof body['applicationId'] === 'string' ? body['applicationId'] : newUuid(state);
      if (state.findPrincipal('service-principal', name) !== undefined) {
        throw new ApiError(409, 'RESOURCE_ALREADY_EXISTS', `${name} exists already`);
      }
      const principal = state.addPrincipal('service-principal', name, displayName);
      keep(principal, body);
      return describePrincipal(state, principal);
    },
    201,
  ),
  route('GET', `${SCIM}/ServicePrincipals/:id`, ({ state, parameters }) =>
    describePrincipal(state, findPrincipal(state, parameters['id'])),
  ),
  route('DELETE', `${SCIM}/ServicePrincipals/:id`, ({ state, caller, parameters }) => {
    state.demandAdmin(caller);
    removePrincipal(state, findPrincipal(state, parameters['id']));
  }),
  route('GET', `${SCIM}/Groups`, (context) =>
    list(
      context,
      [...context.state.groups.values()].map((group) => describeGroup(context.state, group)),
    ),
  ),
  route(
    'POST',
    `${SCIM}/Groups`,
    ({ state, caller, body }) => {
      state.demandAdmin(caller);
      const displayName = textOf(body, 'displayName');
      if (state.findGroup(displayName) !== undefined) {
        throw new ApiError(409, 'RESOURCE_ALREADY_EXISTS', `Group ${displayName} already exists.`);
      }
      const group = state.addGroup(displayName);
      keep(group, body);
      addMembers(state, group, body['members'] ?? []);
      return describeGroup(state, group);
    },
    201,
  ),
  route('GET', `${SCIM}/Groups/:id`, ({ state, parameters }) =>
    describeGroup(state, findGroup(state, parameters['id'])),
  ),
  route('DELETE', `${SCIM}/Groups/:id`, ({ state, caller, parameters }) => {
    state.demandAdmin(caller);
    const group = findGroup(state, parameters['id']);
    if (group.displayName === 'admins' || group.displayName === 'users') {
      throw invalid(`The group ${group.displayName} cannot be deleted`);
    }
    state.groups.delete(group.id);
  }),
  route('PATCH', `${SCIM}/Groups/:id`, ({ state, caller, parameters, body }) => {
    state.demandAdmin(caller);
    const group = findGroup(state, parameters['id']);
    const schemas = body['schemas'];
    if (!Array.isArray(schemas) || !schemas.includes(PATCH_SCHEMA)) throw invalid('no PatchOp');
    for (const operation of (body['Operations'] ?? []) as readonly Record<string, unknown>[]) {
      patchMembers(state, group, operation);
    }
    return describeGroup(state, group);
  }),
];

function newUuid(state: WorkspaceState): string {
  return `00000000-0000-4000-8000-${state.nextId().padStart(12, '0')}`;
}

function patchMembers(
  state: WorkspaceState,
  group: Group,
  { op, path, value }: Readonly<Record<string, unknown>>,
): void {
  const removed = /^members\[value eq "([^"]+)"\]$/.exec(String(path))?.[1];
  if (op === 'remove' && removed !== undefined) group.members.delete(removed);
  else if (op === 'remove' && path === 'members') group.members.clear();
  else if (op === 'add' && path === 'members') addMembers(state, group, value);
  else if (op === 'add' && path === undefined) {
    addMembers(state, group, (value as Record<string, unknown> | undefined)?.['members']);
  } else throw invalid(`Unsupported operation ${String(op)} ${String(path)}`);
}

function addMembers(state: WorkspaceState, group: Group, members: unknown): void {
  if (!Array.isArray(members)) throw invalid('members must be a list');
  const ids = (members as readonly Record<string, unknown>[]).map((each) => textOf(each, 'value'));
  for (const id of ids) {
    if (!state.principals.has(id) && !state.groups.has(id)) {
      throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `Member ${id} not found.`);
    }
  }
  for (const id of ids) group.members.add(id);
}

function removePrincipal(state: WorkspaceState, principal: Principal): void {
  state.principals.delete(principal.id);
  for (const group of state.groups.values()) group.members.delete(principal.id);
  for (const token of state.tokens.values()) {
    if (token.owner === principal) state.tokens.delete(token.id);
  }
  for (const [value, session] of state.sessions) {
    if (session.principal === principal) state.sessions.delete(value);
  }
}

function findPrincipal(state: WorkspaceState, id = ''): Principal {
  const principal = state.principals.get(id);
  if (principal === undefined) throw missing(`Service principal with id ${id} not found.`);
  return principal;
}

function findGroup(state: WorkspaceState, id = ''): Group {
  const group = state.groups.get(id);
  if (group === undefined) throw missing(`Group with id ${id} not found.`);
  return group;
}

function listPrincipals(context: RouteContext, kind: Principal['kind']): unknown {
  const found = [...context.state.principals.values()].filter((each) => each.kind === kind);
  return list(
    context,
    found.map((principal) => describePrincipal(context.state, principal)),
  );
}

function list(
  { query, pageSize }: RouteContext,
  resources: readonly Readonly<Record<string, unknown>>[],
): unknown {
  const filter = query.get('filter');
  const match = filter === null ? undefined : /^(\w+) eq "([^"]*)"$/.exec(filter);
  if (match === null) throw invalid('Unsupported filter');
  const found = resources.filter(
    (resource) => match === undefined || resource[match[1] ?? ''] === match[2],
  );
  const startIndex = Math.max(1, Number(query.get('startIndex') ?? 1));
  const count = Math.min(Number(query.get('count') ?? pageSize), pageSize);
  const page = found.slice(startIndex - 1, startIndex - 1 + count);
  return {
    totalResults: found.length,
    startIndex,
    itemsPerPage: page.length,
    // The service leaves it out where it would be empty.
    ...(page.length === 0 ? {} : { Resources: page }),
  };
}

function describePrincipal(
  state: WorkspaceState,
  principal: Principal,
): Readonly<Record<string, unknown>> {
  const { id, kind, name, displayName, active } = principal;
  const groups = [...state.groups.values()]
    .filter(({ members }) => members.has(id))
    .map((group) => ({ display: group.displayName, value: group.id, type: 'direct' }));
  return { id, ...namesOf(kind, name), displayName, active, groups, ...describeKept(principal) };
}

function namesOf(kind: Principal['kind'], name: string): Readonly<Record<string, string>> {
  return kind === 'user' ? { userName: name } : { applicationId: name };
}

type Kept = Pick<Principal, 'entitlements' | 'roles' | 'externalId'>;

/** @source databricks-sdk-py 0.162, `service_principals.create` and `groups.create` */
function keep(resource: Kept, body: Readonly<Record<string, unknown>>): void {
  resource.entitlements = valuesOf(body['entitlements']);
  resource.roles = valuesOf(body['roles']);
  if (typeof body['externalId'] === 'string') resource.externalId = body['externalId'];
}

function valuesOf(list: unknown): readonly string[] {
  if (list === undefined) return [];
  if (!Array.isArray(list)) throw invalid('expected a list');
  return (list as readonly Record<string, unknown>[]).map((each) => textOf(each, 'value'));
}

/** What is empty is left out. */
function describeKept({ entitlements, roles, externalId }: Kept): object {
  const named = (values: readonly string[]) => values.map((value) => ({ value }));
  return {
    ...(entitlements.length === 0 ? {} : { entitlements: named(entitlements) }),
    ...(roles.length === 0 ? {} : { roles: named(roles) }),
    ...(externalId === undefined ? {} : { externalId }),
  };
}

function describeGroup(state: WorkspaceState, group: Group): Readonly<Record<string, unknown>> {
  const { id, displayName, members } = group;
  const described = [...members].map((value) => ({
    value,
    display:
      state.principals.get(value)?.displayName ?? state.groups.get(value)?.displayName ?? value,
  }));
  return {
    id,
    displayName,
    ...(described.length === 0 ? {} : { members: described }),
    ...describeKept(group),
  };
}
