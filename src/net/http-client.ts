import type { IncomingHttpHeaders } from 'node:http';
// The file, not the package: Bun replaces the package by a client of its own, which ignores
// certificates, proxies and bounds.
import { type Dispatcher, request } from 'undici/index.js';
import { joinSignals } from '../foundation/abort.js';
import { collectBytes } from '../foundation/collect-bytes.js';
import { errorCode } from '../foundation/error-code.js';
import { checkOptions } from '../foundation/options.js';
import { quote } from '../model/errors.js';
import { readCertificates } from './certificates.js';
import { createDispatchers } from './dispatcher.js';

/** A request to send. */
export interface HttpRequest {
  readonly url: URL;
  /** `GET` unless there is a body, `POST` with one. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | undefined;
  readonly body?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Ends the request, which rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** An answer, read to its end. */
export interface HttpResponse {
  readonly status: number;
  /** The `Retry-After` header, as it is. */
  readonly retryAfter: string | undefined;
  readonly body: string;
  /** All headers, by their names in lower case. A client of one's own may leave them out. */
  readonly headers?: IncomingHttpHeaders | undefined;
}

/** Sends a request and reads the whole answer. Rejects with `HttpError` without an answer. */
export type HttpClient = (request: HttpRequest) => Promise<HttpResponse>;

/** A request without an answer. The message names the server, never a header or a body. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  /** Whether no connection was made, so that the server cannot have acted on the request. */
  readonly notSent: boolean;

  constructor(message: string, options: { readonly notSent?: boolean } = {}) {
    super(message);
    this.notSent = options.notSent ?? false;
  }
}

/** Limits and trust of outgoing requests. */
export interface HttpClientOptions {
  /** File of certificates to trust in place of the system's. Empty: the system's. */
  readonly caCertPath?: string | undefined;
  /** Whether a server's certificate is checked. */
  readonly verifySsl?: boolean | undefined;
  /** For a request with its redirects and the whole of its answer, in seconds. At most an hour. */
  readonly timeoutSeconds: number;
  /** Of an answer; 1 MiB unless given. */
  readonly maxBytes?: number | undefined;
  /** `false`: a redirect is an answer as any other. Followed within its origin unless given. */
  readonly followRedirects?: boolean | undefined;
}

const DEFAULT_MAX_BYTES = 1024 * 1024;
/** What a request may take at most. */
export const MAX_TIMEOUT_SECONDS = 3600;
const MAX_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Creates a small HTTP client that is safe to point at a server that misbehaves: an answer is
 * bounded in time and size, is not decompressed, and a redirect is followed only within one origin,
 * and of nothing but a `GET`.
 *
 * @throws {@link ConfigInvalidError} when the file of certificates cannot be read; TypeError for a
 *   timeout not above 0
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  checkOptions<HttpClientOptions>(options, {
    caCertPath: true,
    verifySsl: true,
    timeoutSeconds: true,
    maxBytes: true,
    followRedirects: true,
  });
  const { maxBytes = DEFAULT_MAX_BYTES, followRedirects = true } = options;
  if (!(options.timeoutSeconds > 0)) throw new TypeError('timeoutSeconds must be above 0');
  const milliseconds = Math.ceil(Math.min(options.timeoutSeconds, MAX_TIMEOUT_SECONDS) * 1000);
  const dispatcherOf = createDispatchers({
    rejectUnauthorized: options.verifySsl ?? true,
    ...(options.caCertPath ? { ca: readCertificates(options.caCertPath) } : {}),
  });
  return async (request) => {
    const timeout = AbortSignal.timeout(milliseconds);
    const { signal, release } = joinSignals(
      request.signal === undefined ? [timeout] : [timeout, request.signal],
    );
    const method = request.method ?? (request.body === undefined ? 'GET' : 'POST');
    let url = request.url;
    try {
      for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
        const response = await open(url, request, {
          dispatcher: dispatcherOf(url),
          signal,
          method,
        });
        const target = followRedirects ? redirectTarget(url, response) : undefined;
        if (target === undefined) return await readAnswer(response, maxBytes);
        response.body.destroy();
        if (method !== 'GET') throw new HttpError(`answers a ${method} with a redirect`);
        if (target.origin !== url.origin) throw new HttpError('redirects to another server');
        url = target;
      }
      throw new HttpError(`redirects more than ${MAX_REDIRECTS} times`);
    } catch (error) {
      request.signal?.throwIfAborted();
      const message = `${serverOf(url)} ${explainFailure(error, timeout, milliseconds)}`;
      throw new HttpError(message, { notSent: isBeforeConnection(error) });
    } finally {
      release();
    }
  };
}

