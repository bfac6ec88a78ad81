import { ConfigInvalidError } from '../../../model/errors.js';
import { parseSecureAddress } from './secure-address.js';

/**
 * The address of a workspace or an account console, without path and query, as people copy it from a browser.
 *
 * @param host `https://…`, or a host name alone, which means the same
 * @throws ConfigInvalidError when it is no https address (or http of this very machine), or holds a user name or password;
 *   TypeError when it is no text
 */
export function parseWorkspaceHost(host: string): URL {
  if (typeof host !== 'string') throw new TypeError('the host of the workspace must be a text');
  const text = host.trim();
  const full = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  const url = parseSecureAddress(full);
  if (url !== undefined) return new URL(url.origin);
  throw new ConfigInvalidError(
    'the host of the workspace must be an https address without user name and password',
  );
}
