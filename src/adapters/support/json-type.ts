import { MediaTypeUnsupportedError } from '../../model/index.js';

/** `application/json`, or a type that ends in `+json` (RFC 6839 3.1). */
const JSON_TYPE = /^application\/(?:json|[\w.!#$&^-]+\+json)$/i;
const UTF_8 = /^charset="?utf-8"?$/i;

/**
 * Refuses a body that is not JSON by its `Content-Type`: a handler, or a server behind it, would
 * read something else in it.
 *
 * @param values of the header, as they came
 * @throws MediaTypeUnsupportedError unless there is one value, of JSON in UTF-8
 */
export function assertJsonType(values: string | readonly string[] | undefined): void {
  if (values === 'application/json') return;
  const value = Array.isArray(values) && values.length === 1 ? values[0] : values;
  if (typeof value === 'string') {
    const [type = '', ...parameters] = value.split(';').map((part) => part.trim());
    const charsets = parameters.filter((one) => one.toLowerCase().startsWith('charset'));
    if (JSON_TYPE.test(type) && charsets.every((one) => UTF_8.test(one))) return;
  }
  throw new MediaTypeUnsupportedError(
    'the body must be JSON in UTF-8, and its `Content-Type` must say so',
  );
}
