import { parseJson } from '../../../foundation/json.js';
import { checkOptions, type OptionNames } from '../../../foundation/options.js';
import { ConfigInvalidError } from '../../../model/errors.js';
import { isPlainObject } from '../../../model/plain-data.js';
import {
  HttpError,
  type HttpResponse,
  isUsuallyTransient,
  parseSecureAddress,
} from '../../../net/index.js';
import { azureCloudOf } from './azure-clouds.js';
import { readSubjectToken, type SubjectTokenSource } from './subject-token.js';
import { createTokenCache, type TokenCache } from './token-cache.js';
import type { ExpiringToken } from './token-provider.js';
import {
  createTokenRequester,
  demandText,
  protectSecret,
  TOKEN_REQUEST_OPTIONS,
  type TokenRequestOptions,
} from './token-request.js';

// Own client: `@azure/identity` needs Node.js 22 since version 4.14, and this package runs on
// Node.js 20. A credential of that package is accepted as it is (`azure/credentials`).

/** A service principal of Entra ID that asks for tokens of Databricks. */
export interface EntraOptions extends TokenRequestOptions {
  /** The tenant's id, or one of its domains. */
  readonly tenantId: string;
  /** The application's id. */
  readonly clientId: string;
  /** A secret. Either this or `clientAssertion`. */
  readonly clientSecret?: string | undefined;
  /** A signed token that proves the client, of an issuer that Entra trusts for it. */
  readonly clientAssertion?: SubjectTokenSource | undefined;
  /** Whom the token is for; Azure Databricks unless given. */
  readonly resource?: string | undefined;
  /** `https://login.microsoftonline.com` unless given; other clouds have their own. */
  readonly authority?: string | undefined;
  /**
   * The Azure resource id of a workspace that the service principal is not a member of: a token for
   * Azure's management goes with the requests to it.
   */
  readonly workspaceResourceId?: string | undefined;
  /** Azure's management in the cloud of the workspace. Default: that of the public cloud. */
  readonly managementResource?: string | undefined;
  /** In place of `process.env`, for an assertion from there. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

const ENTRA_OPTIONS: OptionNames<EntraOptions> = {
  ...TOKEN_REQUEST_OPTIONS,
  tenantId: true,
  clientId: true,
  clientSecret: true,
  clientAssertion: true,
  resource: true,
  authority: true,
  workspaceResourceId: true,
  managementResource: true,
  env: true,
};

/** The application id of Azure Databricks, the same in every tenant. */
export const AZURE_DATABRICKS_RESOURCE = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d';
const PUBLIC_CLOUD = azureCloudOf('');
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Errors of OAuth that no repetition mends. */
const FINAL_ERRORS: ReadonlySet<unknown> = new Set([
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'invalid_resource',
  'invalid_scope',
  'unauthorized_client',
  'unsupported_grant_type',
  'interaction_required',
  'consent_required',
]);
/**
 * Numbers of Entra that say the same, whatever stands beside them: unknown application, wrong
 * secret, secret that ended.
 */
const FINAL_CODES: ReadonlySet<unknown> = new Set([700016, 7000215, 7000222, 90002]);
/** Numbers of Entra for what passes: a service behind it, or its own budget, did not do. */
const PASSING_CODES: ReadonlySet<unknown> = new Set([90006, 90024, 90033]);

/**
 * Tokens of an application by Microsoft Entra's v2 endpoint.
 *
 * Shape: asks for `<resource>/.default`. A 400 that does not say what the caller did wrong is asked
 * again like a 5xx, at most `maxAttempts` times; a wrong secret or an unknown application ends at
 * once. `getToken` rejects with `CredentialUnavailableError`, whose message has Entra's error and
 * number, and nothing that was sent.
 *
 * @throws TypeError if an option is unknown, when what proves the client is missing, or there is
 *   both a secret and an assertion; ConfigInvalidError if the tenant or the authority is invalid
 * @source Microsoft, "OAuth 2.0 client credentials flow" and "Microsoft Entra error codes"; Azure
 *   Databricks, "Get Microsoft Entra ID tokens for service principals"
 * @example
 * const tokens = createEntraProvider({ tenantId, clientId, clientSecret });
 */
export function createEntraProvider(options: EntraOptions): TokenCache {
  checkOptions<EntraOptions>(options, ENTRA_OPTIONS);
  const { resource = AZURE_DATABRICKS_RESOURCE, workspaceResourceId } = options;
  const { managementResource = PUBLIC_CLOUD.management } = options;
  const url = tokenEndpoint(options);
  const clientId = demandText('clientId', options.clientId);
  const prove = createProof(options);
  const requester = createTokenRequester(options, {
    isTransient: isEntraTransient,
    explainRefusal,
  });
  const requestFor = async (audience: string, signal: AbortSignal): Promise<ExpiringToken> => {
    const form = {
      grant_type: 'client_credentials',
      client_id: clientId,
      scope: `${audience}/.default`,
      ...(await prove(url)),
    };
    return requester.requestToken({ url, form, signal });
  };
  return createTokenCache(
    async (signal) => {
      const own = await requestFor(resource, signal);
      if (workspaceResourceId === undefined) return own;
      const management = await requestFor(managementResource, signal);
      return {
        token: own.token,
        expiresAt: Math.min(own.expiresAt, management.expiresAt),
        headers: {
          'X-Databricks-Azure-Workspace-Resource-Id': workspaceResourceId,
          'X-Databricks-Azure-SP-Management-Token': management.token,
        },
      };
    },
    { ...options.cache, now: options.now },
  );
}

function tokenEndpoint({ tenantId, authority = PUBLIC_CLOUD.authority }: EntraOptions): URL {
  if (!/^[\w.-]{1,253}$/.test(demandText('tenantId', tenantId)) || /^\.+$/.test(tenantId)) {
    throw new ConfigInvalidError('the tenant is neither an id nor a domain');
  }
  const url = parseSecureAddress(authority);
  if (url === undefined) {
    throw new ConfigInvalidError(
      'the authority must be an https address without user name and password',
    );
  }
  return new URL(`/${tenantId}/oauth2/v2.0/token`, url.origin);
}

/** What proves the client, as members of the form. */
function createProof(
  options: EntraOptions,
): (url: URL) => Promise<Readonly<Record<string, string>>> {
  const { clientSecret, clientAssertion, redaction, env = process.env } = options;
  if ((clientSecret === undefined) === (clientAssertion === undefined)) {
    throw new TypeError('either clientSecret or clientAssertion must be given');
  }
  if (clientAssertion === undefined) {
    const secret = demandText('clientSecret', clientSecret);
    protectSecret(redaction, 'client-secret', secret);
    return async () => ({ client_secret: secret });
  }
  return async ({ href }) => ({
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: await readSubjectToken(clientAssertion, env, redaction, async () => href),
  });
}

/** Exported for its table of tests. */
function isEntraTransient(answer: HttpResponse | HttpError): boolean {
  if (answer instanceof HttpError || answer.status !== 400) return isUsuallyTransient(answer);
  const { error, codes } = readRefusal(answer);
  if (codes.some((code) => FINAL_CODES.has(code))) return false;
  return codes.some((code) => PASSING_CODES.has(code)) || !FINAL_ERRORS.has(error);
}

function explainRefusal(answer: HttpResponse): string {
  const { error, codes } = readRefusal(answer);
  const known = FINAL_ERRORS.has(error) ? [String(error)] : [];
  const reasons = [...known, ...codes.map((code) => `AADSTS${code}`)].join(', ');
  const detail = reasons === '' ? '' : ` (${reasons})`;
  return `the token endpoint answers with status ${answer.status}${detail}`;
}

/** Numbers only, of the rest any text could be what was sent. */
function readRefusal({ body }: HttpResponse): { error: unknown; codes: readonly number[] } {
  const answer = parseJson(body);
  const { error, error_codes: codes } = isPlainObject(answer) ? answer : {};
  const numbers = Array.isArray(codes) ? codes.filter(isCode).slice(0, 3) : [];
  return { error, codes: numbers };
}

function isCode(code: unknown): code is number {
  return Number.isSafeInteger(code) && Number(code) > 0 && Number(code) < 1e9;
}
