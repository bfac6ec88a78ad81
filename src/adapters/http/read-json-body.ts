import type { IncomingMessage } from 'node:http';
import { bodyBrokenOff, bodyTooLong } from '../../foundation/body-errors.js';
import { ByteCollector } from '../../foundation/collect-bytes.js';
import { RequestInvalidError } from '../../model/index.js';
import { headerValues } from '../support/header-values.js';
import { readJson } from '../support/json-body.js';

/**
 * The body of a request, as JSON.
 *
 * @param maxBytes a longer body is rejected, and not kept
 * @returns undefined without a body
 * @throws MediaTypeUnsupportedError if its type is not JSON
 * @throws RequestInvalidError if it is too long, encoded or not JSON in UTF-8, or the client hangs
 *   up
 */
export async function readJsonBody(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  const { 'content-encoding': encoding = 'identity', 'content-length': length } = request.headers;
  if (encoding.toLowerCase() !== 'identity') {
    throw new RequestInvalidError('the body must not be compressed');
  }
  const body = {
    contentType: headerValues(request.rawHeaders, 'content-type'),
    contentLength: length,
    collect: (max: number) => collect(request, max),
  };
  return readJson(body, maxBytes);
}

// Events and not an iterator: who stops an iterator ends the connection, on which the answer is to
// be sent.
function collect(request: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const collector = new ByteCollector(maxBytes);
    const hungUp = (): void => reject(bodyBrokenOff());
    request.on('data', (chunk: Buffer) => {
      if (!collector.add(chunk)) reject(bodyTooLong(maxBytes));
    });
    request.once('end', () => resolve(collector.toBytes()));
    request.once('error', hungUp);
    request.once('close', hungUp);
    if (request.destroyed) hungUp();
  });
}
