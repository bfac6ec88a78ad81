import { checkOptions, type OptionNames } from '../../../foundation/options.js';
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
  const discoveryUrl = databricksDiscoveryUrl(options);
  protectSecret(options.redaction, 'client-secret', clientSecret);
  const requester = createTokenRequester(options);
  const headers = { authorization: basicAuthorization(clientId, clientSecret) };
  const form = { grant_type: 'client_credentials', scope: options.scope ?? 'all-apis' };
  return createTokenCache(
    async (signal) => {
      const url = await findTokenEndpoint(discoveryUrl, requester, signal);
      return requester.requestToken({ url, form, headers, signal });
    },
    { ...options.cache, now: options.now },
  );
}

/** @throws ConfigInvalidError if the host is invalid */
export function databricksDiscoveryUrl({ host, accountId, hosts }: DatabricksOAuthOptions): URL {
  const account = accountId === undefined ? '' : `/accounts/${encodeURIComponent(accountId)}`;
  const path = `/oidc${account}/.well-known/oauth-authorization-server`;
  return new URL(path, parseWorkspaceHost(host, { hosts }));
}

/**
 * The token endpoint that a discovery document names.
 *
 * @returns rejects with `CredentialUnavailableError`, also for an endpoint that is on another
 *   server than the document
 */
export function findTokenEndpoint(
  discoveryUrl: URL,
  { send }: Pick<TokenRequester, 'send'>,
  signal: AbortSignal,
): Promise<URL> {
  const find = async (): Promise<URL> => {
    const document = await fetchJson(discoveryUrl, (request) => send({ ...request, signal }));
    const endpoint = document['token_endpoint'];
    const url = typeof endpoint === 'string' && URL.canParse(endpoint) ? new URL(endpoint) : null;
    // SECURITY: the secret goes nowhere but to the server that the caller named.
    if (url?.origin !== discoveryUrl.origin || url.username !== '' || url.password !== '') {
      throw new HttpError('the discovery document has no `token_endpoint` on its own server');
    }
    return url;
  };
  return asUnavailable(find());
}
