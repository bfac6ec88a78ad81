import { RequestInvalidError } from '../../model/index.js';

/** Most values that a query may hold. Some frameworks drop what comes after the thousandth. */
const MAX_VALUES = 100;

/**
 * Names that some parsers take for structure, and a mark that some drop from the start of a query.
 */
const AMBIGUOUS_NAME = /^\?|[[\]]/;

/**
 * The query of a request, where the framework and we read the same.
 *
 * SECURITY: a rule that saw another value than the handler would decide on something else than what
 * is served.
 *
 * @param parsed the framework's own reading: texts by name, and lists where a name comes twice.
 *   What a schema made of a text, or put in place of one that is missing, may be a number or a
 *   boolean
 * @param url the path and the query, encoded
 * @throws RequestInvalidError on more than 100 values, on a name with `[`, `]` or a leading `?`,
 *   and where the readings differ
 */
export function readQuery(parsed: unknown, url: string): URLSearchParams {
  const query = new URLSearchParams();
  const start = url.indexOf('?');
  // What stands behind a fragment is read by some and not by others.
  if (url.includes('#'))
    throw new RequestInvalidError('the URL of a request must not have a fragment');
  const written = start < 0 ? new Map<string, string[]>() : readWritten(url.slice(start));
  const given = Object.entries((parsed ?? {}) as Readonly<Record<string, unknown>>);
  for (const [name, value] of given) {
    const texts = textsOf(value);
    const same = written.get(name);
    written.delete(name);
    const isAdded = same === undefined && (typeof value === 'number' || typeof value === 'boolean');
    if (texts === undefined || !(isAdded || isSame(texts, same))) throw ambiguous();
    for (const text of texts) query.append(name, text);
  }
  if (written.size > 0) throw ambiguous();
  return query;
}

/** @param search from the question mark on */
function readWritten(search: string): Map<string, string[]> {
  const written = new Map<string, string[]>();
  let count = 0;
  for (const [name, value] of new URLSearchParams(search)) {
    count += 1;
    if (count > MAX_VALUES) {
      throw new RequestInvalidError(`a query holds at most ${MAX_VALUES} values`);
    }
    if (AMBIGUOUS_NAME.test(name)) throw ambiguous();
    const earlier = written.get(name);
    if (earlier === undefined) written.set(name, [value]);
    else earlier.push(value);
  }
  return written;
}

/** @returns undefined for what is not made of texts */
function textsOf(value: unknown): readonly string[] | undefined {
  const texts: string[] = [];
  for (const one of Array.isArray(value) ? value : [value]) {
    if (typeof one !== 'string' && typeof one !== 'number' && typeof one !== 'boolean') {
      return undefined;
    }
    texts.push(String(one));
  }
  return texts;
}

function isSame(texts: readonly string[], others: readonly string[] | undefined): boolean {
  return texts.length === others?.length && texts.every((text, at) => text === others[at]);
}

function ambiguous(): RequestInvalidError {
  return new RequestInvalidError('the query can be read in more than one way');
}
