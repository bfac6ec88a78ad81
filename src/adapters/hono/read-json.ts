import type { Context } from 'hono';
import { RequestInvalidError } from '../../model/index.js';
import { assertJsonType } from '../support/json-type.js';

/**
 * The body of a request, as JSON, and leaves it for others to read.
 *
 * @param maxBytes more is refused, and not kept
 * @returns undefined: there is no body
 * @throws MediaTypeUnsupportedError when it is not JSON by its type
 * @throws RequestInvalidError when it is too long, no UTF-8 or no JSON, or when the client hangs up
 */
export async function readJsonBody({ req }: Context, maxBytes: number): Promise<unknown> {
  const contentType = req.header('content-type');
  if (contentType !== undefined) assertJsonType(contentType);
  // A middleware that has read the body keeps its bytes, and Hono gives them to whoever asks next.
  const bytes = req.raw.bodyUsed
    ? new Uint8Array(await req.arrayBuffer())
    : await collect(req.raw, maxBytes);
  if (bytes.length > maxBytes) throw tooLong(maxBytes);
  if (bytes.length === 0) return undefined;
  assertJsonType(contentType);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    // The parser's message repeats a part of the body.
    throw new RequestInvalidError('the body must be JSON in UTF-8');
  }
}

async function collect(request: Request, maxBytes: number): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length')) > maxBytes) throw tooLong(maxBytes);
  const reader = request.clone().body?.getReader();
  const chunks: Uint8Array[] = [];
  let total = 0;
  while (reader !== undefined) {
    const { done, value } = await reader.read().catch(() => {
      throw new RequestInvalidError('the body has no end');
    });
    if (done) break;
    total += value.length;
    if (total > maxBytes) {
      // Not waited for: it ends when the other reader of the body is done.
      reader.cancel().catch(() => {});
      throw tooLong(maxBytes);
    }
    chunks.push(value);
  }
  return join(chunks, total);
}

function join(chunks: readonly Uint8Array[], total: number): Uint8Array {
  const bytes = new Uint8Array(total);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

function tooLong(maxBytes: number): RequestInvalidError {
  return new RequestInvalidError(`the body is longer than ${maxBytes} bytes`);
}
