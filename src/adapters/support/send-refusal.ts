import type { ServerResponse } from 'node:http';
import { destroyResponse } from '../../foundation/destroy-response.js';
import type { Refusal } from '../../gate/index.js';

/**
 * Headers of an answer that was not given after all: with them the refusal could not be read, or
 * would be kept.
 */
const OF_THE_ANSWER = [
  'content-encoding',
  'content-language',
  'content-range',
  'etag',
  'last-modified',
  'trailer',
  'transfer-encoding',
];

/** Answers with a refusal in place of an answer that was begun, where that can still be done. */
export function sendRefusal(response: ServerResponse, { status, headers, body }: Refusal): void {
  if (response.destroyed || response.writableEnded) return;
  if (response.headersSent) {
    // Half an answer cannot be taken back, but must not pass for a whole one.
    destroyResponse(response);
    return;
  }
  for (const name of OF_THE_ANSWER) response.removeHeader(name);
  const length = Buffer.byteLength(body);
  response.writeHead(status, { ...headers, 'content-length': length }).end(body);
}
