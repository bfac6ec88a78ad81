import { errorCode } from '../config/find-feature-store-config.js';
import {
  type HttpClient,
  HttpError,
  type HttpRequest,
  type HttpResponse,
  serverOf,
} from './http-client.js';

export interface RetryOptions {
  /** How often a request is sent at most. Once where this is no number above 1. */
  readonly attempts: number;
  /** Waits, unless the signal of the request ends it. */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<unknown>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Whether it is worth to ask again after this; unless given, where the server is out of reach, busy or failing. */
  readonly isTransient?: ((answer: HttpResponse | HttpError) => boolean) | undefined;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
const TRANSIENT: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * Sends a request again while the server is out of reach, busy or failing, after longer and longer pauses.
 *
 * Shape: resolves to the last answer, whatever its status; rejects with the last {@link HttpError} when there was none, or
 * with the reason of the request's signal.
 *
 * @source RFC 9110 10.2.3: a server's `Retry-After` counts, in seconds or as a date; here up to 10 s
 */
export async function retryRequest(
  client: HttpClient,
  request: HttpRequest,
  { attempts, sleep, now, isTransient = isUsuallyTransient }: RetryOptions,
): Promise<HttpResponse> {
  for (let attempt = 1; ; attempt++) {
    const answer = await send(client, request);
    const failed = answer instanceof HttpError;
    // Written so that what is no number ends it.
    if (!(attempt < attempts) || !isTransient(answer)) {
      if (failed) throw answer;
      return answer;
    }
    const asked = failed ? undefined : readRetryAfter(answer.retryAfter, now());
    try {
      await sleep(Math.min(asked ?? backOff(attempt), LONGEST_PAUSE_MS), request.signal);
    } finally {
      // The reason of who ends it, and not what a timer makes of it.
      request.signal?.throwIfAborted();
    }
  }
}

async function send(client: HttpClient, request: HttpRequest): Promise<HttpResponse | HttpError> {
  try {
    return await client(request);
  } catch (error) {
    request.signal?.throwIfAborted();
    if (error instanceof HttpError) return error;
    // SECURITY: the error of a client that is not ours may hold the request with its secrets. Its code alone is kept.
    const code = errorCode(error);
    const reason = /^[A-Z][A-Z\d_]{1,63}$/.test(code) ? code : 'unknown error';
    return new HttpError(`${serverOf(request.url)} cannot be reached (${reason})`);
  }
}

/** Whether there was no answer, or one of a server that is busy or failing. */
export function isUsuallyTransient(answer: HttpResponse | HttpError): boolean {
  return answer instanceof HttpError || TRANSIENT.has(answer.status);
}

/** Doubles each time; the random half keeps clients that failed together from coming back together. */
function backOff(attempt: number): number {
  return FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
}

function readRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
