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
import { RequestInvalidError, WorkspaceError } from '../../../model/errors.js';
import type { TokenProvider } from '../tokens/index.js';

export interface ForwardOptions {
  readonly url: URL;
  readonly agent: Agent;
  readonly tokens: TokenProvider;
  readonly limits: {
    readonly maxRequestBytes: number;
    readonly maxAnswerBytes: number;
    readonly timeoutMs: number;
  };
  readonly onError?: ((error: unknown) => unknown) | undefined;
}

/** Passed on to the endpoint. SECURITY: a list of what is known, since any other header may say who asks or where from. */
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
  'served-model-name',
];
/** What an endpoint says of what the caller sent. Other errors are between the proxy and the endpoint. */
const CALLERS_ERRORS: ReadonlySet<number> = new Set([400, 413, 415, 422, 429]);
const TIMEOUTS: ReadonlySet<number> = new Set([408, 504]);

/**
 * Passes a request on, and its answer back.
 *
 * @returns rejects with RequestInvalidError when the request is too long or breaks off, and with
 *   CredentialUnavailableError when there is no token; everything else is answered here
 */
export async function forward(
  options: ForwardOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { tokens, limits, onError } = options;
  const length = request.headers['content-length'];
  if (Number(length) > limits.maxRequestBytes) throw tooLong(limits.maxRequestBytes);
  const timeout = AbortSignal.timeout(limits.timeoutMs);
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const signal = AbortSignal.any([timeout, gone.signal]);
  try {
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
    await report(onError, error);
    const isLate =
      timeout.aborted || (error instanceof WorkspaceError && TIMEOUTS.has(error.status));
    refuse(response, isLate ? 504 : 502);
  }
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

// By pipes and not by a pipeline: who destroys a request ends the connection, on which the answer is to be sent.
function sendBody(
  request: IncomingMessage,
  outgoing: ClientRequest,
  maxBytes: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const limit = limitBytes(maxBytes, tooLong);
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
      if (!request.complete) stop(new RequestInvalidError('the body has no end'));
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
  const headers = pick(answer.headers, ANSWER_HEADERS);
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

async function report(onError: ForwardOptions['onError'], error: unknown): Promise<void> {
  try {
    await onError?.(error);
  } catch {
    // A log that fails changes no answer.
  }
}

/** Half an answer cannot be taken back, but must not pass for a whole one. */
function refuse(response: ServerResponse, status: 502 | 504): void {
  if (response.destroyed) return;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const title = status === 504 ? 'The endpoint did not answer in time' : 'The endpoint failed';
  const headers = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' };
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

function tooLong(max: number): RequestInvalidError {
  return new RequestInvalidError(`the body is longer than ${max} bytes`);
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
