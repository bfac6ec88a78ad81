import type { Context } from 'hono';
import { bodyBrokenOff, bodyTooLong } from '../../foundation/body-errors.js';
import { ByteCollector } from '../../foundation/collect-bytes.js';
import { readJson } from '../support/json-body.js';

/**
 * The body of a request, as JSON, and leaves it for others to read.
 *
 * @param maxBytes a longer body is rejected, and not kept
 * @returns undefined without a body
 * @throws MediaTypeUnsupportedError if its type is not JSON
 * @throws RequestInvalidError if it is too long or not JSON in UTF-8, or the client hangs up
 */
export async function readJsonBody({ req }: Context, maxBytes: number): Promise<unknown> {
  const { raw } = req;
  const body = {
    contentType: req.header('content-type'),
    contentLength: raw.headers.get('content-length'),
    // A middleware that has read the body keeps its bytes, and Hono gives them to the next reader.
    collect: async (max: number) =>
      raw.bodyUsed ? new Uint8Array(await req.arrayBuffer()) : collect(raw, max),
  };
  return readJson(body, maxBytes);
}

async function collect(request: Request, maxBytes: number): Promise<Uint8Array> {
  const reader = request.clone().body?.getReader();
  const collector = new ByteCollector(maxBytes);
  while (reader !== undefined) {
    const { done, value } = await reader.read().catch(() => {
      throw bodyBrokenOff();
    });
    if (done) break;
    if (collector.add(value)) continue;
    // Not waited for: it ends when the other reader of the body is done.
    reader.cancel().catch(() => {});
    throw bodyTooLong(maxBytes);
  }
  return collector.toBytes();
}
