import { type HttpClient, HttpError, type HttpRequest, type HttpResponse } from './http-client.js';

export interface RetryOptions {
  /** How often a request is sent at most. */
  readonly attempts: number;
  /** Waits. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
const TRANSIENT: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * Sends a request again while the server is out of reach, busy or failing, after longer and longer pauses.
 *
 * Shape: resolves to the last answer, whatever its status; rejects with the last {@link HttpError} when there was none.
 *
 * @source RFC 9110 10.2.3: a server's `Retry-After` counts, in seconds or as a date; here up to 10 s
 */
export async function retryRequest(
  client: HttpClient,
  request: HttpRequest,
  { attempts, sleep, now }: RetryOptions,
): Promise<HttpResponse> {
  for (let attempt = 1; ; attempt++) {
    const answer = await client(request).catch((error: unknown) => {
      if (error instanceof HttpError) return error;
      throw error;
    });
    const failed = answer instanceof HttpError;
    if (attempt >= attempts || !(failed || TRANSIENT.has(answer.status))) {
      if (failed) throw answer;
      return answer;
    }
    const asked = failed ? undefined : readRetryAfter(answer.retryAfter, now());
    await sleep(Math.min(asked ?? backOff(attempt), LONGEST_PAUSE_MS));
  }
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
