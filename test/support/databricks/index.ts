/**
 * A Databricks workspace on the loopback interface, over TLS, with the state and the rules of the
 * real one as far as its public documents tell them. Everything goes through HTTP.
 *
 *     const workspace = await startFakeWorkspace({
 *       servicePrincipals: [
 *         { applicationId: 'app-1', displayName: 'pipeline', secret: 's3cret', groups: ['ml'] },
 *       ],
 *       servingEndpoints: ['fraud'],
 *       registeredModels: ['churn'],
 *       serviceCredentials: [{ name: 'vault', cloud: 'azure' }],
 *     });
 *     createHttpClient({ caCertPath: workspace.caCertPath, timeoutSeconds: 10 });
 *     workspace.origin        // https://127.0.0.1:PORT
 *     workspace.adminToken    // a token of the user `admin@example.org` in the group `admins`
 *     workspace.tokenOf('app-1')   // a token of a service principal or user, without a log-in
 *     workspace.journal       // every request: method, path, query, headers, body, status
 *     // The second API request from now on:
 *     workspace.failAt(2, { kind: 'kill-after' }, { path: '/api/' });
 *     await workspace.stop();
 *
 * What it knows: permissions of all object types of `levels.ts` (PUT replaces, PATCH merges, the
 * last entry of a principal counts, admins inherit CAN_MANAGE; those of tokens do not exist before
 * there is a token, and taking CAN_USE away ends the tokens of who had it), serving endpoints
 * (their id is not their name) and their invocations, models of the workspace registry, personal
 * access tokens (own, of others, on behalf of), secret scopes with access lists and secrets, SCIM
 * service principals, users, groups and `Me`, Unity Catalog grants in pages with empty ones in
 * between, temporary service credentials, the OAuth token endpoint with client credentials and
 * token exchange, and what the host says of itself. Nobody may do what the real one refuses them:
 * errors are `{ error_code, message }`, those of SCIM `{ schemas, detail, status }`. `rateLimit`
 * bounds the requests of a window. Faults: see `faults.ts`. `startFakeEntra` is Microsoft Entra;
 * with `entra` a workspace takes its tokens for the Databricks application.
 */
import { randomBytes } from 'node:crypto';
import { ApiError } from './api-error.js';
import type { FakeEntra } from './entra.js';
import {
  type FakeAnswer,
  type FakeRequest,
  type FakeServer,
  startFakeServer,
} from './fake-server.js';
import { answerOAuth, type OAuthEndpoint } from './oauth-endpoint.js';
import { permissionRoutes } from './permission-routes.js';
import { type RateLimit, RateLimiter } from './rate-limit.js';
import { answerRoute } from './route.js';
import { scimRoutes } from './scim-routes.js';
import { secretRoutes } from './secret-routes.js';
import { tokenRoutes } from './token-routes.js';
import { unityCatalogRoutes } from './unity-catalog-routes.js';
import { type Principal, WorkspaceState } from './workspace-state.js';

export { type FakeEntra, startFakeEntra } from './entra.js';
export type { FakeServer, JournalEntry } from './fake-server.js';
export type { Fault } from './faults.js';

