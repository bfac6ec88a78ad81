/**
 * The code of an error of the system, such as `EACCES` or `ECONNREFUSED`; otherwise `unknown
 * error`.
 */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
