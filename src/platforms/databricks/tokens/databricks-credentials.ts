import { checkOptions } from '../../../foundation/options.js';
import { ConfigInvalidError, quote } from '../../../model/errors.js';
import { isHeaderToken } from '../../../net/index.js';
import { azureCloudOf } from './azure-clouds.js';
import { azureDevOpsTokenSource, gitHubTokenSource } from './ci-identity.js';
import { createEntraProvider, type EntraOptions } from './entra.js';
import { createOAuthM2MProvider, type DatabricksOAuthOptions } from './oauth-m2m.js';
import { createStaticTokenProvider } from './static-token.js';
import type { SubjectTokenSource } from './subject-token.js';
import type { TokenProvider } from './token-provider.js';
import { TOKEN_REQUEST_OPTIONS, type TokenRequestOptions } from './token-request.js';
import { createWorkloadIdentityProvider, oidcTokenVariable } from './workload-identity.js';
import { parseWorkspaceHost, type WorkspaceHostOptions } from './workspace-host.js';

/** The methods that are known, by the names that `DATABRICKS_AUTH_TYPE` has for them. */
export const DATABRICKS_AUTH_METHODS = [
  'pat',
  'oauth-m2m',
  'env-oidc',
  'file-oidc',
  'azure-client-secret',
  'github-oidc',
  'azure-devops-oidc',
] as const;

/** How to sign in to a workspace, by the names of `DATABRICKS_AUTH_TYPE`. */
export type DatabricksAuthMethod = (typeof DATABRICKS_AUTH_METHODS)[number];

/** Whom to ask, and as whom. */
export interface DatabricksCredentials {
  /** The origin of the workspace, without a slash at its end. */
  readonly host: string;
  readonly method: DatabricksAuthMethod;
  readonly tokens: TokenProvider;
  /** The number of the workspace, if the host serves several. */
  readonly workspaceId?: string | undefined;
}

