import type { AuthorizationHeader } from '../../gate/index.js';

const NAME = 'authorization';

/**
 * All values of the `Authorization` header, as they came.
 *
 * `headers.authorization` of Node.js will not do: of several headers it keeps the first and drops the others, and a
 * server behind this one may keep another.
 *
 * @param rawHeaders names and values in turn, as in `IncomingMessage.rawHeaders`
 */
export function authorizationOf(rawHeaders: readonly string[]): AuthorizationHeader {
  const values: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.length === NAME.length && name.toLowerCase() === NAME) {
      values.push(rawHeaders[index + 1] as string);
    }
  }
  return values.length === 1 ? values[0] : values;
}
