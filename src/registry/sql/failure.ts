import { AuthzError, RegistryInvalidError, RegistryUnavailableError } from '../../model/index.js';

type Problem = readonly [reason: RegistryUnavailableError['reason'], words: string];

const NO_LOGIN: Problem = ['denied', 'the user or the password is wrong'];
const NO_DATABASE: Problem = ['missing', 'the database does not exist'];
const NO_RIGHT: Problem = [
  'denied',
  'the account may not read the tables of Feast. Grant it `SELECT` on them',
];
const FULL: Problem = ['failing', 'the server has too many connections'];
const CUT: Problem = ['unreachable', 'the connection was cut'];
const NO_TLS: Problem = ['unreachable', 'the server does not offer TLS'];
const NO_SERVER: Problem = ['unreachable', 'no server listens there'];
const SILENT: Problem = ['unreachable', 'the server does not answer'];

/** Codes of PostgreSQL, of MySQL and of Node.js. */
const PROBLEMS: ReadonlyMap<string, Problem> = new Map([
  ['28P01', NO_LOGIN],
  ['28000', NO_LOGIN],
  ['ER_ACCESS_DENIED_ERROR', NO_LOGIN],
  ['ER_DBACCESS_DENIED_ERROR', NO_RIGHT],
  ['3D000', NO_DATABASE],
  ['ER_BAD_DB_ERROR', NO_DATABASE],
  ['42501', NO_RIGHT],
  ['ER_TABLEACCESS_DENIED_ERROR', NO_RIGHT],
  ['53300', FULL],
  ['ER_CON_COUNT_ERROR', FULL],
  ['57P01', CUT],
  ['57P03', ['failing', 'the server is starting or stopping']],
  ['PROTOCOL_CONNECTION_LOST', CUT],
  ['ECONNRESET', CUT],
  ['EPIPE', CUT],
  ['ECONNREFUSED', NO_SERVER],
  ['ENOENT', NO_SERVER],
  ['ENOTFOUND', ['unreachable', 'the host is unknown']],
  ['EAI_AGAIN', ['unreachable', 'the name of the host cannot be looked up']],
  ['ETIMEDOUT', SILENT],
  ['HANDSHAKE_NO_SSL_SUPPORT', NO_TLS],
]);
/** By what they say, where they have no code. */
const MESSAGES: readonly (readonly [RegExp, Problem])[] = [
  [/does not support SSL/, NO_TLS],
  [/^Connection terminated/, CUT],
  [/timeout expired/, SILENT],
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
  const [reason, words]: Problem =
    (code !== undefined && TLS.test(code)
      ? (['unreachable', `TLS failed (${code})`] as const)
      : undefined) ??
    PROBLEMS.get(code ?? '') ??
    MESSAGES.find(([pattern]) => pattern.test(message))?.[1] ??
    (['failing', `the database reports ${code ?? 'an error'}`] as const);
  const text = `${description} cannot be read: ${words}`;
  return new RegistryUnavailableError(text, { cause: error, reason });
}
