import { IdentityInvalidError } from '../../model/errors.js';
import { type ClaimPath, parseClaimPath, readClaim } from './claim-path.js';

type Claims = Readonly<Record<string, unknown>>;

/** @source Feast 0.66.0: the first of these that is a string */
const USERNAME_CLAIMS = ['preferred_username', 'upn', 'azp', 'appid', 'sub'];
/** These name the client that asked for the token, not the person it was made for. */
const CLIENT_CLAIMS: ReadonlySet<string> = new Set(['azp', 'appid']);
/** Claims about a sign-in, which the token of a client on its own does not have. */
const SIGN_IN_CLAIMS = ['sid', 'auth_time', 'amr'];

/**
 * Compiles the way to a user name: the first path that holds a string.
 *
 * `email` counts only beside `email_verified: true`, since many providers let people enter any
 * address.
 *
 * @param paths `undefined`: the claims that Feast reads. A name that would come from `azp` or
 *   `appid` is then refused for the token of a person: every user of that client would have the
 *   same name
 * @throws TypeError if a path is invalid; the compiled function throws {@link IdentityInvalidError}
 *   if no claim holds a user name that counts
 * @source OpenID Connect Core 5.7: `sub` and `iss` identify a user, `email` does not
 */
export function compileUsername(
  paths: string | readonly ClaimPath[] | undefined,
): (claims: Claims) => string {
  if (paths === undefined) return readFeastUsername;
  if (typeof paths !== 'string' && !Array.isArray(paths)) {
    throw new TypeError('a claim mapping is a path or a list of paths');
  }
  const list = typeof paths === 'string' ? [paths] : (paths as readonly ClaimPath[]);
  const names = list.map(parseClaimPath);
  return (claims) => {
    for (const path of names) {
      const value = readClaim(claims, path);
      if (typeof value === 'string' && !isUnverifiedEmail(claims, path)) return value;
    }
    if (names.some((path) => isUnverifiedEmail(claims, path))) {
      throw new IdentityInvalidError(
        "the token's `email` is not verified: `email_verified` must be true",
      );
    }
    throw new IdentityInvalidError(
      'the token has none of the claims that name its user (`claims.username`)',
    );
  };
}

function readFeastUsername(claims: Claims): string {
  const claim = USERNAME_CLAIMS.find((name) => typeof readClaim(claims, [name]) === 'string');
  if (claim === undefined) {
    throw new IdentityInvalidError(
      `the token has none of the claims that name its user (${USERNAME_CLAIMS.join(', ')}): set \`claims.username\``,
    );
  }
  if (CLIENT_CLAIMS.has(claim) && belongsToPerson(claims)) {
    throw new IdentityInvalidError(
      `the token belongs to a user and only its \`${claim}\` has a name, which is that of the client: set \`claims.username\``,
    );
  }
  return claims[claim] as string;
}

/**
 * In tokens of Entra ID, `scp` is what a user has delegated. Other providers send a list or no
 * `azp`.
 */
function belongsToPerson(claims: Claims): boolean {
  return (
    !Object.hasOwn(claims, 'sub') ||
    typeof claims['scp'] === 'string' ||
    SIGN_IN_CLAIMS.some((name) => Object.hasOwn(claims, name))
  );
}

function isUnverifiedEmail(claims: Claims, path: readonly string[]): boolean {
  return (
    path.length === 1 &&
    path[0] === 'email' &&
    Object.hasOwn(claims, 'email') &&
    claims['email_verified'] !== true
  );
}
