import {
  type Agent,
  type ClientRequest,
  type IncomingMessage,
  request as requestHttp,
  type ServerResponse,
} from 'node:http';
import { request as requestHttps } from 'node:https';
import { Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { bodyBrokenOff, bodyTooLong } from '../../../foundation/body-errors.js';
import { destroyResponse } from '../../../foundation/destroy-response.js';
import { notify } from '../../../foundation/notify.js';
import type { TokenProvider } from '../tokens/index.js';
import { WorkspaceError } from '../workspace/workspace-error.js';
import { type Release, type RequestLimits, TooManyRequestsError } from './request-limits.js';

// `node:http` and not `net/`: bodies flow through in both directions without being held, a request
// starts with the first byte of its body, and connections are kept and bounded.

/** Where a request is forwarded to, and as whom. */
export interface ForwardOptions {
  readonly url: URL;
  readonly agent: Agent;
  readonly tokens: TokenProvider;
  /** Who asks, to count requests by. */
  readonly caller: string;
  readonly requests: RequestLimits;
  readonly limits: {
    readonly maxRequestBytes: number;
    readonly maxAnswerBytes: number;
    readonly timeoutMs: number;
  };
  readonly onError?: ((error: unknown) => unknown) | undefined;
}

/**
 * Passed on to the endpoint. SECURITY: a list of what is known, since any other header may say who
 * asks or where from.
 */
const REQUEST_HEADERS = [
  'accept',
  'accept-encoding',
  'content-type',
  'content-encoding',
  'traceparent',
  'tracestate',
];
/** Passed on to the caller. */
const ANSWER_HEADERS = [
  'content-type',
  'content-encoding',
  'content-length',
  'retry-after',
  'retry-after-ms',
  'x-ms-retry-after-ms',
  'served-model-name',
];
/**
 * What an endpoint says of what the caller sent. Other errors are between the proxy and the
 * endpoint.
 */
const CALLERS_ERRORS: ReadonlySet<number> = new Set([400, 413, 415, 422, 429]);
/** Seconds after which a caller who was turned away may come back. */
const RETRY_AFTER = '1';
const NO_CONTENT = 204;
const TIMEOUTS: ReadonlySet<number> = new Set([408, 504]);

/**
 * Passes a request on, and its answer back.
 *
 * A connection and a token are taken when the first byte of the body is there, so that callers who
 * send nothing hold neither. Beyond the limits a request is answered with 503 and `retry-after`.
 *
 * @returns rejects with RequestInvalidError when the request is too long or breaks off, and with
 *   CredentialUnavailableError if no token is available; everything else is answered here
 */
export async function forward(
  options: ForwardOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { tokens, requests, caller, limits, onError } = options;
  const length = request.headers['content-length'];
  if (Number(length) > limits.maxRequestBytes) throw bodyTooLong(limits.maxRequestBytes);
  const timeout = AbortSignal.timeout(limits.timeoutMs);
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const signal = AbortSignal.any([timeout, gone.signal]);
  const releases: Release[] = [];
  try {
    releases.push(requests.enter(caller));
    await untilBodyFlows(request, signal);
    releases.push(await requests.connect(signal));
    const token = await tokens.getToken({ signal });
    const answer = await ask(
      options,
      request,
      { ...token.headers, authorization: `Bearer ${token.token}` },
      signal,
    );
    if (answer.statusCode === 401) tokens.discard?.(token);
    await passBack(answer, response, limits.maxAnswerBytes, signal);
  } catch (error) {
    if (gone.signal.aborted && !timeout.aborted) return;
    if (isForTheGate(error)) throw error;
    notify(onError, error);
    if (error instanceof TooManyRequestsError) {
      refuse(response, 503);
      return;
    }
    const isLate =
      timeout.aborted || (error instanceof WorkspaceError && TIMEOUTS.has(error.status));
    refuse(response, isLate ? 504 : 502);
  } finally {
    for (const release of releases) release();
  }
}

/**
 * @returns rejects with the reason of the signal, and with RequestInvalidError when the body breaks
 *   off
 */
function untilBodyFlows(request: IncomingMessage, signal: AbortSignal): Promise<void> {
  if (request.readableEnded || request.readableLength > 0 || request.complete) {
    return Promise.resolve();
  }
  return new Promise((resolve, reject) => {
    const stop = (settle: () => void) => (): void => {
      request.off('readable', flow);
      request.off('close', end);
      signal.removeEventListener('abort', abort);
      settle();
    };
    const flow = stop(resolve);
    const end = stop(() => reject(bodyBrokenOff()));
    const abort = stop(() => reject(signal.reason as Error));
    // Emitted at the end of an empty body, too.
    request.on('readable', flow);
    request.on('close', end);
    signal.addEventListener('abort', abort);
  });
}

function ask(
  { url, agent, limits }: ForwardOptions,
  request: IncomingMessage,
  own: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { 'content-length': length } = request.headers;
  // A length that stands beside an encoding of the transfer says nothing.
  const isSized = length !== undefined && request.headers['transfer-encoding'] === undefined;
  const headers = {
    ...pick(request.headers, REQUEST_HEADERS),
    ...(isSized ? { 'content-length': length } : {}),
    ...own,
  };
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const outgoing = send(url, { method: 'POST', agent, headers, signal });
    outgoing.once('response', resolve);
    outgoing.on('error', reject);
    // An endpoint that changes the protocol ends a request without either.
    outgoing.once('close', () => reject(failure('the serving endpoint gives no answer', 0)));
    sendBody(request, outgoing, limits.maxRequestBytes).catch((error: unknown) => {
      reject(error as Error);
      outgoing.destroy();
    });
  });
}

