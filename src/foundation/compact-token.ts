import { IdentityInvalidError } from '../model/errors.js';
import { parseJsonObject } from './json.js';
import { decodeUtf8 } from './utf8.js';

/** The two readable parts of a token, of which nothing is verified yet. */
export interface CompactToken {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/**
 * Takes a signed token in its compact form apart: three parts of base64url, the first two of them
 * JSON objects.
 *
 * Nothing is verified: of the outcome only what decides *how* to verify may be used.
 *
 * @param text at most as long as the caller is ready to parse
 * @throws {@link IdentityInvalidError} when it is anything else, encrypted tokens included
 * @source RFC 7515 3.1 and 2 (no padding, no line breaks or blanks in base64url), RFC 4648 3.5
 *   (unused bits are zero); jose 6 alone accepts blanks in the signature and a last character with
 *   unused bits
 */
export function parseCompactToken(text: string): CompactToken {
  const parts = text.split('.', 6);
  if (parts.length === 5) throw new IdentityInvalidError('encrypted tokens are not accepted');
  const [header, payload, signature] = parts;
  if (
    header === undefined ||
    payload === undefined ||
    signature === undefined ||
    parts.length > 3
  ) {
    throw new IdentityInvalidError('the token is not a signed token of three parts');
  }
  if (!isBase64url(signature)) throw new IdentityInvalidError('the signature is not base64url');
  return {
    header: parsePart('header', header),
    claims: parsePart('payload', payload),
  };
}

function parsePart(what: string, part: string): Readonly<Record<string, unknown>> {
  if (!isBase64url(part)) throw new IdentityInvalidError(`the token's ${what} is not base64url`);
  const value = parseJsonObject(decodeUtf8(Buffer.from(part, 'base64url'), 'keep') ?? '');
  if (value !== undefined) return value;
  throw new IdentityInvalidError(
    `the token's ${what} is not a JSON object with each member once and a depth of at most 32`,
  );
}

function isBase64url(part: string): boolean {
  return Buffer.from(part, 'base64url').toString('base64url') === part;
}

/**
 * When a token expires, read from the token itself without verifying it: good enough to know when
 * to ask for the next one, and for nothing else.
 *
 * @returns milliseconds since 1970; `undefined` for a token that cannot be read
 */
export function readUnverifiedExpiry(token: string): number | undefined {
  try {
    const { exp } = parseCompactToken(token).claims;
    return typeof exp === 'number' && Number.isFinite(exp) ? exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}
