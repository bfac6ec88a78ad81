import { readFileSync } from 'node:fs';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { errorCode } from '../../config/find-feature-store-config.js';
import { HttpError, type HttpRequest, type HttpResponse } from '../../identity/http-client.js';
import { ConfigInvalidError, quote } from '../../model/errors.js';

export interface DirectHttpResponse extends HttpResponse {
  /** The `WWW-Authenticate` header, as it is. */
  readonly wwwAuthenticate?: string | undefined;
}

/** Sends a request to the very address that it names. Rejects with `HttpError` when there is no answer. */
export type DirectHttpClient = (request: HttpRequest) => Promise<DirectHttpResponse>;

export interface DirectHttpOptions {
  /** File of certificates to trust in place of the system's. */
  readonly caCertPath?: string | undefined;
  /** For a request and the whole of its answer, in seconds; 10 unless given. At most an hour. */
  readonly timeoutSeconds?: number | undefined;
}

const DEFAULT_TIMEOUT_SECONDS = 10;
const MAX_TIMEOUT_SECONDS = 3600;
/** Of an answer: what is asked for is a token, or a secret of up to 25 KiB. */
const MAX_BYTES = 256 * 1024;

/**
 * Creates an HTTP client for credentials: like `createHttpClient` of identity, but a redirect is an answer as any other,
 * and the challenge of a server that refuses can be read.
 *
 * @throws {@link ConfigInvalidError} when the file of certificates cannot be read; TypeError for a wrong timeout
 */
export function createDirectHttpClient(options: DirectHttpOptions = {}): DirectHttpClient {
  const seconds = options.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS;
  if (!(seconds > 0 && seconds <= MAX_TIMEOUT_SECONDS)) {
    throw new TypeError(`timeoutSeconds must be above 0 and at most ${MAX_TIMEOUT_SECONDS}`);
  }
  const ca = options.caCertPath ? readCertificates(options.caCertPath) : undefined;
  return async (request) => {
    const timeout = AbortSignal.timeout(Math.ceil(seconds * 1000));
    const signals = request.signal === undefined ? [timeout] : [timeout, request.signal];
    try {
      return await readAnswer(await open(request, ca, AbortSignal.any(signals)));
    } catch (error) {
      request.signal?.throwIfAborted();
      const reason = timeout.aborted ? `did not answer within ${seconds} s` : explain(error);
      // Without the query, which names what is asked for.
      throw new HttpError(`${quote(`${request.url.origin}${request.url.pathname}`)} ${reason}`);
    }
  };
}

function open(
  { url, method, body, headers }: HttpRequest,
  ca: Buffer | undefined,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request = send(url, {
      ...(ca === undefined ? {} : { ca }),
      signal,
      // A token is asked for once in a long while: no connection is kept.
      agent: false,
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: { accept: 'application/json', 'accept-encoding': 'identity', ...headers },
    });
    request.once('response', resolve);
    // A connection may break more than once: after the answer, too.
    request.on('error', reject);
    request.end(body);
  });
}

async function readAnswer(response: IncomingMessage): Promise<DirectHttpResponse> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop destroys the connection.
    if (size > MAX_BYTES) throw new HttpError(`answers with more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return {
    status: response.statusCode ?? 0,
    retryAfter: response.headers['retry-after'],
    wwwAuthenticate: response.headers['www-authenticate'],
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

function explain(error: unknown): string {
  return error instanceof HttpError ? error.message : `cannot be reached (${errorCode(error)})`;
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
