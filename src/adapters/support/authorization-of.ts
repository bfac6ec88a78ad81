import type { AuthorizationHeader } from '../../gate/index.js';
import { headerValues } from './header-values.js';

/**
 * All values of the `Authorization` header, as they came.
 *
 * @param rawHeaders names and values in turn, as in `IncomingMessage.rawHeaders`
 */
export function authorizationOf(rawHeaders: readonly string[]): AuthorizationHeader {
  return headerValues(rawHeaders, 'authorization');
}
