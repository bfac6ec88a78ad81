import { denied, invalid, missing } from './api-error.js';
import { OBJECT_KINDS } from './levels.js';
import { type Route, type RouteContext, route, textOf } from './route.js';
import type { Principal, SecuredObject, WorkspaceState } from './workspace-state.js';

/** Of an object in the path, whose type may have two segments. */
const OBJECT = '/api/2.0(?:/preview)?/permissions/(?<type>sql/warehouses|[^/]+)/:id';

/**
 * The permissions API: PUT replaces, PATCH merges, of the same principal twice the last counts, the
 * group `admins` always manages. Permissions on tokens need a token to exist, and taking them away
 * ends the tokens of who had them.
 */
export const permissionRoutes: readonly Route[] = [
  route('GET', OBJECT, (context) => {
    const object = findObject(context);
    context.state.demandLevel(context.caller, object, 'CAN_MANAGE');
    return describe(context.state, object);
  }),
  route('GET', `${OBJECT}/permissionLevels`, (context) => ({
    permission_levels: levelsOf(findObject(context)).map((level) => ({
      permission_level: level,
      description: `${level} on this object`,
    })),
  })),
  route('PUT', OBJECT, (context) => {
    demandAdmins(context);
    return change(context, new Map());
  }),
  route('PATCH', OBJECT, (context) => change(context, new Map(findObject(context).acl))),
  route('GET', '/api/2.0/serving-endpoints/:name', ({ state, caller, parameters }) => {
    const endpoint = findEndpoint(state, parameters['name'] ?? '');
    state.demandLevel(caller, endpoint, 'CAN_VIEW');
    return describeEndpoint(state, endpoint, state.levelOf(caller, endpoint));
  }),
  route('POST', '/serving-endpoints/:name/invocations', ({ state, caller, parameters }) => {
    state.demandLevel(caller, findEndpoint(state, parameters['name'] ?? ''), 'CAN_QUERY');
    return { predictions: [1] };
  }),
  route('GET', '/api/2.0/mlflow/databricks/registered-models/get', ({ state, caller, query }) => {
    const name = query.get('name') ?? '';
    const model = [...state.objects.values()].find(
      (object) => object.type === 'registered-models' && object.name === name,
    );
    if (model === undefined) throw missing(`RegisteredModel '${name}' does not exist`);
    const root = state.object('registered-models', 'root');
    const mayRead = [model, root].some((object) => state.levelOf(caller, object) !== undefined);
    if (!mayRead) throw denied(`${caller.name} may not read the model ${name}`);
    return { registered_model_databricks: { id: model.id, name } };
  }),
];

/** @source databricks-sdk-py 0.162, `ServingEndpointDetailed` */
function describeEndpoint(
  state: WorkspaceState,
  { name, id }: SecuredObject,
  level: string | undefined,
): unknown {
  const at = state.now();
  return {
    name,
    id,
    creator: 'admin@example.org',
    creation_timestamp: at,
    last_updated_timestamp: at,
    state: { ready: 'READY', config_update: 'NOT_UPDATING' },
    config: {
      served_entities: [
        { name: `${name}-1`, entity_name: name, entity_version: '1', workload_size: 'Small' },
      ],
      config_version: 1,
    },
    permission_level: level,
    route_optimized: false,
  };
}

/**
 * Lists of the whole workspace keep `admins`, so that they can be changed at all.
 *
 * @source terraform-provider-databricks, `permissions`: "Cannot change permissions for group
 *   'admins' to None"
 */
function demandAdmins({ parameters, body }: RouteContext): void {
  const { type, id } = parameters;
  const isWhole = type === 'authorization' || (type === 'registered-models' && id === 'root');
  const entries = body['access_control_list'];
  if (!isWhole || !Array.isArray(entries)) return;
  const hasAdmins = (entries as readonly Record<string, unknown>[]).some(
    (entry) => entry['group_name'] === 'admins' && entry['permission_level'] === 'CAN_MANAGE',
  );
  if (!hasAdmins) throw invalid("Cannot change permissions for group 'admins' to None.");
}

function findObject({ state, parameters }: RouteContext): SecuredObject {
  const { type = '', id = '' } = parameters;
  if (!OBJECT_KINDS.has(type)) throw invalid(`Unsupported object type: ${type}`);
  const object = state.object(type, id);
  // The same words as the service has for it.
  if (isTokens(object) && state.tokens.size === 0) throw missing('tokens tokens does not exist');
  return object;
}

