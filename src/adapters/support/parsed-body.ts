import { assertJsonType } from './json-type.js';

/** The part of a request of Express that says whether it has a body. */
interface BodyRequest {
  readonly body?: unknown;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/**
 * The body that a parser left on a request.
 *
 * @throws MediaTypeUnsupportedError where there is a body that is not JSON by its type
 * @throws TypeError where there is a body of JSON and nothing has parsed it: the handler would read
 *   what was not decided on
 */
export function parsedBodyOf({ body, headers }: BodyRequest): unknown {
  const isSent =
    headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0;
  if (body !== undefined || !isSent) return body;
  assertJsonType(headers['content-type']);
  throw new TypeError('the body was not parsed: put a JSON parser between the gate and the route');
}