/** Which workspace, which method of authentication, and what it needs. */
export interface DatabricksCredentialsOptions extends TokenRequestOptions, WorkspaceHostOptions {
  /** Entra's address; see `createEntraProvider`. */
  readonly authority?: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The variable by which each method is known to be meant. */
const MARKS: Readonly<Record<DatabricksAuthMethod, (env: Environment) => string>> = {
  pat: () => 'DATABRICKS_TOKEN',
  'oauth-m2m': () => 'DATABRICKS_CLIENT_SECRET',
  'env-oidc': oidcTokenVariable,
  'file-oidc': () => 'DATABRICKS_OIDC_TOKEN_FILEPATH',
  'azure-client-secret': () => 'ARM_CLIENT_SECRET',
  'github-oidc': () => 'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
  'azure-devops-oidc': () => 'SYSTEM_ACCESSTOKEN',
};

/** Methods whose variables a system sets by itself: they are meant only where no other is. */
const AMBIENT: ReadonlySet<DatabricksAuthMethod> = new Set(['github-oidc', 'azure-devops-oidc']);

/**
 * The credentials that the variables of the environment describe, by the names that Databricks' own
 * tools have for them.
 *
 * Shape: `DATABRICKS_HOST`, and for `pat` `DATABRICKS_TOKEN`; for `oauth-m2m`
 * `DATABRICKS_CLIENT_ID`, `DATABRICKS_CLIENT_SECRET`; for `env-oidc` the variable that
 * `DATABRICKS_OIDC_TOKEN_ENV` names or `DATABRICKS_OIDC_TOKEN`, for `file-oidc`
 * `DATABRICKS_OIDC_TOKEN_FILEPATH`, both with `DATABRICKS_CLIENT_ID` where there is one; for
 * `azure-client-secret` `ARM_TENANT_ID`, `ARM_CLIENT_ID`, `ARM_CLIENT_SECRET`,
 * `DATABRICKS_AZURE_RESOURCE_ID`, and `ARM_ENVIRONMENT` for another cloud than that of the host. In
 * jobs of GitHub and of Azure DevOps, `github-oidc` and `azure-devops-oidc` need
 * `DATABRICKS_CLIENT_ID` alone, with `DATABRICKS_TOKEN_AUDIENCE` where the federation policy has an
 * audience of its own. `DATABRICKS_ACCOUNT_ID` is for the host of an account console, or of several
 * accounts. `DATABRICKS_WORKSPACE_ID` chooses a workspace of a host that serves several. An empty
 * variable counts as unset.
 *
 * @param env in place of `process.env`
 * @throws ConfigInvalidError if the host or the method is missing, for a method without one of its
 *   variables, or more than one method and no `DATABRICKS_AUTH_TYPE` that chooses: it names the
 *   variables and never what they hold
 * @throws TypeError if an option is unknown
 * @source databricks-sdk-py 0.162, `config.py` and `credentials_provider.py`; differs: two methods
 *   are always an error
 * @example
 * const { host, tokens } = createDatabricksCredentials();
 */
export function createDatabricksCredentials(
  env: Environment = process.env,
  options: DatabricksCredentialsOptions = {},
): DatabricksCredentials {
  checkOptions<DatabricksCredentialsOptions>(options, {
    ...TOKEN_REQUEST_OPTIONS,
    hosts: true,
    authority: true,
  });
  const { hosts } = options;
  const host = parseWorkspaceHost(demand(env, 'DATABRICKS_HOST'), { hosts }).origin;
  const method = chooseMethod(env);
  const tokens = createTokens(method, host, env, options);
  const workspaceId = env['DATABRICKS_WORKSPACE_ID'] || undefined;
  return { host, method, tokens, ...(workspaceId === undefined ? {} : { workspaceId }) };
}

function chooseMethod(env: Environment): DatabricksAuthMethod {
  const asked = env['DATABRICKS_AUTH_TYPE'];
  if (asked) {
    const method = DATABRICKS_AUTH_METHODS.find((each) => each === asked);
    if (method !== undefined) return method;
    throw new ConfigInvalidError(
      `\`DATABRICKS_AUTH_TYPE\` must be one of ${DATABRICKS_AUTH_METHODS.map(quote).join(', ')}`,
    );
  }
  const all = DATABRICKS_AUTH_METHODS.filter((method) => env[MARKS[method](env)]);
  const own = all.filter((method) => !AMBIENT.has(method));
  // A system's own token stands for an application only if that is named.
  const ambient = env['DATABRICKS_CLIENT_ID'] ? all : [];
  const meant = own.length > 0 ? own : ambient;
  const [method, second] = meant;
  if (method === undefined) {
    const marks = DATABRICKS_AUTH_METHODS.map((each) => quote(MARKS[each](env)));
    throw new ConfigInvalidError(
      `no credentials for Databricks: none of ${marks.join(', ')} is set`,
    );
  }
  if (second === undefined) return method;
  throw new ConfigInvalidError(
    `credentials for Databricks of more than one kind (${meant.join(', ')}): choose one with \`DATABRICKS_AUTH_TYPE\``,
  );
}

function createTokens(
  method: DatabricksAuthMethod,
  host: string,
  env: Environment,
  { hosts, authority, ...request }: DatabricksCredentialsOptions,
): TokenProvider {
  const account = accountOf(host, env);
  const oauth = { ...request, ...account, hosts, host };
  const clientId = env['DATABRICKS_CLIENT_ID'] || undefined;
  switch (method) {
    case 'pat':
      return createStaticTokenProvider(demandToken(env, 'DATABRICKS_TOKEN'), {
        redaction: request.redaction,
      });
    case 'oauth-m2m':
      return createOAuthM2MProvider({
        ...oauth,
        clientId: demand(env, 'DATABRICKS_CLIENT_ID'),
        clientSecret: demand(env, 'DATABRICKS_CLIENT_SECRET'),
      });
    case 'env-oidc': {
      const variable = oidcTokenVariable(env);
      demand(env, variable);
      return createWorkloadIdentityProvider({
        ...oauth,
        clientId,
        env,
        subjectToken: { env: variable },
      });
    }
    case 'file-oidc': {
      const file = demand(env, 'DATABRICKS_OIDC_TOKEN_FILEPATH');
      return createWorkloadIdentityProvider({ ...oauth, clientId, env, subjectToken: { file } });
    }
    case 'github-oidc':
      return createJobTokens(gitHubTokenSource(env, request), env, oauth);
    case 'azure-devops-oidc':
      return createJobTokens(azureDevOpsTokenSource(env, request), env, oauth);
    case 'azure-client-secret':
      return createEntraProvider({ ...request, ...entraOptions(host, env, authority) });
    default:
      throw new TypeError('unknown method');
  }
}

/** Tokens for the job of a system that has an identity of its own. */
function createJobTokens(
  subjectToken: SubjectTokenSource,
  env: Environment,
  oauth: DatabricksOAuthOptions,
): TokenProvider {
  const clientId = demand(env, 'DATABRICKS_CLIENT_ID');
  const audience = env['DATABRICKS_TOKEN_AUDIENCE'] || undefined;
  return createWorkloadIdentityProvider({ ...oauth, clientId, env, audience, subjectToken });
}

/** The application, and the cloud that its secret goes to. */
function entraOptions(
  host: string,
  env: Environment,
  authority: string | undefined,
): Omit<EntraOptions, keyof TokenRequestOptions> {
  const cloud = azureCloudOf(new URL(host).hostname, env['ARM_ENVIRONMENT']);
  return {
    authority: authority ?? cloud.authority,
    managementResource: cloud.management,
    tenantId: demand(env, 'ARM_TENANT_ID'),
    clientId: demand(env, 'ARM_CLIENT_ID'),
    clientSecret: demand(env, 'ARM_CLIENT_SECRET'),
    workspaceResourceId: env['DATABRICKS_AZURE_RESOURCE_ID'] || undefined,
  };
}

/** Whether a host is the console of accounts. @source databricks-sdk-py 0.162, `config.py` */
function isConsole(hostname: string): boolean {
  return /^accounts(?:-dod)?\./.test(hostname);
}

/**
 * The account is of the console alone; that of a workspace changes nothing. A host that serves
 * several accounts says so itself.
 */
function accountOf(
  host: string,
  env: Environment,
): Pick<DatabricksOAuthOptions, 'accountId' | 'hostAccountId'> {
  const account = env['DATABRICKS_ACCOUNT_ID'] || undefined;
  return isConsole(new URL(host).hostname) ? { accountId: account } : { hostAccountId: account };
}

function demandToken(env: Environment, name: string): string {
  const token = demand(env, name).trim();
  if (isHeaderToken(token)) return token;
  throw new ConfigInvalidError(`no credentials for Databricks: ${quote(name)} is not a token`);
}

function demand(env: Environment, name: string): string {
  const value = env[name];
  if (value) return value;
  throw new ConfigInvalidError(`no credentials for Databricks: ${quote(name)} is not set`);
}
