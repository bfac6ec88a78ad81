import { IdentityInvalidError } from '../../model/errors.js';

type Members = Readonly<Record<string, unknown>>;

/** Headers by which a token brings its own key or asks for another reading of itself. */
const REFUSED_HEADERS = ['crit', 'b64', 'jku', 'jwk', 'x5u', 'x5c', 'cty', 'enc', 'zip'];
const ACCESS_TOKEN_TYPE = 'at+jwt';
/**
 * Marks of an id token that no access token carries. Older Keycloaks put `nonce` in both, and say
 * `typ: Bearer`.
 */
const ID_TOKEN_CLAIMS = ['at_hash', 'c_hash', 's_hash', 'nonce'];

/** What the header of an acceptable token says, besides being acceptable. */
export interface TokenHeader {
  readonly algorithm: string;
  readonly kid: string;
}

/**
 * Checks the header of a token that is yet to be verified.
 *
 * @throws {@link IdentityInvalidError} for an algorithm that is not in `algorithms`, letter by
 *   letter; without a `kid`; for any header that names or brings a key; for extensions; for types
 *   other than `JWT` and `at+jwt`
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
    throw new IdentityInvalidError('the token has a type other than `JWT` and `at+jwt`');
  }
  return { algorithm: alg, kid };
}

/** Which kinds of tokens are accepted. */
export interface TokenKinds {
  /** ID tokens, too. Refresh and logout tokens never are. */
  readonly allowIdTokens?: boolean | undefined;
  /** Only tokens that say that they are access tokens. */
  readonly requireAccessToken?: boolean | undefined;
}

/**
 * Checks that a token was made for access: not an ID, refresh or logout token of the same provider,
 * which are signed with the same key and meant for other eyes.
 *
 * @throws {@link IdentityInvalidError} when it is one of those; the message names the claim that
 *   says so
 * @source RFC 9068 2.1 (`at+jwt`), OpenID Connect Core 2 and 3.3.2.11, Back-Channel Logout 2.4;
 *   Keycloak's claim `typ`; Cognito's claim `token_use`
 */
export function assertAccessToken(header: Members, claims: Members, kinds: TokenKinds = {}): void {
  if (isLogoutToken(claims)) throw notForAccess('`events`', 'a logout token');
  if (mediaType(header['typ']) === ACCESS_TOKEN_TYPE) return;
  const named = readKind(claims);
  if (named?.kind === 'access') return;
  if (named?.kind === 'other') throw notForAccess(named.claim, 'neither an access nor an ID token');
  const mark = named?.claim ?? idTokenMark(claims);
  if (mark !== undefined && kinds.allowIdTokens !== true) {
    throw notForAccess(
      mark,
      'an ID token. If its provider has no other tokens for you, set `allowIdTokens`',
    );
  }
  if (kinds.requireAccessToken === true) {
    throw new IdentityInvalidError(
      'the token does not say that it is an access token: `requireAccessToken` expects a `typ` of `at+jwt`',
    );
  }
}

/** What a token says that it is, and the claim that says so. */
function readKind({
  typ: type,
  token_use: use,
}: Members): { readonly kind: 'access' | 'id' | 'other'; readonly claim: string } | undefined {
  if (typeof type === 'string') {
    const name = type.toLowerCase();
    const isAccess = name === 'bearer' || name === 'dpop';
    return { kind: isAccess ? 'access' : name === 'id' ? 'id' : 'other', claim: '`typ`' };
  }
  if (use === undefined) return undefined;
  return { kind: use === 'access' || use === 'id' ? use : 'other', claim: '`token_use`' };
}

function idTokenMark(claims: Members): string | undefined {
  const name = ID_TOKEN_CLAIMS.find((one) => Object.hasOwn(claims, one));
  return name === undefined ? undefined : `\`${name}\``;
}

/**
 * Checks that the bearer may use the token: a token that is bound to a key is worth nothing without
 * a proof that its bearer has the key.
 *
 * @throws {@link IdentityInvalidError} when it is bound to a key
 * @source RFC 7800 3.1 (`cnf`), RFC 9449 6 and 7 (DPoP), RFC 8705 3 (certificates)
 */
export function assertBearerToken(claims: Members): void {
  const { typ: type } = claims;
  const isProofType = typeof type === 'string' && type.toLowerCase() === 'dpop';
  const mark = Object.hasOwn(claims, 'cnf') ? '`cnf`' : isProofType ? '`typ`' : undefined;
  if (mark === undefined) return;
  throw new IdentityInvalidError(
    `the token is bound to a key (${mark}), and this server checks no proof of it. If a proxy does, set \`senderConstrainedTokens\``,
  );
}

function isLogoutToken({ events }: Members): boolean {
  const name = 'http://schemas.openid.net/event/backchannel-logout';
  return typeof events === 'object' && events !== null && Object.hasOwn(events, name);
}

/** A `typ` in its short form and in lower case; `undefined` for a token without `typ`. */
function mediaType(type: unknown): string | undefined {
  if (type === undefined) return undefined;
  return typeof type === 'string' ? type.toLowerCase().replace(/^application\//, '') : '';
}

function notForAccess(mark: string, kind: string): IdentityInvalidError {
  return new IdentityInvalidError(`expected an access token: by its ${mark} the token is ${kind}`);
}
