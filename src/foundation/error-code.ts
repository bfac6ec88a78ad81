/**
 * The code of an error of the system, such as `EACCES` or `ECONNREFUSED`; otherwise `unknown
 * error`.
 */
export function errorCode(error: unknown): string {
  // Not by `instanceof`: in jest, errors of Node.js come from another realm than the package.
  return typeof error === 'object' && error !== null && 'code' in error
    ? String(error.code)
    : 'unknown error';
}