function findEndpoint(state: WorkspaceState, name: string): SecuredObject {
  const endpoint = [...state.objects.values()].find(
    (object) => object.type === 'serving-endpoints' && object.name === name,
  );
  if (endpoint === undefined) throw missing(`Endpoint with name '${name}' does not exist.`);
  return endpoint;
}

function isTokens({ type, id }: SecuredObject): boolean {
  return type === 'authorization' && id === 'tokens';
}

function levelsOf({ type, id }: SecuredObject): readonly string[] {
  if (id === 'passwords') return ['CAN_USE'];
  return OBJECT_KINDS.get(type)?.levels ?? [];
}

function change({ state, caller, body, ...rest }: RouteContext, acl: Map<string, string>): unknown {
  const object = findObject({ state, caller, body, ...rest });
  state.demandLevel(caller, object, 'CAN_MANAGE');
  const entries = body['access_control_list'] ?? [];
  if (!Array.isArray(entries)) throw invalid('access_control_list must be a list');
  for (const entry of entries as readonly Record<string, unknown>[]) {
    const level = textOf(entry, 'permission_level');
    if (!levelsOf(object).includes(level)) {
      throw invalid(`Permission type ${level} is not defined for ${object.type}`);
    }
    acl.set(keyOf(state, entry), level);
  }
  const had = isTokens(object) ? tokenOwners(state, object) : [];
  object.acl.clear();
  for (const [key, level] of acl) object.acl.set(key, level);
  for (const owner of had) {
    if (state.levelOf(owner, object) === undefined) endTokens(state, owner);
  }
  return describe(state, object);
}

function tokenOwners(state: WorkspaceState, object: SecuredObject): readonly Principal[] {
  const owners = new Set([...state.tokens.values()].map(({ owner }) => owner));
  return [...owners].filter((owner) => state.levelOf(owner, object) !== undefined);
}

function endTokens(state: WorkspaceState, owner: Principal): void {
  for (const token of state.tokens.values()) {
    if (token.owner === owner) state.tokens.delete(token.id);
  }
}

function keyOf(state: WorkspaceState, entry: Readonly<Record<string, unknown>>): string {
  const given = ['user_name', 'group_name', 'service_principal_name'].filter(
    (field) => entry[field] !== undefined,
  );
  const [field = ''] = given;
  if (given.length !== 1) throw invalid('Exactly one principal must be given for each entry');
  const name = textOf(entry, field);
  if (field === 'group_name') {
    if (state.findGroup(name) === undefined)
      throw missing(`Principal: GroupName(${name}) does not exist`);
    return `group:${name}`;
  }
  const kind = field === 'user_name' ? 'user' : 'service-principal';
  const principal = state.findPrincipal(kind, name);
  if (principal === undefined) {
    const label = kind === 'user' ? 'UserName' : 'ServicePrincipalName';
    throw missing(`Principal: ${label}(${name}) does not exist`);
  }
  return `${kind}:${principal.name}`;
}

function describe(state: WorkspaceState, object: SecuredObject): unknown {
  const kind = OBJECT_KINDS.get(object.type);
  const path =
    object.type === 'authorization'
      ? `/authorization/${object.id}`
      : `/${object.type}/${object.id}`;
  const own = [...object.acl]
    .filter(([key]) => key !== 'group:admins')
    .map(([key, level]) => ({
      ...principalOf(state, key),
      all_permissions: [{ permission_level: level, inherited: false }],
    }));
  const inherited = {
    permission_level: levelsOf(object).at(-1),
    inherited: true,
    inherited_from_object: [path.slice(0, path.lastIndexOf('/') + 1)],
  };
  return {
    object_id: path,
    object_type: object.type === 'authorization' ? object.id : kind?.answerType,
    access_control_list: [...own, { group_name: 'admins', all_permissions: [inherited] }],
  };
}

function principalOf(state: WorkspaceState, key: string): Readonly<Record<string, string>> {
  const at = key.indexOf(':');
  const name = key.slice(at + 1);
  if (key.startsWith('group:')) return { group_name: name };
  const kind = key.startsWith('user:') ? 'user' : 'service-principal';
  const display_name = state.findPrincipal(kind, name)?.displayName ?? name;
  return kind === 'user'
    ? { user_name: name, display_name }
    : { service_principal_name: name, display_name };
}
