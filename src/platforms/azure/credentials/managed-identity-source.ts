import { parseJson } from '../../../foundation/json.js';
import { checkOptions } from '../../../foundation/options.js';
import { CredentialUnavailableError } from '../../../model/errors.js';
import { isPlainObject } from '../../../model/plain-data.js';
import {
  addIdentitySecret,
  HttpError,
  type HttpRequest,
  type HttpResponse,
  isHeaderToken,
  isUsuallyTransient,
  MIN_MASKED_SECONDS,
} from '../../../net/index.js';
import {
  createTokenCache,
  type ExpiringToken,
  type TokenRequestOptions,
} from '../../databricks/tokens/index.js';
import { TOKEN_REQUEST_OPTIONS } from '../../databricks/tokens/token-request.js';
import { readArcKey } from './arc-key.js';
import { createAsker } from './ask-server.js';
import type { ServiceCredentialSource } from './credential-target.js';
import { findIdentityEndpoint, type IdentityEndpoint } from './identity-endpoint.js';

// Own client: `@azure/identity` needs Node.js 22 since version 4.14, and this package runs on
// Node.js 20. A credential of that package is accepted as it is (`credential-source.ts`).

/** A request has 10 s unless given. */
export interface ManagedIdentityOptions extends TokenRequestOptions {
  /** The client id of an identity that was assigned by a user; the machine's own unless given. */
  readonly clientId?: string | undefined;
  /**
   * In place of the endpoint that the environment or the machine has. `http:` on this machine and
   * its link alone.
   */
  readonly endpoint?: string | undefined;
  /** In place of `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** In place of the folder where the agent of Azure Arc puts its keys. */
  readonly arcKeyFolder?: string | undefined;
}

/** While the endpoint of a virtual machine is brought up to date, it answers like this. */
const IMDS_TRANSIENT: ReadonlySet<number> = new Set([404, 410]);
/** Five attempts, with pauses that grow. */
const IMDS_PAUSES: readonly number[] = [2000, 4000, 8000, 16_000];
/** An update takes up to 70 s. */
const IMDS_UPDATE_PAUSES: readonly number[] = new Array<number>(7).fill(10_000);
/** Longer than the endpoint may take. */
const IMDS_TIMEOUT_SECONDS = 120;

/**
 * Tokens of a managed identity: of an App Service or a container app, of a machine under Azure Arc,
 * or of a virtual machine.
 *
 * @throws {@link ConfigInvalidError} if the endpoint is invalid; TypeError if an option is unknown
 * @source Microsoft Entra, "how to use managed identities to get an access token", "Error handling"
 *   and "Retry guidance" (404, 429 and 5xx are asked again five times over 30 s, 410 for up to 70
 *   s); App Service, "REST endpoint reference"; Azure Arc, "authenticate against Azure resources"
 */
export function managedIdentitySource(
  options: ManagedIdentityOptions = {},
): ServiceCredentialSource {
  checkOptions<ManagedIdentityOptions>(options, {
    ...TOKEN_REQUEST_OPTIONS,
    clientId: true,
    endpoint: true,
    env: true,
    arcKeyFolder: true,
  });
  const { clientId, now = Date.now, redaction } = options;
  const endpoint = findIdentityEndpoint(options.endpoint, options.env ?? process.env);
  addIdentitySecret(redaction, 'identity-header', endpoint.headers['x-identity-header'] ?? '');
  const isImds = endpoint.kind === 'imds';
  const ask = isImds
    ? createAsker(options, 'token', isImdsTransient, imdsSchedule)
    : createAsker(options, 'token');

  const obtain = async (resource: string, signal: AbortSignal): Promise<ExpiringToken> => {
    const request = { ...createRequest(endpoint, resource, clientId), signal };
    let answer = await ask(request);
    if (endpoint.kind === 'arc' && answer.status === 401) {
      const key = await readArcKey(answer.headers?.['www-authenticate'], options.arcKeyFolder);
      addIdentitySecret(redaction, 'arc-key', key, MIN_MASKED_SECONDS);
      answer = await ask({
        ...request,
        headers: { ...request.headers, authorization: `Basic ${key}` },
      });
    }
    const token = readAnswer(answer, now(), clientId, endpoint);
    const seconds = Math.max((token.expiresAt - now()) / 1000, MIN_MASKED_SECONDS);
    addIdentitySecret(redaction, 'token', token.token, seconds);
    return token;
  };
  const timeout = isImds ? { timeoutSeconds: IMDS_TIMEOUT_SECONDS } : {};
  const cache = { ...timeout, ...options.cache, now };
  return ({ resource }) => createTokenCache((signal) => obtain(resource, signal), cache);
}

function isImdsTransient(answer: HttpResponse | HttpError): boolean {
  if (isUsuallyTransient(answer)) return true;
  return !(answer instanceof HttpError) && IMDS_TRANSIENT.has(answer.status);
}

/** An endpoint that is out of reach has no schedule: this may be no virtual machine. */
function imdsSchedule(answer: HttpResponse | HttpError): readonly number[] | undefined {
  if (answer instanceof HttpError) return undefined;
  return answer.status === 410 ? IMDS_UPDATE_PAUSES : IMDS_PAUSES;
}

function createRequest(
  { url, apiVersion, headers }: IdentityEndpoint,
  resource: string,
  clientId: string | undefined,
): HttpRequest {
  const asked = new URL(url);
  asked.searchParams.set('api-version', apiVersion);
  asked.searchParams.set('resource', resource);
  if (clientId !== undefined) asked.searchParams.set('client_id', clientId);
  return { url: asked, headers };
}

function readAnswer(
  { status, body }: HttpResponse,
  now: number,
  clientId: string | undefined,
  { kind }: IdentityEndpoint,
): ExpiringToken {
  if (status !== 200) {
    throw new CredentialUnavailableError(
      `no token: the endpoint of managed identities answers with status ${status}`,
    );
  }
  const answer = parseJson(body);
  const fields = isPlainObject(answer) ? answer : {};
  const token = fields['access_token'];
  if (!isHeaderToken(token)) {
    throw new CredentialUnavailableError(
      'no token: the endpoint of managed identities answers without one',
    );
  }
  // An older agent of Azure Arc passes over the question and gives the token of the machine's own
  // identity.
  const { client_id: echoed = kind === 'arc' ? undefined : clientId } = fields;
  const isAsked = typeof echoed === 'string' && echoed.toLowerCase() === clientId?.toLowerCase();
  if (clientId !== undefined && !isAsked) {
    throw new CredentialUnavailableError('no token: the endpoint answers for another identity');
  }
  return { token, expiresAt: readEnd(fields, now) };
}

/**
 * The end itself where it is given, as a lifetime is not counted down while the endpoint keeps a
 * token.
 */
function readEnd(fields: Readonly<Record<string, unknown>>, now: number): number {
  const { expires_on: end, expires_in: lifetime } = fields;
  if (end === undefined) return now + readSeconds(lifetime) * 1000;
  const seconds = readSeconds(end);
  return Number.isNaN(seconds) && typeof end === 'string' ? Date.parse(end) : seconds * 1000;
}

/** NaN for invalid and for empty text. */
function readSeconds(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
}
