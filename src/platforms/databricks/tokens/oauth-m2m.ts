import { parseJson } from '../../../foundation/json.js';
import { checkOptions, type OptionNames } from '../../../foundation/options.js';
import { isPlainObject } from '../../../model/plain-data.js';
import { basicAuthorization, fetchJson, HttpError } from '../../../net/index.js';
import { createTokenCache, type TokenCache } from './token-cache.js';
import {
  asUnavailable,
  createTokenRequester,
  demandText,
  protectSecret,
  TOKEN_REQUEST_OPTIONS,
  type TokenRequester,
  type TokenRequestOptions,
} from './token-request.js';
import { parseWorkspaceHost, type WorkspaceHostOptions } from './workspace-host.js';

/** Where Databricks gives OAuth tokens. */
export interface DatabricksOAuthOptions extends TokenRequestOptions, WorkspaceHostOptions {
  /** Of the workspace, or of the account console together with `accountId`. */
  readonly host: string;
  /** Asks for a token of the account in place of the workspace. */
  readonly accountId?: string | undefined;
  /** The account that is meant on a host that serves several. Default: what the host says. */
  readonly hostAccountId?: string | undefined;
  /** `all-apis` unless given. */
  readonly scope?: string | undefined;
}

/** A service principal of Databricks that has an OAuth secret. */
export interface OAuthM2MOptions extends DatabricksOAuthOptions {
  /** The application id of the service principal. */
  readonly clientId: string;
  /** A secret. */
  readonly clientSecret: string;
}

export const DATABRICKS_OAUTH_OPTIONS: OptionNames<DatabricksOAuthOptions> = {
  ...TOKEN_REQUEST_OPTIONS,
  hosts: true,
  host: true,
  accountId: true,
  hostAccountId: true,
  scope: true,
};
/**
 * Tokens of a service principal by OAuth client credentials.
 *
 * Shape: the token endpoint is looked up below `/oidc` of the host; the client id and the secret go
 * in the `Authorization` header. `getToken` rejects with `CredentialUnavailableError`, which holds
 * no secret.
 *
 * @throws ConfigInvalidError if the host is invalid; TypeError if an option is unknown, or the id
 *   or the secret is missing
 * @source Databricks, "Authorize service principal access with OAuth"; RFC 6749 4.4 and 2.3.1, RFC
 *   8414
 * @example
 * const host = 'https://dbc-1.cloud.databricks.com';
 * const tokens = createOAuthM2MProvider({ host, clientId, clientSecret });
 * const { token } = await tokens.getToken();
 */
export function createOAuthM2MProvider(options: OAuthM2MOptions): TokenCache {
  checkOptions<OAuthM2MOptions>(options, {
    ...DATABRICKS_OAUTH_OPTIONS,
    clientId: true,
    clientSecret: true,
  });
  const clientId = demandText('clientId', options.clientId);
  const clientSecret = demandText('clientSecret', options.clientSecret);
  const issuer = databricksIssuer(options);
  protectSecret(options.redaction, 'client-secret', clientSecret);
  const requester = createTokenRequester(options);
  const headers = { authorization: basicAuthorization(clientId, clientSecret) };
  const form = { grant_type: 'client_credentials', scope: options.scope ?? 'all-apis' };
  return createTokenCache(
    async (signal) => {
      const url = await findTokenEndpoint(issuer, requester, signal);
      return requester.requestToken({ url, form, headers, signal });
    },
    { ...options.cache, now: options.now },
  );
}

/** Where a host says how tokens are asked for. */
export interface DatabricksIssuer {
  readonly host: URL;
  readonly accountId: string | undefined;
  readonly hostAccountId: string | undefined;
}

/** @throws ConfigInvalidError if the host is invalid */
export function databricksIssuer({
  host,
  accountId,
  hostAccountId,
  hosts,
}: DatabricksOAuthOptions): DatabricksIssuer {
  return { host: parseWorkspaceHost(host, { hosts }), accountId, hostAccountId };
}

const DISCOVERY = '/.well-known/oauth-authorization-server';

/**
 * The token endpoint of a host.
 *
 * Shape: the host's own `/.well-known/databricks-config` names where its OAuth is, perhaps with
 * `{account_id}`. Hosts without that document have it below `/oidc`, or below `/oidc/accounts/` for
 * an account.
 *
 * @returns rejects with `CredentialUnavailableError`, also for an endpoint that is on another
 *   server than the host
 * @source databricks-sdk-py 0.162, `oauth.py` and `config.py`; differs: the endpoint has to be on
 *   the same server
 */
export function findTokenEndpoint(
  issuer: DatabricksIssuer,
  { send }: Pick<TokenRequester, 'send'>,
  signal: AbortSignal,
): Promise<URL> {
  const find = async (): Promise<URL> => {
    const root = await findRoot(issuer, send, signal);
    const url = new URL(`${root.href.replace(/\/$/, '')}${DISCOVERY}`);
    const document = await fetchJson(url, (request) => send({ ...request, signal }));
    return onServer(
      issuer.host,
      document['token_endpoint'],
      'discovery document has no `token_endpoint`',
    );
  };
  return asUnavailable(find());
}

async function findRoot(
  { host, accountId, hostAccountId }: DatabricksIssuer,
  send: TokenRequester['send'],
  signal: AbortSignal,
): Promise<URL> {
  const account = accountId === undefined ? '' : `/accounts/${encodeURIComponent(accountId)}`;
  const { status, body } = await send({
    url: new URL('/.well-known/databricks-config', host),
    signal,
  });
  const config = status === 200 ? parseJson(body) : undefined;
  const written = isPlainObject(config) ? config['oidc_endpoint'] : undefined;
  const isOfAccount = typeof written === 'string' && written.includes('{account_id}');
  if (typeof written !== 'string' || written === '' || (accountId !== undefined && !isOfAccount)) {
    return new URL(`/oidc${account}`, host);
  }
  const said: unknown = isPlainObject(config) ? config['account_id'] : undefined;
  const id = accountId ?? hostAccountId ?? (typeof said === 'string' ? said : '');
  if (isOfAccount && id === '') {
    throw new HttpError('the host serves several accounts: `DATABRICKS_ACCOUNT_ID` is needed');
  }
  const root = written.replaceAll('{account_id}', encodeURIComponent(id));
  return onServer(host, root, 'configuration has no `oidc_endpoint`');
}

/** SECURITY: the secret goes nowhere but to the server that the caller named. */
function onServer(host: URL, written: unknown, problem: string): URL {
  const url = typeof written === 'string' && URL.canParse(written) ? new URL(written) : null;
  if (url?.origin === host.origin && url.username === '' && url.password === '') return url;
  throw new HttpError(`the ${problem} on its own server`);
}
