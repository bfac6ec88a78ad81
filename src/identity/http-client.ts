import { readFileSync } from 'node:fs';
import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
  request as requestHttp,
} from 'node:http';
import { request as requestHttps } from 'node:https';
import { joinSignals } from '../foundation/abort.js';
import { errorCode } from '../foundation/error-code.js';
import { checkOptions, type OptionNames } from '../foundation/options.js';
import { ConfigInvalidError, quote } from '../model/errors.js';

export interface HttpRequest {
  readonly url: URL;
  /** `GET` unless there is a body, `POST` with one. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | undefined;
  readonly body?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Ends the request, which rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface HttpResponse {
  readonly status: number;
  /** The `Retry-After` header, as it is. */
  readonly retryAfter: string | undefined;
  readonly body: string;
  /** All headers, by their names in lower case. A client of one's own may leave them out. */
  readonly headers?: IncomingHttpHeaders | undefined;
}

/** Sends a request and reads the whole answer. Rejects with {@link HttpError} when there is none. */
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

const HTTP_OPTIONS: OptionNames<HttpClientOptions> = {
  caCertPath: true,
  verifySsl: true,
  timeoutSeconds: true,
  maxBytes: true,
  followRedirects: true,
};

const DEFAULT_MAX_BYTES = 1024 * 1024;
/** What a request may take at most. */
export const MAX_TIMEOUT_SECONDS = 3600;
const MAX_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Creates a small HTTP client that is safe to point at a server that misbehaves: an answer is bounded in time and size,
 * is not decompressed, and a redirect is followed only within one origin, and of nothing but a `GET`.
 *
 * @throws {@link ConfigInvalidError} when the file of certificates cannot be read; TypeError for a timeout not above 0
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  checkOptions<HttpClientOptions>(options, HTTP_OPTIONS);
  const { maxBytes = DEFAULT_MAX_BYTES, followRedirects = true } = options;
  if (!(options.timeoutSeconds > 0)) throw new TypeError('timeoutSeconds must be above 0');
  const milliseconds = Math.ceil(Math.min(options.timeoutSeconds, MAX_TIMEOUT_SECONDS) * 1000);
  const tls = {
    rejectUnauthorized: options.verifySsl ?? true,
    ...(options.caCertPath ? { ca: readCertificates(options.caCertPath) } : {}),
  };
  return async (request) => {
    const timeout = AbortSignal.timeout(milliseconds);
    const { signal, release } = joinSignals(
      request.signal === undefined ? [timeout] : [timeout, request.signal],
    );
    const method = request.method ?? (request.body === undefined ? 'GET' : 'POST');
    let url = request.url;
    try {
      for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
        const response = await open(url, request, { ...tls, signal, method });
        const target = followRedirects ? redirectTarget(url, response) : undefined;
        if (target === undefined) return await readAnswer(response, maxBytes);
        response.destroy();
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

function open(
  url: URL,
  { body, headers }: HttpRequest,
  options: RequestOptions,
): Promise<IncomingMessage> {
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request = send(url, {
      ...options,
      // No connection is kept: questions are minutes apart, and a server must be able to stop.
      agent: false,
      headers: { accept: 'application/json', 'accept-encoding': 'identity', ...headers },
    });
    request.once('response', resolve);
    // A connection may break more than once: after the answer, too.
    request.on('error', reject);
    request.end(body);
  });
}

async function readAnswer(response: IncomingMessage, maxBytes: number): Promise<HttpResponse> {
  const encoding = response.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    response.destroy();
    throw new HttpError('answers compressed, which was not asked for');
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop destroys the connection.
    if (size > maxBytes) throw new HttpError(`answers with more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  if (!response.complete) throw new HttpError('broke off its answer');
  return {
    status: response.statusCode ?? 0,
    retryAfter: response.headers['retry-after'],
    body: Buffer.concat(chunks).toString('utf8'),
    headers: response.headers,
  };
}

function redirectTarget(from: URL, response: IncomingMessage): URL | undefined {
  const { location } = response.headers;
  if (!REDIRECTS.has(response.statusCode ?? 0) || location === undefined) return undefined;
  if (!URL.canParse(location, from.href)) throw new HttpError('redirects to no address');
  return new URL(location, from.href);
}

function explainFailure(error: unknown, signal: AbortSignal, milliseconds: number): string {
  if (signal.aborted) return `did not answer within ${milliseconds / 1000} s`;
  return error instanceof HttpError ? error.message : `cannot be reached (${errorCode(error)})`;
}

/** Whether a name could not be resolved, or a connection not be opened. Each request opens its own. */
function isBeforeConnection(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isBeforeConnection);
  const { syscall } = (error ?? {}) as NodeJS.ErrnoException;
  return syscall === 'connect' || syscall === 'getaddrinfo';
}

/** The server without what a query or a user part might hold. */
export function serverOf(url: URL): string {
  return quote(`${url.origin}${url.pathname}`);
}

function readCertificates(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new ConfigInvalidError(
      `the file of certificates ${quote(path)} cannot be read (${errorCode(error)})`,
      {},
      { cause: error },
    );
  }
}
