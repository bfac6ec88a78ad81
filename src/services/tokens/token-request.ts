import { setTimeout as sleep } from 'node:timers/promises';
import {
  createHttpClient,
  type HttpClient,
  HttpError,
  type HttpRequest,
  type HttpResponse,
} from '../../identity/http-client.js';
import {
  addIdentitySecret,
  MIN_MASKED_SECONDS,
  type SecretRegistry,
} from '../../identity/identity-secrets.js';
import { formEncode, readTokenAnswer } from '../../identity/request-token.js';
import { type RetryOptions, retryRequest } from '../../identity/retry-request.js';
import { CredentialUnavailableError } from '../../model/errors.js';
import type { TokenCacheOptions } from './token-cache.js';
import type { ExpiringToken } from './token-provider.js';

/** How tokens are asked for. */
export interface TokenRequestOptions {
  /** In place of the one that the next two make. */
  readonly httpClient?: HttpClient | undefined;
  /** File of certificates to trust in place of the system's. */
  readonly caCertPath?: string | undefined;
  /** For one request with its whole answer; 15 unless given. */
  readonly requestTimeoutSeconds?: number | undefined;
  /** How often a request is sent at most; 4 unless given. */
  readonly maxAttempts?: number | undefined;
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
  /** Waits, in milliseconds. */
  readonly sleep?: RetryOptions['sleep'] | undefined;
  /** Where secrets and tokens are registered to be masked; the process-wide redaction unless given. */
  readonly redaction?: SecretRegistry | undefined;
  /** How the token is kept. */
  readonly cache?: Omit<TokenCacheOptions, 'now'> | undefined;
}

/** A form for a token endpoint. */
export interface TokenForm {
  readonly url: URL;
  readonly form: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal: AbortSignal;
}

/** Asks token endpoints as the options say. */
export interface TokenRequester {
  /** Sends again after failures that pass by themselves. Rejects with `HttpError`. */
  readonly send: (request: HttpRequest) => Promise<HttpResponse>;
  /** The token that a form is answered with, registered to be masked. Rejects with `CredentialUnavailableError`. */
  readonly requestToken: (form: TokenForm) => Promise<ExpiringToken>;
}

/** What is special about the answers of one kind of token endpoint. */
export interface EndpointHabits {
  readonly isTransient?: RetryOptions['isTransient'];
  /** What to say about a refusal in place of its status; `undefined`: nothing special. */
  readonly explainRefusal?: ((answer: HttpResponse) => string | undefined) | undefined;
}

export function createTokenRequester(
  options: TokenRequestOptions,
  habits: EndpointHabits = {},
): TokenRequester {
  const { caCertPath, redaction, now = Date.now } = options;
  const timeoutSeconds = options.requestTimeoutSeconds ?? 15;
  const client = options.httpClient ?? createHttpClient({ caCertPath, timeoutSeconds });
  const retry: RetryOptions = {
    attempts: options.maxAttempts ?? 4,
    sleep: options.sleep ?? waitFor,
    now,
    isTransient: habits.isTransient,
  };
  const send = (request: HttpRequest): Promise<HttpResponse> =>
    retryRequest(client, request, retry);
  const requestToken = async ({
    url,
    form,
    headers,
    signal,
  }: TokenForm): Promise<ExpiringToken> => {
    const answer = await send({
      url,
      method: 'POST',
      body: new URLSearchParams(form).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      signal,
    });
    const refusal = answer.status === 200 ? undefined : habits.explainRefusal?.(answer);
    if (refusal !== undefined) throw new HttpError(refusal);
    const { token, expiresAt } = readTokenAnswer(answer, now());
    const seconds = expiresAt === undefined ? MIN_MASKED_SECONDS : (expiresAt - now()) / 1000;
    addIdentitySecret(redaction, 'token', token, Math.max(seconds, MIN_MASKED_SECONDS));
    if (expiresAt === undefined) {
      throw new HttpError('the token endpoint does not say how long its token holds');
    }
    return { token, expiresAt };
  };
  return { send, requestToken: (form) => asUnavailable(requestToken(form)) };
}

/** What a token endpoint or the way to it fails with, as the error that the caller of a provider gets. */
export async function asUnavailable<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    throw new CredentialUnavailableError(`no token: ${error.message}`, { cause: error });
  }
}

/** Registers a secret to be masked, as it is and as it stands in a form or, before base64, in a header. */
export function protectSecret(
  redaction: SecretRegistry | undefined,
  name: string,
  secret: string,
): void {
  for (const form of new Set([secret, formEncode(secret)])) {
    addIdentitySecret(redaction, name, form);
  }
}

/** @throws TypeError that names what is missing, and not what is there */
export function demandText(name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new TypeError(`${name} must be a text that is not empty`);
}

function waitFor(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return sleep(milliseconds, undefined, { signal });
}
