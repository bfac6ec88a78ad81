import { IdentityInvalidError, IdentityMissingError } from '../../model/errors.js';
import type { Credentials } from './authenticator.js';

/** Longer tokens are refused before anything of them is read. In characters. */
const DEFAULT_MAX_TOKEN_LENGTH = 16_384;

/**
 * The length of the longest token that is read, in characters; 16,384 unless given.
 *
 * @throws TypeError unless it is a whole number above 0
 */
export function readMaxTokenLength(length: number = DEFAULT_MAX_TOKEN_LENGTH): number {
  if (Number.isSafeInteger(length) && length > 0) return length;
  throw new TypeError('maxTokenLength must be a whole number above 0');
}

/** Letters of the scheme and the blanks around it, on top of the longest token. */
const HEADER_ALLOWANCE = 64;
const USUAL_START = 'Bearer ';
const BEARER = /^ *bearer +([^ ]+) *$/i;

/**
 * The token in what a caller presents.
 *
 * Shape: a header is the scheme `Bearer` in any case, blanks, and one token. Several headers, other
 * words and other white space are refused, since the next server on the way may read another one.
 *
 * @param maxLength of a token, in characters
 * @throws {@link IdentityMissingError} if the header is missing
 * @throws {@link IdentityInvalidError} when there is something else
 * @source RFC 9110 11.4, RFC 6750 2.1; differs from Feast 0.66.0, which answers a third word with
 *   an internal error
 */
export function readBearerToken(credentials: Credentials, maxLength: number): string {
  if (typeof credentials !== 'object' || credentials === null) {
    throw new TypeError('credentials are an object with `authorization` or `token`');
  }
  const token = 'token' in credentials ? credentials.token : readHeader(credentials, maxLength);
  if (token === undefined) throw new IdentityMissingError('no token was given');
  if (typeof token !== 'string') throw new TypeError('a token must be a string');
  if (token.length > maxLength) throw tooLong(maxLength);
  return token;
}

function readHeader(
  credentials: { readonly authorization: string | readonly string[] | undefined },
  maxLength: number,
): string | undefined {
  if (!('authorization' in credentials)) {
    throw new TypeError('credentials are an object with `authorization` or `token`');
  }
  const header = singleHeader(credentials.authorization);
  if (header === undefined) return undefined;
  if (header.length > maxLength + HEADER_ALLOWANCE) throw tooLong(maxLength);
  // Nearly all come in this form.
  const usual = header.startsWith(USUAL_START) ? header.slice(USUAL_START.length) : '';
  if (usual !== '' && !usual.includes(' ')) return usual;
  if (/^ *$/.test(header)) return undefined;
  const token = BEARER.exec(header)?.[1];
  if (token === undefined) {
    throw new IdentityInvalidError(
      'the Authorization header must be the word Bearer and one token, separated by a blank',
    );
  }
  return token;
}

function singleHeader(value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  if (!Array.isArray(value) || value.some((one) => typeof one !== 'string')) {
    throw new TypeError('credentials.authorization must be a string or a list of strings');
  }
  if (value.length > 1) throw new IdentityInvalidError('more than one Authorization header');
  return value[0];
}

function tooLong(maxLength: number): IdentityInvalidError {
  return new IdentityInvalidError(`the token is longer than ${maxLength} characters`);
}
