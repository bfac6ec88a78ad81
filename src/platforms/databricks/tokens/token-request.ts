import type { OptionNames } from '../../../foundation/options.js';
import { CredentialUnavailableError } from '../../../model/errors.js';
import {
  addIdentitySecret,
  createSender,
  formEncode,
  HttpError,
  type HttpRequest,
  type HttpResponse,
  MIN_MASKED_SECONDS,
  REQUEST_OPTIONS,
  type RequestOptions,
  type RetryOptions,
  readTokenAnswer,
  type SecretRegistry,
} from '../../../net/index.js';
import { KEPT_TOKEN_OPTIONS, type TokenCacheOptions } from './token-cache.js';
import type { ExpiringToken } from './token-provider.js';

/** How tokens are asked for; a request has 15 s unless given. */
export interface TokenRequestOptions extends RequestOptions {
  /** How the token is kept. */
  readonly cache?: Omit<TokenCacheOptions, 'now'> | undefined;
}

export const TOKEN_REQUEST_OPTIONS: OptionNames<TokenRequestOptions> = {
  ...REQUEST_OPTIONS,
  cache: KEPT_TOKEN_OPTIONS,
};

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
  /**
   * The token that a form is answered with, registered to be masked. Rejects with
   * `CredentialUnavailableError`.
   */
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
  const { redaction, now = Date.now } = options;
  const sender = createSender(options, { timeoutSeconds: 15 });
  const send = (request: HttpRequest): Promise<HttpResponse> => sender(request, habits.isTransient);
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
      throw new HttpError('the token endpoint does not send the lifetime of its token');
    }
    return { token, expiresAt };
  };
  return { send, requestToken: (form) => asUnavailable(requestToken(form)) };
}

/**
 * What a server or the way to it fails with, as the error that callers get.
 *
 * @param what there is not
 */
export async function asUnavailable<T>(promise: Promise<T>, what = 'token'): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    throw new CredentialUnavailableError(`no ${what}: ${error.message}`, { cause: error });
  }
}

/**
 * Registers a secret to be masked, as it is and as it stands in a form or, before base64, in a
 * header.
 */
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
  throw new TypeError(`${name} must be a non-empty string`);
}
