/**
 * The signatures that can be asked for: each with a public key, so that who can verify cannot sign.
 */
export const SIGNATURE_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

/** An algorithm that can be accepted for signatures. */
export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number];

/**
 * What is accepted unless a list is given: what identity providers sign with.
 *
 * @source Feast 0.66.0 knows RS256 alone; RFC 8725 3.1 asks for a list, RFC 7518 and RFC 8037 name
 *   the rest
 */
const DEFAULT_SIGNATURE_ALGORITHMS: readonly SignatureAlgorithm[] = [
  'RS256',
  'PS256',
  'ES256',
  'EdDSA',
  'Ed25519',
];

/**
 * The list of accepted algorithms that an option gives.
 *
 * @throws TypeError when it is empty or names anything else, such as `none` or `HS256`
 */
export function readSignatureAlgorithms(
  given: readonly SignatureAlgorithm[] | undefined,
): ReadonlySet<string> {
  const list = given ?? DEFAULT_SIGNATURE_ALGORITHMS;
  const known: readonly string[] = SIGNATURE_ALGORITHMS;
  if (!Array.isArray(list) || list.length === 0 || list.some((one) => !known.includes(one))) {
    throw new TypeError(`algorithms must be a list of some of ${known.join(', ')}`);
  }
  return new Set(list);
}

/** The kind of key that an algorithm takes: its `kty`, and its `crv` where there is one. */
export function keyKindOf(algorithm: string): { readonly kty: string; readonly crv?: string } {
  switch (algorithm) {
    case 'ES256':
      return { kty: 'EC', crv: 'P-256' };
    case 'ES384':
      return { kty: 'EC', crv: 'P-384' };
    case 'ES512':
      return { kty: 'EC', crv: 'P-521' };
    case 'EdDSA':
    case 'Ed25519':
      return { kty: 'OKP', crv: 'Ed25519' };
    default:
      return { kty: 'RSA' };
  }
}
