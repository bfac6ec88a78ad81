import { checkOptions } from '../../../foundation/options.js';
import {
  DATABRICKS_OAUTH_OPTIONS,
  type DatabricksOAuthOptions,
  databricksIssuer,
  findTokenEndpoint,
} from './oauth-m2m.js';
import { readSubjectToken, type SubjectTokenSource } from './subject-token.js';
import { createTokenCache, type TokenCache } from './token-cache.js';
import { createTokenRequester } from './token-request.js';

/** A service principal of Databricks that trusts the tokens of a workload. */
export interface WorkloadIdentityOptions extends DatabricksOAuthOptions {
  /** The service principal's application id; none for a federation policy of the whole account. */
  readonly clientId?: string | undefined;
  /**
   * Where the workload's own token is; unless given the variable that `DATABRICKS_OIDC_TOKEN_ENV`
   * names, or else `DATABRICKS_OIDC_TOKEN`.
   */
  readonly subjectToken?: SubjectTokenSource | undefined;
  /** What a token function is asked for. Default: the address of the token endpoint. */
  readonly audience?: string | undefined;
  /** In place of `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** The variable that holds a workload's token, by the variables themselves. */
export function oidcTokenVariable(env: Readonly<Record<string, string | undefined>>): string {
  return env['DATABRICKS_OIDC_TOKEN_ENV'] || 'DATABRICKS_OIDC_TOKEN';
}

/**
 * Tokens for a workload that has a token of its own issuer and no secret: it is exchanged for one
 * of Databricks.
 *
 * @throws ConfigInvalidError if the host is invalid; TypeError if an option is unknown
 * @source Databricks, "Authenticate with an identity provider token"; RFC 8693 2.1
 * @example
 * const subjectToken = { file: '/var/run/token' };
 * const tokens = createWorkloadIdentityProvider({ host, clientId, subjectToken });
 */
export function createWorkloadIdentityProvider(options: WorkloadIdentityOptions): TokenCache {
  checkOptions<WorkloadIdentityOptions>(options, {
    ...DATABRICKS_OAUTH_OPTIONS,
    clientId: true,
    subjectToken: true,
    audience: true,
    env: true,
  });
  const { clientId, env = process.env, redaction, audience } = options;
  const subjectToken = options.subjectToken ?? { env: oidcTokenVariable(env) };
  const issuer = databricksIssuer(options);
  const requester = createTokenRequester(options);
  const fixed = {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    scope: options.scope ?? 'all-apis',
    ...(clientId === undefined ? {} : { client_id: clientId }),
  };
  return createTokenCache(
    async (signal) => {
      let found: Promise<URL> | undefined;
      const endpoint = (): Promise<URL> => {
        found ??= findTokenEndpoint(issuer, requester, signal);
        return found;
      };
      const own = await readSubjectToken(
        subjectToken,
        env,
        redaction,
        async () => audience ?? (await endpoint()).href,
      );
      const form = { ...fixed, subject_token: own };
      const url = await endpoint();
      return requester.requestToken({ url, form, signal });
    },
    { ...options.cache, now: options.now },
  );
}
