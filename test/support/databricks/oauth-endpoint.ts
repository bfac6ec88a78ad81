import type { FakeAnswer, FakeRequest } from './fake-server.js';
import type { Principal, WorkspaceState } from './workspace-state.js';

/** What the token endpoint of a workspace knows. */
export interface OAuthEndpoint {
  readonly origin: string;
  readonly tokenSeconds: number;
  /** Secrets by application id. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Application ids by the tokens of another issuer that stand for them. */
  readonly federated: ReadonlyMap<string, string>;
  readonly accountId: string | undefined;
}

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

/**
 * Answers what lies below `/oidc`: discovery, client credentials with HTTP Basic, token exchange.
 */
export function answerOAuth(
  endpoint: OAuthEndpoint,
  state: WorkspaceState,
  { method, path, headers, body }: FakeRequest,
): FakeAnswer {
  const account = endpoint.accountId === undefined ? [] : [`/oidc/accounts/${endpoint.accountId}`];
  const base = ['/oidc', ...account].find(
    (each) => path.startsWith(`${each}/`) && isEnd(path, each),
  );
  if (base === undefined) return { status: 404, body: { error: 'not_found' } };
  if (method === 'GET') {
    return {
      status: 200,
      body: {
        issuer: `${endpoint.origin}${base}`,
        authorization_endpoint: `${endpoint.origin}${base}/v1/authorize`,
        token_endpoint: `${endpoint.origin}${base}/v1/token`,
      },
    };
  }
  const form = new URLSearchParams(body);
  const principal =
    form.get('grant_type') === EXCHANGE
      ? readExchange(endpoint, state, form)
      : readClient(endpoint, state, headers.authorization);
  if (typeof principal === 'string') return refuse(principal);
  if (form.get('scope') !== 'all-apis') return refuse('invalid_scope');
  return {
    status: 200,
    body: {
      access_token: state.openSession(principal, endpoint.tokenSeconds),
      token_type: 'Bearer',
      expires_in: endpoint.tokenSeconds,
      scope: 'all-apis',
    },
  };
}

function isEnd(path: string, base: string): boolean {
  const rest = path.slice(base.length);
  return rest === '/.well-known/oauth-authorization-server' || rest === '/v1/token';
}

function readClient(
  { secrets }: OAuthEndpoint,
  state: WorkspaceState,
  authorization = '',
): Principal | string {
  const basic = /^Basic (.+)$/.exec(authorization)?.[1] ?? '';
  const [id = '', secret = ''] = Buffer.from(basic, 'base64')
    .toString('utf8')
    .split(':')
    .map((part) => decodeURIComponent(part.replaceAll('+', ' ')));
  const principal = state.findPrincipal('service-principal', id);
  const isRight = principal !== undefined && secrets.get(principal.name) === secret;
  return isRight ? principal : 'invalid_client';
}

function readExchange(
  { federated }: OAuthEndpoint,
  state: WorkspaceState,
  form: URLSearchParams,
): Principal | string {
  if (form.get('subject_token_type') !== 'urn:ietf:params:oauth:token-type:jwt') {
    return 'invalid_request';
  }
  const applicationId = federated.get(form.get('subject_token') ?? '');
  const clientId = form.get('client_id');
  const fits = clientId === null || clientId === applicationId;
  const principal = fits
    ? state.findPrincipal('service-principal', applicationId ?? '')
    : undefined;
  return principal ?? 'invalid_grant';
}

function refuse(error: string): FakeAnswer {
  const status = error === 'invalid_client' ? 401 : 400;
  return { status, body: { error, error_description: 'Client authentication failed' } };
}