/** How one request is sent. */
interface Exchange {
  readonly dispatcher: Dispatcher;
  readonly method: Dispatcher.HttpMethod;
  readonly signal: AbortSignal;
}

async function open(
  url: URL,
  { body, headers }: HttpRequest,
  options: Exchange,
): Promise<Dispatcher.ResponseData> {
  const response = await request(url, {
    ...options,
    headers: { accept: 'application/json', 'accept-encoding': 'identity', ...headers },
    body: body ?? null,
  });
  // A connection may break more than once: after the answer, too.
  response.body.on('error', () => {});
  return response;
}

async function readAnswer(
  { statusCode: status, headers: given, body }: Dispatcher.ResponseData,
  maxBytes: number,
): Promise<HttpResponse> {
  const headers = joinHeaders(given);
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
    body.destroy();
    throw new HttpError('sends a compressed answer, which was not requested');
  }
  const bytes = await collectBytes(body as AsyncIterable<Uint8Array>, maxBytes);
  if (bytes === undefined) throw new HttpError(`answers with more than ${maxBytes} bytes`);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  return { status, retryAfter: headers['retry-after'], body: text, headers };
}

/** Of these the first one counts, as in `node:http`. Values of others are joined. */
const SINGLE: ReadonlySet<string> = new Set([
  'content-length',
  'content-type',
  'location',
  'retry-after',
]);

function joinHeaders(headers: Dispatcher.ResponseData['headers']): IncomingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (!Array.isArray(value) || name === 'set-cookie') return [name, value];
      return [name, SINGLE.has(name) ? value[0] : value.join(', ')];
    }),
  );
}

function redirectTarget(from: URL, response: Dispatcher.ResponseData): URL | undefined {
  const { location } = joinHeaders(response.headers);
  if (!REDIRECTS.has(response.statusCode) || location === undefined) return undefined;
  if (!URL.canParse(location, from.href)) throw new HttpError('redirects without a valid address');
  return new URL(location, from.href);
}

function explainFailure(error: unknown, signal: AbortSignal, milliseconds: number): string {
  if (signal.aborted) return `did not answer within ${milliseconds / 1000} s`;
  if (error instanceof HttpError) return error.message;
  const status = proxyStatus(error);
  if (status !== undefined) {
    return `cannot be reached (the proxy of \`HTTPS_PROXY\` answers with status ${status})`;
  }
  const code = errorCode(error);
  // Both mean that the server closed the connection; the second is the system's word.
  return `cannot be reached (${code === 'UND_ERR_SOCKET' ? 'ECONNRESET' : code})`;
}

/** Whether a connection was not opened, so that nothing was sent. Each request opens its own. */
function isBeforeConnection(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isBeforeConnection);
  if (proxyStatus(error) !== undefined) return true;
  const { syscall } = (error ?? {}) as NodeJS.ErrnoException;
  return syscall === 'connect' || syscall === 'getaddrinfo';
}

/** The status with which a proxy refused to open a tunnel. */
function proxyStatus(error: unknown): string | undefined {
  if (!(error instanceof Error) || errorCode(error) !== 'UND_ERR_ABORTED') return undefined;
  return /^Proxy response \((\d{3})\)/.exec(error.message)?.[1];
}

/** The server without what a query or a user part might hold. */
export function serverOf(url: URL): string {
  return quote(`${url.origin}${url.pathname}`);
}
