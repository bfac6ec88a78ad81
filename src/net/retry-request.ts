import { errorCode } from '../foundation/error-code.js';
import {
  type HttpClient,
  HttpError,
  type HttpRequest,
  type HttpResponse,
  serverOf,
} from './http-client.js';

/** The server asks to be left alone for longer than this client waits. */
export class RetryLaterError extends HttpError {
  readonly status: number;
  readonly retryAfterMs: number;

  constructor(url: URL, status: number, retryAfterMs: number) {
    const seconds = Math.ceil(retryAfterMs / 1000);
    super(
      `${serverOf(url)} answers with status ${status} and asks to come back in ${seconds} s, which is longer than the ${LONGEST_PAUSE_MS / 1000} s that a request waits. Try again later`,
    );
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** How often and when a request is repeated. */
export interface RetryOptions {
  /** Maximum number of attempts. Values of 1 or less disable retries. */
  readonly attempts: number;
  /** Waits, unless the signal of the request ends it. */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<unknown>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /**
   * Whether it is worth to ask again after this; unless given, where the server is out of reach,
   * busy or failing.
   */
  readonly isTransient?: ((answer: HttpResponse | HttpError) => boolean) | undefined;
  /**
   * The pauses in milliseconds that a server's documentation asks for after an answer, one before
   * each further attempt; undefined: the usual ones, `attempts` times.
   */
  readonly schedule?:
    | ((answer: HttpResponse | HttpError) => readonly number[] | undefined)
    | undefined;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
const TRANSIENT: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * Sends a request again while the server is out of reach, busy or failing, after longer and longer
 * pauses.
 *
 * Shape: resolves to the last answer, whatever its status; rejects with the last {@link HttpError}
 * if no attempt was answered, or with the reason of the request's signal.
 *
 * A server that asks for a longer pause than 10 s is not asked again: {@link RetryLaterError}, at
 * once.
 *
 * @source RFC 9110 10.2.3: `Retry-After` in seconds or as a date; Azure SDKs and Azure OpenAI:
 *   `retry-after-ms` and `x-ms-retry-after-ms` in milliseconds, which are more exact and count
 *   first
 */
export async function retryRequest(
  client: HttpClient,
  request: HttpRequest,
  { attempts, sleep, now, isTransient = isUsuallyTransient, schedule }: RetryOptions,
): Promise<HttpResponse> {
  for (let attempt = 1; ; attempt++) {
    const answer = await send(client, request);
    const failed = answer instanceof HttpError;
    const documented = schedule?.(answer);
    const most = documented === undefined ? attempts : documented.length + 1;
    // Written so that NaN ends it.
    if (!(attempt < most) || !isTransient(answer)) {
      if (failed) throw answer;
      return answer;
    }
    const asked = failed ? undefined : readPause(answer, now());
    if (!failed && asked !== undefined && asked > LONGEST_PAUSE_MS) {
      throw new RetryLaterError(request.url, answer.status, asked);
    }
    const own = documented?.[attempt - 1] ?? Math.min(backOff(attempt), LONGEST_PAUSE_MS);
    try {
      await sleep(asked ?? own, request.signal);
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
    // SECURITY: the error of a client that is not ours may hold the request with its secrets. Its
    // code alone is kept.
    const code = errorCode(error);
    const reason = /^[A-Z][A-Z\d_]{1,63}$/.test(code) ? code : 'unknown error';
    return new HttpError(`${serverOf(request.url)} cannot be reached (${reason})`);
  }
}

/** Whether the request went unanswered, or the server is busy or failing. */
export function isUsuallyTransient(answer: HttpResponse | HttpError): boolean {
  return answer instanceof HttpError || TRANSIENT.has(answer.status);
}

/**
 * Doubles each time; the random half keeps clients that failed together from coming back together.
 */
function backOff(attempt: number): number {
  return FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
}

/** Milliseconds that an answer asks to wait; undefined: it does not say. */
function readPause({ headers, retryAfter }: HttpResponse, now: number): number | undefined {
  for (const name of ['retry-after-ms', 'x-ms-retry-after-ms']) {
    const value = headers?.[name];
    if (typeof value === 'string' && /^\d{1,12}(?:\.\d{1,9})?$/.test(value)) return Number(value);
  }
  return readRetryAfter(retryAfter, now);
}

function readRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
