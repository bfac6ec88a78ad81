import { bodyTooLong } from '../../foundation/body-errors.js';
import { decodeUtf8 } from '../../foundation/utf8.js';
import { RequestInvalidError } from '../../model/index.js';
import { assertJsonType } from './json-type.js';

/** A request's body that is still to be read. */
export interface UnreadBody {
  /** Values of the `Content-Type` header, as they came. */
  readonly contentType: string | readonly string[] | undefined;
  /** The `Content-Length` header. */
  readonly contentLength: string | null | undefined;
  /** Gathers the body. Rejects with `bodyBrokenOff()` if the client hangs up. */
  readonly collect: (maxBytes: number) => Promise<Uint8Array>;
}

/**
 * The body of a request, as JSON: the one reader of all adapters.
 *
 * @param maxBytes a longer body is rejected, and not kept
 * @returns undefined without a body
 * @throws MediaTypeUnsupportedError if its type is not JSON
 * @throws RequestInvalidError if it is too long, or not JSON in UTF-8
 */
export async function readJson(
  { contentType, contentLength, collect }: UnreadBody,
  maxBytes: number,
): Promise<unknown> {
  if (Number(contentLength) > maxBytes) throw bodyTooLong(maxBytes);
  if (contentType !== undefined && contentType.length > 0) assertJsonType(contentType);
  const bytes = await collect(maxBytes);
  if (bytes.length > maxBytes) throw bodyTooLong(maxBytes);
  if (bytes.length === 0) return undefined;
  assertJsonType(contentType);
  try {
    return JSON.parse(decodeUtf8(bytes, 'remove') ?? '') as unknown;
  } catch {
    // The parser's message repeats a part of the body.
    throw new RequestInvalidError('the body must be JSON in UTF-8');
  }
}
