import { isLoopback } from './addresses.js';

/**
 * An address that may be sent a secret.
 *
 * Shape: `undefined` for text that is not an address, is neither `https:` nor `http:` of a near
 * host, or holds a user name or a password.
 *
 * @param isNear whether what goes to a host cannot be read by others; of this very machine unless
 *   given
 */
export function parseSecureAddress(
  text: string,
  isNear: (url: URL) => boolean = isLoopback,
): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.username !== '' || url.password !== '') return undefined;
  // SECURITY: a secret that goes over http is everybody's.
  return url.protocol === 'https:' || (url.protocol === 'http:' && isNear(url)) ? url : undefined;
}
