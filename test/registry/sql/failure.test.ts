import { describe, expect, test } from 'vitest';
import { RegistryInvalidError, RegistryUnavailableError } from '../../../src/model/index.js';
import { failureOf } from '../../../src/registry/sql/failure.js';

const WORDS = 'password pa55w0rd of user u';
const failure = (code: string | undefined, message = WORDS): Error =>
  failureOf(Object.assign(new Error(message), code === undefined ? {} : { code }), 'the registry');

describe('failureOf', () => {
  test.each([
    ['28P01', 'denied', 'the user or the password is wrong'],
    ['ER_ACCESS_DENIED_ERROR', 'denied', 'the user or the password is wrong'],
    ['42501', 'denied', 'Grant it `SELECT`'],
    ['ER_BAD_DB_ERROR', 'missing', 'the database does not exist'],
    ['ECONNREFUSED', 'unreachable', 'no server listens there'],
    ['PROTOCOL_CONNECTION_LOST', 'unreachable', 'the connection was cut'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'unreachable', 'TLS failed (SELF_SIGNED_CERT_IN_CHAIN)'],
    ['HANDSHAKE_SSL_ERROR', 'unreachable', 'TLS failed'],
    ['57014', 'failing', 'the database reports 57014'],
    ['a code; pa55w0rd', 'failing', 'the database reports an error'],
    [undefined, 'failing', 'the database reports an error'],
  ])('says what %s means, and repeats none of its words', (code, reason, words) => {
    const error = failure(code);
    expect(error).toBeInstanceOf(RegistryUnavailableError);
    expect((error as RegistryUnavailableError).reason).toBe(reason);
    expect(error.message).toContain(`the registry cannot be read: `);
    expect(error.message).toContain(words);
    expect(error.message).not.toContain('pa55w0rd');
  });

  test.each([
    ['The server does not support SSL connections', 'the server does not offer TLS'],
    ['Connection terminated unexpectedly', 'the connection was cut'],
    ['timeout expired', 'the server does not answer'],
  ])('reads %j, which has no code', (message, words) => {
    expect(failure(undefined, message).message).toContain(words);
  });

  test.each(['42P01', '42703', 'ER_NO_SUCH_TABLE', 'ER_BAD_FIELD_ERROR'])(
    'takes %s for a registry that is not whole',
    (code) => {
      expect(failure(code)).toBeInstanceOf(RegistryInvalidError);
    },
  );

  test('leaves errors of this package as they are', () => {
    const error = new RegistryInvalidError('is damaged');
    expect(failureOf(error, 'the registry')).toBe(error);
  });
});
