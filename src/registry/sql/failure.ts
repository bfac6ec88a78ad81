import { AuthzError, RegistryInvalidError, RegistryUnavailableError } from '../../model/index.js';

const NO_LOGIN = 'the user or the password is wrong';
const NO_DATABASE = 'the database does not exist';
const NO_RIGHT = 'the account may not read the tables of Feast. Grant it `SELECT` on them';
const CUT = 'the connection was cut';
const NO_TLS = 'the server does not offer TLS';

/** Codes of PostgreSQL, of MySQL and of Node.js. */
const PROBLEMS: ReadonlyMap<string, string> = new Map([
  ['28P01', NO_LOGIN],
  ['28000', NO_LOGIN],
  ['ER_ACCESS_DENIED_ERROR', NO_LOGIN],
  ['ER_DBACCESS_DENIED_ERROR', NO_RIGHT],
  ['3D000', NO_DATABASE],
  ['ER_BAD_DB_ERROR', NO_DATABASE],
  ['42501', NO_RIGHT],
  ['ER_TABLEACCESS_DENIED_ERROR', NO_RIGHT],
  ['53300', 'the server has too many connections'],
  ['ER_CON_COUNT_ERROR', 'the server has too many connections'],
  ['57P01', CUT],
  ['57P03', 'the server is starting or stopping'],
  ['PROTOCOL_CONNECTION_LOST', CUT],
  ['ECONNRESET', CUT],
  ['EPIPE', CUT],
  ['ECONNREFUSED', 'no server listens there'],
  ['ENOENT', 'no server listens there'],
  ['ENOTFOUND', 'the host is unknown'],
  ['EAI_AGAIN', 'the name of the host cannot be looked up'],
  ['ETIMEDOUT', 'the server does not answer'],
  ['HANDSHAKE_NO_SSL_SUPPORT', NO_TLS],
]);
/** By what they say, where they have no code. */
const MESSAGES: readonly (readonly [RegExp, string])[] = [
  [/does not support SSL/, NO_TLS],
  [/^Connection terminated/, CUT],
  [/timeout expired/, 'the server does not answer'],
];
const SCHEMA = new Set(['42P01', '42703', 'ER_NO_SUCH_TABLE', 'ER_BAD_FIELD_ERROR']);
const TLS = /^(?:ERR_TLS_|ERR_SSL_|CERT_|HANDSHAKE_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/**
 * What is thrown in place of an error of a driver.
 *
 * SECURITY: a driver's own words may repeat what it was given. Only codes are repeated.
 */
export function failureOf(error: unknown, description: string): Error {
  if (error instanceof AuthzError) return error;
  const { code: given, message = '' } = error as {
    readonly code?: unknown;
    readonly message?: string;
  };
  const code = typeof given === 'string' && /^\w{2,60}$/.test(given) ? given : undefined;
  if (code !== undefined && SCHEMA.has(code)) {
    return new RegistryInvalidError(
      'has not all tables and columns of Feast: run `feast apply` with a current Feast',
      { cause: error },
    );
  }
  const problem =
    (code !== undefined && TLS.test(code) ? `TLS failed (${code})` : undefined) ??
    PROBLEMS.get(code ?? '') ??
    MESSAGES.find(([pattern]) => pattern.test(message))?.[1] ??
    `the database reports ${code ?? 'an error'}`;
  return new RegistryUnavailableError(`${description} cannot be read: ${problem}`, {
    cause: error,
  });
}
