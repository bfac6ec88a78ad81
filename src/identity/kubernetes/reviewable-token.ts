import { parseCompactToken } from '../../foundation/compact-token.js';
import { IdentityInvalidError } from '../../model/errors.js';

/** Which tokens are worth a question to the API server. */
export interface ReviewableTokens {
  /** Whether tokens are reviewed that are not JSON Web Tokens. */
  readonly opaqueTokens: boolean;
  /** Empty: any. */
  readonly issuers: readonly string[];
}

/** The API server accepts a token for 60 s after its end. Clocks may differ by this much. */
const CLOCK_TOLERANCE_MS = 10_000;

/**
 * Refuses a token that the API server would refuse, without asking it. What the unverified token
 * says can only have it refused.
 *
 * @param now milliseconds since 1970
 * @returns from when on it is refused, in milliseconds since 1970; infinity for a token that does
 *   not say
 * @throws IdentityInvalidError when it is malformed, opaque, of another issuer or expired
 */
export function assertReviewable(token: string, rules: ReviewableTokens, now: number): number {
  // A header holds nothing else, and a line break would end the header of a client that forwards
  // it.
  if (!/^[\x21-\x7e]+$/.test(token)) throw new IdentityInvalidError('the token is malformed');
  const claims = readClaims(token);
  if (claims === undefined) {
    if (rules.opaqueTokens) return Number.POSITIVE_INFINITY;
    throw new IdentityInvalidError(
      'the token is not a JSON Web Token. To have opaque tokens reviewed, set `opaqueTokens`',
    );
  }
  const { iss, exp } = claims;
  if (rules.issuers.length > 0 && !rules.issuers.some((issuer) => issuer === iss)) {
    throw new IdentityInvalidError('the token is of another issuer (`iss`)');
  }
  if (typeof exp !== 'number') return Number.POSITIVE_INFINITY;
  const end = exp * 1000 + CLOCK_TOLERANCE_MS;
  if (end <= now) throw new IdentityInvalidError('the token has expired');
  return end;
}

function readClaims(token: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return parseCompactToken(token).claims;
  } catch {
    return undefined;
  }
}
