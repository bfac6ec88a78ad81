import { parseJson } from '../../../foundation/json.js';
import { ConfigInvalidError, CredentialUnavailableError, quote } from '../../../model/errors.js';
import { isPlainObject } from '../../../model/plain-data.js';
import { type HttpRequest, parseSecureAddress } from '../../../net/index.js';
import type { SubjectTokenFunction } from './subject-token.js';
import {
  asUnavailable,
  createTokenRequester,
  protectSecret,
  type TokenRequestOptions,
} from './token-request.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The identity token of a GitHub Actions job, for any audience. The job needs the permission
 * `id-token: write`.
 *
 * @throws ConfigInvalidError without `ACTIONS_ID_TOKEN_REQUEST_URL` and
 *   `ACTIONS_ID_TOKEN_REQUEST_TOKEN`
 * @source databricks-sdk-py 0.162, `oidc_token_supplier.py`; GitHub, "OpenID Connect reference"
 */
export function gitHubTokenSource(
  env: Environment,
  options: TokenRequestOptions,
): SubjectTokenFunction {
  const url = demandAddress(env, 'ACTIONS_ID_TOKEN_REQUEST_URL');
  const token = demand(env, 'ACTIONS_ID_TOKEN_REQUEST_TOKEN');
  const ask = tokenAsker(token, options);
  return async ({ audience }) => {
    const asked = new URL(url);
    asked.searchParams.set('audience', await audience());
    return ask({ url: asked }, 'value', 'GitHub');
  };
}

/**
 * The identity token of a job of Azure DevOps, whose audience is always
 * `api://AzureADTokenExchange`. The job has to map `SYSTEM_ACCESSTOKEN` into its environment.
 *
 * @throws ConfigInvalidError without one of the `SYSTEM_` variables
 * @source databricks-sdk-py 0.162, `oidc_token_supplier.py`
 */
export function azureDevOpsTokenSource(
  env: Environment,
  options: TokenRequestOptions,
): SubjectTokenFunction {
  const collection = demandAddress(env, 'SYSTEM_TEAMFOUNDATIONCOLLECTIONURI');
  const part = (name: string): string => encodeURIComponent(demand(env, name));
  const path = [
    part('SYSTEM_TEAMPROJECTID'),
    '_apis/distributedtask/hubs',
    part('SYSTEM_HOSTTYPE'),
    'plans',
    part('SYSTEM_PLANID'),
    'jobs',
    part('SYSTEM_JOBID'),
    'oidctoken',
  ].join('/');
  const url = new URL(path, collection.href.endsWith('/') ? collection : `${collection.href}/`);
  url.searchParams.set('api-version', '7.2-preview.1');
  const ask = tokenAsker(demand(env, 'SYSTEM_ACCESSTOKEN'), options);
  const headers = { 'content-type': 'application/json' };
  return async () => ask({ url, method: 'POST', headers, body: '' }, 'oidcToken', 'Azure DevOps');
}

function tokenAsker(
  token: string,
  options: TokenRequestOptions,
): (request: HttpRequest, member: string, who: string) => Promise<string> {
  const { redaction } = options;
  protectSecret(redaction, 'token', token);
  const { send } = createTokenRequester(options);
  return async (request, member, who) => {
    const headers = { ...request.headers, authorization: `Bearer ${token}` };
    const { status, body } = await asUnavailable(send({ ...request, headers }));
    const answer = status === 200 ? parseJson(body) : undefined;
    const value = isPlainObject(answer) ? answer[member] : undefined;
    if (typeof value === 'string' && value !== '') return value;
    // Of the answer nothing is repeated: it may hold a token.
    throw new CredentialUnavailableError(`no token: ${who} answers with status ${status}`);
  };
}

function demand(env: Environment, name: string): string {
  const value = env[name];
  if (value) return value;
  throw new ConfigInvalidError(`no credentials for Databricks: ${quote(name)} is not set`);
}

function demandAddress(env: Environment, name: string): URL {
  const url = parseSecureAddress(demand(env, name));
  if (url !== undefined) return url;
  throw new ConfigInvalidError(
    `no credentials for Databricks: ${quote(name)} is not an https address`,
  );
}
