import { IdentityInvalidError } from '../../model/errors.js';

/**
 * Checks the times of a token: ended, not yet valid, issued in the future.
 *
 * @param nowSeconds since 1970
 * @param toleranceSeconds by which clocks may differ
 * @returns `exp`, in seconds since 1970
 * @throws {@link IdentityInvalidError} when one of them does not hold or is not a finite number, or
 *   `exp` is missing
 * @source RFC 7519 4.1.4 to 4.1.6; Feast 0.66.0 tolerates 10 seconds, and differs: it takes numbers
 *   written as text
 */
export function assertTimeClaims(
  claims: Readonly<Record<string, unknown>>,
  nowSeconds: number,
  toleranceSeconds: number,
): number {
  const exp = readTime(claims, 'exp');
  const nbf = readTime(claims, 'nbf');
  const iat = readTime(claims, 'iat');
  if (exp === undefined)
    throw new IdentityInvalidError('the token does not say when it ends (`exp`)');
  if (exp <= nowSeconds - toleranceSeconds) throw new IdentityInvalidError('the token has expired');
  if (nbf !== undefined && nbf > nowSeconds + toleranceSeconds) {
    throw new IdentityInvalidError('the token is not valid yet (`nbf`)');
  }
  if (iat !== undefined && iat > nowSeconds + toleranceSeconds) {
    throw new IdentityInvalidError('the token was issued in the future (`iat`)');
  }
  return exp;
}

function readTime(claims: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const value = claims[name];
  if (value === undefined) return undefined;
  // JSON has numbers such as 1e999, which are infinite here.
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new IdentityInvalidError(`the token's \`${name}\` is not a number`);
}
