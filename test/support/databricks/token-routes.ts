import { denied, invalid, missing } from './api-error.js';
import { type Route, type RouteContext, route, textOf } from './route.js';
import type { Principal, StoredToken, WorkspaceState } from './workspace-state.js';

/** Personal access tokens: one's own, and those of others for admins. */
export const tokenRoutes: readonly Route[] = [
  route('POST', '/api/2.0/token/create', (context) => {
    const { state, caller } = context;
    demandUse(state, caller);
    return describeNew(create(context, caller));
  }),
  route('GET', '/api/2.0/token/list', ({ state, caller }) => ({
    token_infos: [...state.tokens.values()]
      .filter(({ owner }) => owner === caller)
      .map((token) => describe(token)),
  })),
  route('POST', '/api/2.0/token/delete', ({ state, caller, body }) => {
    const token = state.tokens.get(textOf(body, 'token_id'));
    if (token?.owner !== caller) throw missing('The token with this id does not exist');
    state.tokens.delete(token.id);
  }),
  route('GET', '/api/2.0/token-management/tokens', ({ state, caller, query }) => {
    state.demandAdmin(caller);
    const creator = query.get('created_by_username');
    const creatorId = query.get('created_by_id');
    return {
      token_infos: [...state.tokens.values()]
        .filter((token) => creator === null || token.creator.name === creator)
        .filter((token) => creatorId === null || token.creator.id === creatorId)
        .map((token) => ({ ...describe(token), ...describeOwner(token) })),
    };
  }),
  route('GET', '/api/2.0/token-management/tokens/:id', ({ state, caller, parameters }) => {
    state.demandAdmin(caller);
    const token = findToken(state, parameters['id']);
    return { token_info: { ...describe(token), ...describeOwner(token) } };
  }),
  route('DELETE', '/api/2.0/token-management/tokens/:id', ({ state, caller, parameters }) => {
    state.demandAdmin(caller);
    state.tokens.delete(findToken(state, parameters['id']).id);
  }),
  route('POST', '/api/2.0/token-management/on-behalf-of/tokens', (context) => {
    const { state, caller, body } = context;
    state.demandAdmin(caller);
    const applicationId = textOf(body, 'application_id');
    const owner = state.findPrincipal('service-principal', applicationId);
    if (owner === undefined) throw missing(`Service principal ${applicationId} does not exist`);
    demandUse(state, owner);
    return describeNew(create(context, owner));
  }),
];

function demandUse(state: WorkspaceState, principal: Principal): void {
  const tokens = state.object('authorization', 'tokens');
  if (state.levelOf(principal, tokens) === undefined) {
    throw denied(`${principal.name} does not have permission to use tokens.`);
  }
}

function create({ state, caller, body }: RouteContext, owner: Principal): StoredToken {
  const { comment = '', lifetime_seconds: seconds, scopes } = body;
  const isLifetime = seconds === undefined || (Number.isInteger(seconds) && Number(seconds) > 0);
  if (typeof comment !== 'string' || !isLifetime) throw invalid('Invalid comment or lifetime');
  if (scopes !== undefined && !Array.isArray(scopes)) throw invalid('scopes must be a list');
  return state.addToken(
    owner,
    caller,
    comment,
    seconds as number | undefined,
    scopes as readonly string[] | undefined,
  );
}

function findToken(state: WorkspaceState, id = ''): StoredToken {
  const token = state.tokens.get(id);
  if (token === undefined) throw missing('The token with this id does not exist');
  return token;
}

/** @source databricks-sdk-py 0.162, `TokenInfo` */
function describe({
  id,
  createdAt,
  expiresAt,
  comment,
  scopes = ['all-apis'],
}: StoredToken): object {
  const times = { creation_time: createdAt, expiry_time: expiresAt };
  return { token_id: id, ...times, comment, scopes };
}

function describeOwner({ owner, creator }: StoredToken): object {
  return {
    created_by_id: Number(creator.id),
    created_by_username: creator.name,
    owner_id: Number(owner.id),
  };
}

function describeNew(token: StoredToken): unknown {
  return { token_value: token.value, token_info: describe(token) };
}