/** What a workspace holds when it starts. */
export interface FakeWorkspaceOptions {
  readonly servicePrincipals?: readonly {
    readonly applicationId: string;
    readonly displayName?: string;
    /** Of OAuth client credentials. */
    readonly secret?: string;
    /** Made where they do not exist; `admins` makes an admin. */
    readonly groups?: readonly string[];
    /** Tokens of another issuer that may be exchanged for one of this principal. */
    readonly federatedTokens?: readonly string[];
  }[];
  readonly users?: readonly { readonly userName: string; readonly groups?: readonly string[] }[];
  readonly groups?: readonly string[];
  /** Names. */
  readonly servingEndpoints?: readonly string[];
  /** Names, in the registry of the workspace. */
  readonly registeredModels?: readonly string[];
  /** Other objects of the permissions API. */
  readonly objects?: readonly { readonly type: string; readonly id: string }[];
  readonly serviceCredentials?: readonly {
    readonly name: string;
    readonly cloud: 'aws' | 'azure' | 'gcp';
  }[];
  /** Other securables of Unity Catalog: type in lower case, full name. */
  readonly securables?: readonly { readonly type: string; readonly fullName: string }[];
  readonly accountId?: string;
  /** Where OAuth is, as the host says it: `/oidc` unless given. May have `{account_id}`. */
  readonly oidcPath?: string;
  /** In the header of every answer of the API; `1234567890123456` unless given. */
  readonly workspaceId?: string;
  /**
   * Whose tokens are taken, too: the application's client id is the application id of a service
   * principal.
   */
  readonly entra?: FakeEntra;
  /** Life of an OAuth token; 3600 unless given. */
  readonly tokenSeconds?: number;
  /** Whether a token without a lifetime never ends, as those of before; two years unless given. */
  readonly hasEndlessTokens?: boolean;
  /** Items of a page; 100 unless given. */
  readonly pageSize?: number;
  /** Of the API: more is answered 429 with `Retry-After`, and not done. None unless given. */
  readonly rateLimit?: RateLimit;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

export interface FakeWorkspace extends FakeServer {
  /** An OAuth token of an admin that does not end. No personal access token. */
  readonly adminToken: string;
  /** An OAuth token of a principal, by user name or application id, that does not end. */
  readonly tokenOf: (name: string) => string;
  /** Replaces the OAuth secret of a service principal; `undefined`: takes it away. */
  readonly setSecret: (applicationId: string, secret: string | undefined) => void;
}

const ADMIN = 'admin@example.org';
const DATABRICKS_SCOPE = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default';
const FOR_EVER_SECONDS = 1e9;
const ROUTES = [
  ...permissionRoutes,
  ...tokenRoutes,
  ...secretRoutes,
  ...scimRoutes,
  ...unityCatalogRoutes,
];

export async function startFakeWorkspace(
  options: FakeWorkspaceOptions = {},
): Promise<FakeWorkspace> {
  const { rateLimit, now = Date.now } = options;
  const state = new WorkspaceState(now, options.hasEndlessTokens);
  const limiter = rateLimit === undefined ? undefined : new RateLimiter(rateLimit, now);
  const secrets = new Map<string, string>();
  const federated = new Map<string, string>();
  fill(state, options, secrets, federated);
  const admin = state.addPrincipal('user', ADMIN, 'Admin', ['admins']);
  let oauth: OAuthEndpoint | undefined;
  const server = await startFakeServer((request) => {
    if (request.path.startsWith('/oidc/') && oauth !== undefined) {
      return answerOAuth(oauth, state, request);
    }
    if (request.path === '/.well-known/databricks-config') {
      return { status: 200, body: describeHost(server.origin, options) };
    }
    const headers = { 'x-databricks-org-id': options.workspaceId ?? '1234567890123456' };
    try {
      limiter?.take();
      return { ...answerApi(state, options, request), headers };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const { status, errorCode, message } = error;
      const body = request.path.includes('/scim/v2/')
        ? describeScimError(status, message)
        : { error_code: errorCode, message };
      return { status, body, headers: { ...headers, ...error.headers } };
    }
  });
  const { tokenSeconds = 3600, accountId } = options;
  oauth = { origin: server.origin, tokenSeconds, secrets, federated, accountId };
  return {
    ...server,
    adminToken: state.openSession(admin, FOR_EVER_SECONDS),
    tokenOf: (name) => {
      const principal = [...state.principals.values()].find((each) => each.name === name);
      if (principal === undefined) throw new TypeError(`no principal ${name}`);
      return state.openSession(principal, FOR_EVER_SECONDS);
    },
    setSecret: (applicationId, secret) => {
      if (secret === undefined) secrets.delete(applicationId);
      else secrets.set(applicationId, secret);
    },
  };
}

/**
 * What a host says of itself to everyone. @source databricks-sdk-py 0.162, `oauth.py`
 */
function describeHost(origin: string, options: FakeWorkspaceOptions): object {
  return {
    oidc_endpoint: `${origin}${options.oidcPath ?? '/oidc'}`,
    account_id: options.accountId ?? '5f0c1c3e-8d2a-4a57-9b0e-6f1d2c3b4a50',
    workspace_id: options.workspaceId ?? '1234567890123456',
    cloud: 'AZURE',
    host_type: 'workspace',
  };
}

/** @source RFC 7644 3.12; databricks-sdk-py 0.162, `errors/deserializer.py` */
function describeScimError(status: number, detail: string): object {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:Error'];
  return { schemas, detail, status: String(status) };
}

function fill(
  state: WorkspaceState,
  options: FakeWorkspaceOptions,
  secrets: Map<string, string>,
  federated: Map<string, string>,
): void {
  for (const name of options.groups ?? []) state.addGroup(name);
  for (const { userName, groups } of options.users ?? []) {
    state.addPrincipal('user', userName, userName, groups);
  }
  for (const given of options.servicePrincipals ?? []) {
    const { applicationId, displayName = applicationId, secret, groups } = given;
    state.addPrincipal('service-principal', applicationId, displayName, groups);
    if (secret !== undefined) secrets.set(applicationId, secret);
    for (const token of given.federatedTokens ?? []) federated.set(token, applicationId);
  }
  const hexId = (): string => randomBytes(16).toString('hex');
  for (const name of options.servingEndpoints ?? []) {
    state.addObject('serving-endpoints', hexId(), name);
  }
  for (const name of options.registeredModels ?? []) {
    state.addObject('registered-models', hexId(), name);
  }
  for (const { type, id } of options.objects ?? []) state.addObject(type, id, id);
  for (const { name, cloud } of options.serviceCredentials ?? []) {
    state.addSecurable('credential', name, cloud);
  }
  for (const { type, fullName } of options.securables ?? []) {
    state.addSecurable(type, fullName, 'aws');
  }
}

function answerApi(
  state: WorkspaceState,
  options: FakeWorkspaceOptions,
  request: FakeRequest,
): FakeAnswer {
  const caller = authenticate(state, options, request.headers.authorization);
  demandScope(state, request);
  const context = {
    state,
    caller,
    query: request.query,
    body: readBody(request.body),
    pageSize: options.pageSize ?? 100,
  };
  const answer = answerRoute(ROUTES, request, context);
  if (answer !== undefined) return answer;
  const what = `${request.method} ${request.path}`;
  throw new ApiError(404, 'ENDPOINT_NOT_FOUND', `No API found for '${what}'`);
}

/**
 * A token that is for some APIs opens no others. @source Databricks, "Scoped personal access
 * tokens"; databricks-sdk-py 0.162, `tokens.create(scopes=…)`
 */
function demandScope(state: WorkspaceState, { path, headers }: FakeRequest): void {
  const value = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  const token = [...state.tokens.values()].find((each) => each.value === value);
  if (token?.scopes === undefined || token.scopes.includes('all-apis')) return;
  const needed = API_SCOPES.find(([start]) => path.startsWith(start))?.[1] ?? 'all-apis';
  if (token.scopes.includes(needed)) return;
  throw new ApiError(
    403,
    'PERMISSION_DENIED',
    `Provided token does not have required scopes: ${needed}`,
  );
}

const API_SCOPES: readonly (readonly [path: string, scope: string])[] = [
  ['/serving-endpoints/', 'model-serving'],
  ['/api/2.0/serving-endpoints', 'model-serving'],
  ['/api/2.0/preview/scim/', 'scim'],
  ['/api/2.0/mlflow/', 'mlflow'],
  ['/api/2.0/secrets/', 'secrets'],
  ['/api/2.1/unity-catalog/', 'unity-catalog'],
];

function authenticate(
  state: WorkspaceState,
  { entra }: FakeWorkspaceOptions,
  authorization: string | undefined,
): Principal {
  const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
  if (token === undefined) {
    throw new ApiError(
      401,
      401,
      'Credential was not sent or was of an unsupported type for this API.',
    );
  }
  const ofEntra = entra?.readToken(token);
  const principal =
    ofEntra?.scope === DATABRICKS_SCOPE
      ? state.findPrincipal('service-principal', ofEntra.clientId)
      : state.whoHolds(token);
  if (principal !== undefined) return principal;
  // Of a personal access token the gateway says 403, of others 401.
  throw token.startsWith('dapi')
    ? new ApiError(403, 403, 'Invalid access token.')
    : new ApiError(401, 401, 'Invalid or expired token.');
}

function readBody(body: string): Readonly<Record<string, unknown>> {
  if (body === '') return {};
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Refused below.
  }
  throw new ApiError(400, 'MALFORMED_REQUEST', 'Could not parse request object');
}
