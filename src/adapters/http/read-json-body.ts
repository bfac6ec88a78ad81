import type { IncomingMessage } from 'node:http';
import { RequestInvalidError } from '../../model/index.js';
import { headerValues } from '../support/header-values.js';
import { assertJsonType } from '../support/json-type.js';

/**
 * The body of a request, as JSON.
 *
 * @param maxBytes more is refused, and not kept
 * @returns undefined: there is no body
 * @throws MediaTypeUnsupportedError when it is not JSON by its type
 * @throws RequestInvalidError when it is too long, encoded, no UTF-8 or no JSON, or when the client hangs up
 */
export async function readJsonBody(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  const contentType = headerValues(request.rawHeaders, 'content-type');
  const { 'content-encoding': encoding = 'identity', 'content-length': length } = request.headers;
  if (encoding.toLowerCase() !== 'identity') {
    throw new RequestInvalidError('the body must not be compressed');
  }
  if (Number(length) > maxBytes) throw tooLong(maxBytes);
  if (contentType.length > 0) assertJsonType(contentType);
  const bytes = await collect(request, maxBytes);
  if (bytes.length === 0) return undefined;
  assertJsonType(contentType);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    // The parser's message repeats a part of the body.
    throw new RequestInvalidError('the body must be JSON in UTF-8');
  }
}

// Events and not an iterator: who stops an iterator ends the connection, on which the answer is to be sent.
function collect(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let total = 0;
    const hungUp = (): void => reject(new RequestInvalidError('the body has no end'));
    request.on('data', (chunk: Buffer) => {
      total += chunk.length;
      if (total > maxBytes) {
        chunks.length = 0;
        reject(tooLong(maxBytes));
      } else {
        chunks.push(chunk);
      }
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', hungUp);
    request.once('close', hungUp);
    if (request.destroyed) hungUp();
  });
}

function tooLong(maxBytes: number): RequestInvalidError {
  return new RequestInvalidError(`the body is longer than ${maxBytes} bytes`);
}
