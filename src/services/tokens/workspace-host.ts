import { isLoopback } from '../../identity/provider-metadata.js';
import { ConfigInvalidError } from '../../model/errors.js';

/**
 * The address of a workspace or an account console, without path and query, as people copy it from a browser.
 *
 * @param host `https://…`, or a host name alone, which means the same
 * @throws ConfigInvalidError when it is no https address (or http of this very machine), or holds a user name or password
 */
export function parseWorkspaceHost(host: string): URL {
  const text = host.trim();
  const full = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  if (text === '' || !URL.canParse(full)) {
    throw new ConfigInvalidError('the host of the workspace is no address');
  }
  const url = new URL(full);
  // SECURITY: a token that goes over http is everybody's.
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url))) {
    throw new ConfigInvalidError('the host of the workspace must be an https address');
  }
  if (url.username !== '' || url.password !== '') {
    throw new ConfigInvalidError('the host of the workspace must not hold a user name or password');
  }
  return new URL(url.origin);
}
