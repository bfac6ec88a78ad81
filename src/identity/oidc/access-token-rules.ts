import { IdentityInvalidError } from '../../model/errors.js';

type Members = Readonly<Record<string, unknown>>;

/** Headers by which a token brings its own key or asks for another reading of itself. */
const REFUSED_HEADERS = ['crit', 'b64', 'jku', 'jwk', 'x5u', 'x5c', 'cty', 'enc', 'zip'];
const ACCESS_TOKEN_TYPE = 'at+jwt';
/** Marks of an id token that no access token carries. Older Keycloaks put `nonce` in both, and say `typ: Bearer`. */
const ID_TOKEN_CLAIMS = ['at_hash', 'c_hash', 's_hash', 'nonce'];

/** What the header of an acceptable token says, besides being acceptable. */
export interface TokenHeader {
  readonly algorithm: string;
  readonly kid: string;
}

/**
 * Checks the header of a token that is yet to be verified.
 *
 * @throws {@link IdentityInvalidError} for an algorithm that is not in `algorithms`, letter by letter; without a `kid`;
 *   for any header that names or brings a key; for extensions; for types other than `JWT` and `at+jwt`
 * @source RFC 8725 3.1, 3.10, 3.11; RFC 7515 4.1.11; RFC 7797; RFC 9068 2.1
 */
export function assertTokenHeader(header: Members, algorithms: ReadonlySet<string>): TokenHeader {
  const { alg, kid } = header;
  if (typeof alg !== 'string' || !algorithms.has(alg)) {
    throw new IdentityInvalidError('the token is not signed with an accepted algorithm');
  }
  const refused = REFUSED_HEADERS.find((name) => Object.hasOwn(header, name));
  if (refused !== undefined) {
    throw new IdentityInvalidError(`tokens with the header \`${refused}\` are not accepted`);
  }
  if (typeof kid !== 'string' || kid === '') {
    throw new IdentityInvalidError('the token does not name its key (`kid`)');
  }
  const type = mediaType(header['typ']);
  if (type !== undefined && type !== 'jwt' && type !== ACCESS_TOKEN_TYPE) {
    throw new IdentityInvalidError('the token is of another type than `JWT` and `at+jwt`');
  }
  return { algorithm: alg, kid };
}

/**
 * Checks that a token was made for access: no id token, refresh token or logout token of the same provider, which are
 * signed with the same key and meant for other eyes.
 *
 * @throws {@link IdentityInvalidError} when it is one of those
 * @source RFC 9068 2.1 (`at+jwt`), OpenID Connect Core 2 and 3.3.2.11, Back-Channel Logout 2.4; Keycloak's claim `typ`;
 *   Cognito's claim `token_use`
 */
export function assertAccessToken(header: Members, claims: Members): void {
  if (isLogoutToken(claims)) throw notForAccess();
  if (mediaType(header['typ']) === ACCESS_TOKEN_TYPE) return;
  const { typ: type, token_use: use } = claims;
  if (typeof type === 'string') {
    if (!['bearer', 'dpop'].includes(type.toLowerCase())) throw notForAccess();
    return;
  }
  if (use !== undefined) {
    if (use !== 'access') throw notForAccess();
    return;
  }
  if (ID_TOKEN_CLAIMS.some((name) => Object.hasOwn(claims, name))) throw notForAccess();
}

function isLogoutToken({ events }: Members): boolean {
  const name = 'http://schemas.openid.net/event/backchannel-logout';
  return typeof events === 'object' && events !== null && Object.hasOwn(events, name);
}

/** A `typ` in its short form and in lower case; `undefined` where there is none. */
function mediaType(type: unknown): string | undefined {
  if (type === undefined) return undefined;
  return typeof type === 'string' ? type.toLowerCase().replace(/^application\//, '') : '';
}

function notForAccess(): IdentityInvalidError {
  return new IdentityInvalidError(
    'the token is no access token: id, refresh and logout tokens are not accepted',
  );
}
