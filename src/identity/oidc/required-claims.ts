import { IdentityInvalidError, quote } from '../../model/errors.js';
import { isPlainObject } from '../../model/plain-data.js';

type Claims = Readonly<Record<string, unknown>>;

/**
 * The accepted values of top-level claims. The claim must be one of them, or a list that has one of
 * them.
 */
export type RequiredClaims = Readonly<Record<string, readonly (string | boolean)[]>>;

/** Claims that name the client a token was made for, in place of `aud`. */
const CLIENT_CLAIMS = ['client_id', 'azp', 'appid', 'cid', 'aud'];

/**
 * Compiles the check of claims that a token must have.
 *
 * @throws TypeError if a claim has no list of accepted values; the compiled check throws
 *   {@link IdentityInvalidError}, whose message names the claim
 * @example
 * compileRequiredClaims({ client_id: ['3f9c…'] })
 */
export function compileRequiredClaims(required: RequiredClaims = {}): (claims: Claims) => void {
  if (!isPlainObject(required)) throw new TypeError('requiredClaims must be an object');
  const rules = Object.entries(required).map(([name, values]): [string, ReadonlySet<unknown>] => {
    if (!Array.isArray(values) || values.length === 0 || !values.every(isValue)) {
      throw new TypeError(
        `requiredClaims.${name} must be a non-empty array of strings or booleans`,
      );
    }
    return [name, new Set(values)];
  });
  return (claims) => {
    for (const [name, values] of rules) {
      if (!Object.hasOwn(claims, name)) {
        throw new IdentityInvalidError(`the token has no ${quote(name)}, which is required`);
      }
      const claim = claims[name];
      const given: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
      if (!given.some((value) => values.has(value))) {
        throw new IdentityInvalidError(
          `the token's ${quote(name)} is not among the values in \`requiredClaims\``,
        );
      }
    }
  };
}

/** Whether tokens that the provider made for other clients are refused by a required claim. */
export function namesClient(required: RequiredClaims = {}): boolean {
  return CLIENT_CLAIMS.some((name) => Object.hasOwn(required, name));
}

/**
 * Checks the audience of a token.
 *
 * @param audience `undefined`: any will do
 * @throws {@link IdentityInvalidError} when it is for another audience, or for none, or its `aud`
 *   is malformed
 * @source RFC 7519 4.1.3: a string, or an array of strings
 */
export function assertAudience({ aud }: Claims, audience: string | undefined): void {
  const missing = aud === undefined || aud === null;
  const list: readonly unknown[] = Array.isArray(aud) ? aud : missing ? [] : [aud];
  if (!list.every((one) => typeof one === 'string')) {
    throw new IdentityInvalidError("the token's `aud` is neither a string nor a list of strings");
  }
  if (audience === undefined || list.includes(audience)) return;
  if (list.length > 0) throw new IdentityInvalidError('the token is for another audience (`aud`)');
  throw new IdentityInvalidError(
    'the token has no `aud`. Have its provider add one (in Keycloak, an audience mapper), or replace `auth.audience` by `requiredClaims`',
  );
}

/** RFC 7519 4.1.2 and 4.1.7. */
export function assertTextClaims(claims: Claims): void {
  for (const name of ['sub', 'jti']) {
    if (Object.hasOwn(claims, name) && typeof claims[name] !== 'string') {
      throw new IdentityInvalidError(`the token's \`${name}\` is not a string`);
    }
  }
}

function isValue(value: unknown): value is string | boolean {
  return typeof value === 'string' || typeof value === 'boolean';
}