// By pipes and not by a pipeline: who destroys a request ends the connection, on which the answer
// is to be sent.
function sendBody(
  request: IncomingMessage,
  outgoing: ClientRequest,
  maxBytes: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const limit = limitBytes(maxBytes, bodyTooLong);
    const stop = (error: Error): void => {
      request.unpipe(limit);
      // The rest is read and dropped, so that the connection can be used again.
      request.resume();
      reject(error);
    };
    limit.once('error', stop);
    outgoing.once('error', stop);
    outgoing.once('close', () => stop(failure('the serving endpoint gives no answer', 0)));
    outgoing.once('finish', resolve);
    request.once('close', () => {
      if (!request.complete) stop(bodyBrokenOff());
    });
    request.pipe(limit).pipe(outgoing);
  });
}

async function passBack(
  answer: IncomingMessage,
  response: ServerResponse,
  maxBytes: number,
  signal: AbortSignal,
): Promise<void> {
  const { statusCode = 0 } = answer;
  if ((statusCode < 200 || statusCode >= 300) && !CALLERS_ERRORS.has(statusCode)) {
    answer.destroy();
    throw failure(`the serving endpoint answers with status ${statusCode}`, statusCode);
  }
  const { 'content-length': length, ...others } = pick(answer.headers, ANSWER_HEADERS);
  // RFC 9110, 8.6: an answer without content has no length.
  const isSized = length !== undefined && statusCode !== NO_CONTENT;
  const headers = { ...others, ...(isSized ? { 'content-length': length } : {}) };
  response.writeHead(statusCode, { ...headers, 'cache-control': 'no-store' });
  const limit = limitBytes(maxBytes, () =>
    failure(`the answer is longer than ${maxBytes} bytes`, statusCode),
  );
  await pipeline(answer, limit, response, { signal });
}

/** What the gate has an answer for: all errors with a code of ours. */
function isForTheGate(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return code === 'ERR_REQUEST_INVALID' || code === 'ERR_CREDENTIAL_UNAVAILABLE';
}

/** For the log alone. */
function failure(message: string, status: number): WorkspaceError {
  return new WorkspaceError(message, { status, retriable: false });
}

const REFUSALS = {
  502: 'The endpoint failed',
  503: 'Too many requests are under way',
  504: 'The endpoint did not answer in time',
} as const;

/** Half an answer cannot be taken back, but must not pass for a whole one. */
function refuse(response: ServerResponse, status: 502 | 503 | 504): void {
  // A pipeline that failed has destroyed the response, which may still wait for its turn.
  if (response.destroyed || response.headersSent) {
    destroyResponse(response);
    return;
  }
  const title = REFUSALS[status];
  const headers = {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    ...(status === 503 ? { 'retry-after': RETRY_AFTER } : {}),
  };
  response.writeHead(status, headers).end(JSON.stringify({ type: 'about:blank', title, status }));
}

function limitBytes(max: number, fail: (max: number) => Error): Transform {
  let total = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
      total += chunk.length;
      if (total > max) done(fail(max));
      else done(null, chunk);
    },
  });
}

function pick(
  headers: IncomingMessage['headers'],
  names: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names.flatMap((name): readonly (readonly [string, string])[] => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}
