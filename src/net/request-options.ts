import { setTimeout as sleep } from 'node:timers/promises';
import type { OptionNames } from '../foundation/options.js';
import {
  createHttpClient,
  type HttpClient,
  type HttpClientOptions,
  type HttpRequest,
  type HttpResponse,
  MAX_TIMEOUT_SECONDS,
} from './http-client.js';
import type { SecretRegistry } from './mask-secrets.js';
import { type RetryOptions, retryRequest } from './retry-request.js';

/** The clock that secrets and tokens are kept by, and what masks them. */
export interface SecretHandlingOptions {
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: (() => number) | undefined;
  /** Where secrets and tokens are registered to be masked. Default: the process-wide redaction. */
  readonly redaction?: SecretRegistry | undefined;
}

/** How requests are sent, and sent again. */
export interface SendingOptions extends SecretHandlingOptions {
  /**
   * In place of the one that the other options make. It must send a secret nowhere but to the
   * address that it is given.
   */
  readonly httpClient?: HttpClient | undefined;
  /**
   * How often a request is sent at most; 4 unless given, or as often as the server's documentation
   * says.
   */
  readonly maxAttempts?: number | undefined;
  /** Waits, in milliseconds. */
  readonly sleep?: RetryOptions['sleep'] | undefined;
}

/** How a server is asked. */
export interface RequestOptions extends SendingOptions {
  /** File of certificates to trust in place of the system's. */
  readonly caCertPath?: string | undefined;
  /**
   * For one request with its whole answer; at most an hour. Each kind of server has its own unless
   * given.
   */
  readonly requestTimeoutSeconds?: number | undefined;
}

export const SECRET_HANDLING_OPTIONS: OptionNames<SecretHandlingOptions> = {
  now: true,
  redaction: true,
};

export const SENDING_OPTIONS: OptionNames<SendingOptions> = {
  ...SECRET_HANDLING_OPTIONS,
  httpClient: true,
  maxAttempts: true,
  sleep: true,
};

export const REQUEST_OPTIONS: OptionNames<RequestOptions> = {
  ...SENDING_OPTIONS,
  caCertPath: true,
  requestTimeoutSeconds: true,
};

/** What is usual for one kind of server. */
type RequestHabits = Pick<HttpClientOptions, 'timeoutSeconds' | 'maxBytes' | 'followRedirects'>;

/**
 * Sends a request, again after failures that pass by themselves. Rejects with `HttpError` if no
 * answer arrives.
 */
type Sender = (
  request: HttpRequest,
  isTransient?: RetryOptions['isTransient'],
  schedule?: RetryOptions['schedule'],
) => Promise<HttpResponse>;

const DEFAULT_ATTEMPTS = 4;

/**
 * Creates what asks servers as the options say.
 *
 * @throws TypeError for an invalid number of attempts or timeout; ConfigInvalidError when the file
 *   of certificates cannot be read
 */
export function createSender(options: RequestOptions, habits: RequestHabits): Sender {
  const { caCertPath, maxAttempts = DEFAULT_ATTEMPTS, now = Date.now } = options;
  const { requestTimeoutSeconds: timeoutSeconds = habits.timeoutSeconds } = options;
  if (!Number.isSafeInteger(maxAttempts) || maxAttempts < 1) {
    throw new TypeError('maxAttempts must be a whole number above 0');
  }
  if (!(timeoutSeconds > 0 && timeoutSeconds <= MAX_TIMEOUT_SECONDS)) {
    throw new TypeError(`requestTimeoutSeconds must be above 0 and at most ${MAX_TIMEOUT_SECONDS}`);
  }
  const client = options.httpClient ?? createHttpClient({ ...habits, caCertPath, timeoutSeconds });
  const retry = { attempts: maxAttempts, sleep: options.sleep ?? waitFor, now };
  return (request, isTransient, schedule) => {
    // Who says how often a request is sent means every server.
    const documented = options.maxAttempts === undefined ? schedule : undefined;
    return retryRequest(client, request, { ...retry, isTransient, schedule: documented });
  };
}

function waitFor(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return sleep(milliseconds, undefined, { signal });
}
