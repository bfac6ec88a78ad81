import {
  AuthzError,
  RegistryInvalidError,
  RegistryUnavailableError,
} from '../../../model/index.js';

/** SQLite's codes of a damaged file, and of one that is another. */
const DAMAGED = new Set([11, 26]);
const PROBLEMS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'the file does not exist; `feast apply` creates it'],
  [
    '8',
    'a writer was interrupted. Run a command of Feast, which undoes the unfinished transaction',
  ],
  ['14', 'SQLite cannot open it, or files beside it'],
]);

/**
 * What is thrown in place of an error of the file system or of SQLite.
 *
 * @param error of `node:sqlite`, with an `errcode`; of `node-sqlite3-wasm`, with a message only; of
 *   Node.js
 */
export function failureOfFile(error: unknown, description: string): Error {
  if (error instanceof RegistryUnavailableError)
    return unavailable(description, error.message, error);
  if (error instanceof AuthzError) return error;
  const { code, errcode, message, name } = error as NodeJS.ErrnoException & {
    readonly errcode?: number;
  };
  if (name === 'AbortError') return error as Error;
  const primary = errcode === undefined ? undefined : errcode & 0xff;
  if ((primary !== undefined && DAMAGED.has(primary)) || /malformed|not a database/.test(message)) {
    return new RegistryInvalidError('is damaged: SQLite cannot read it', { cause: error });
  }
  if (/no such (?:table|column)/.test(message)) {
    return new RegistryInvalidError(
      'has not all tables and columns of Feast: run `feast apply` with a current Feast',
      { cause: error },
    );
  }
  const key = primary === undefined ? code : String(primary);
  const words =
    PROBLEMS.get(key ?? '') ??
    `${code ?? 'an error of SQLite'}${primary === undefined ? '' : ` ${primary}`}`;
  return unavailable(description, words, error);
}

function unavailable(
  description: string,
  problem: string,
  cause: unknown,
): RegistryUnavailableError {
  return new RegistryUnavailableError(`${description} cannot be read: ${problem}`, { cause });
}
