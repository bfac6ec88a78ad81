import { setTimeout as sleep } from 'node:timers/promises';
import { HttpError, type HttpRequest } from '../../identity/http-client.js';
import type { SecretRegistry } from '../../identity/identity-secrets.js';
import { isUsuallyTransient, retryRequest } from '../../identity/retry-request.js';
import { CredentialUnavailableError } from '../../model/errors.js';
import {
  createDirectHttpClient,
  type DirectHttpClient,
  type DirectHttpOptions,
  type DirectHttpResponse,
} from './direct-http-client.js';

/** How a server is asked that gives tokens or secrets. */
export interface AskOptions extends DirectHttpOptions {
  /** How often a request is sent at most while it is of no avail; 4 unless given. */
  readonly maxAttempts?: number | undefined;
  /** In place of a client of its own. Must follow no redirect. */
  readonly httpClient?: DirectHttpClient | undefined;
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
  /** Waits, in milliseconds. */
  readonly sleep?: ((milliseconds: number) => Promise<void>) | undefined;
  /** Where tokens and secrets are registered to be masked; the process-wide redaction unless given. */
  readonly redaction?: SecretRegistry | undefined;
}

const DEFAULT_ATTEMPTS = 4;

/**
 * Creates what sends requests, again while the server is busy, failing or out of reach.
 *
 * @param passing statuses that pass by themselves, beside those that do everywhere
 * @throws TypeError for a wrong number of attempts or timeout
 * @returns rejects with `CredentialUnavailableError` when there is no answer
 */
export function createAsker(
  options: AskOptions,
  passing: readonly number[] = [],
): (request: HttpRequest) => Promise<DirectHttpResponse> {
  const { maxAttempts = DEFAULT_ATTEMPTS } = options;
  if (!Number.isSafeInteger(maxAttempts) || maxAttempts < 1) {
    throw new TypeError('maxAttempts must be a whole number above 0');
  }
  const client = options.httpClient ?? createDirectHttpClient(options);
  const retry = {
    attempts: maxAttempts,
    sleep: options.sleep ?? sleepUnlessAborted,
    now: options.now ?? Date.now,
    isTransient: (answer: DirectHttpResponse | HttpError) =>
      isUsuallyTransient(answer) ||
      (!(answer instanceof HttpError) && passing.includes(answer.status)),
  };
  return async (request) => {
    try {
      return await retryRequest(client, request, retry);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      throw new CredentialUnavailableError(error.message, { cause: error });
    }
  };
}

async function sleepUnlessAborted(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, signal === undefined ? {} : { signal });
}
