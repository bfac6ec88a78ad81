import { ConfigInvalidError, quote } from '../../model/index.js';

/** An address of an object, in the parts that Feast reads of it. */
export interface ObjectUrl {
  /** In lower case. */
  readonly scheme: string;
  /** In lower case, without a user name, a password and a port. */
  readonly host: string;
  /** With its colon; empty: none. */
  readonly port: string;
  /** Without the slashes at its start, as written: escapes count as text. */
  readonly path: string;
}

const OBJECT_URL = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/]*)\/+(.+)$/s;
/** What Python's parser of URLs splits off the path. */
const SPLIT_OFF = /[?#]/;

/**
 * Parses the address of an object.
 *
 * @param example what a right address looks like
 * @throws {@link ConfigInvalidError} if a part is missing. The message holds nothing of the
 *   address, which may contain a password
 * @source Feast 0.67.0, its registry stores, which use Python's `urlparse`: same. Differs: a `?` or
 *   `#` is refused, where Feast reads the object whose name ends before it
 */
export function parseObjectUrl(url: string, example: string): ObjectUrl {
  const [, scheme, authority, path] = OBJECT_URL.exec(url) ?? [];
  const [, host = '', port = ''] = /^(?:.*@)?([^:]*)(:\d*)?$/s.exec(authority ?? '') ?? [];
  if (scheme === undefined || path === undefined || host === '') {
    throw invalid('names no object', example);
  }
  if (SPLIT_OFF.test(path)) {
    throw invalid('has a `?` or `#` in the name of the object, which Feast does not read', example);
  }
  return { scheme: scheme.toLowerCase(), host: host.toLowerCase(), port, path };
}

function invalid(problem: string, example: string): ConfigInvalidError {
  return new ConfigInvalidError(`the \`path\` of the registry ${problem}. Write ${quote(example)}`);
}
