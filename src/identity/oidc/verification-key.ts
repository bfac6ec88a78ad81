import { type CryptoKey, importJWK, type JWK } from 'jose';
import { isPlainObject } from '../../model/plain-data.js';
import { keyKindOf } from '../token/signature-algorithms.js';

/** A public key that a provider signs with. */
export interface VerificationKey {
  readonly kid: string;
  /** The same for two keys if and only if they are the same key for the same use. */
  readonly fingerprint: string;
  /** Whether a token may be signed with `algorithm` and this key. */
  readonly allows: (algorithm: string) => boolean;
  /** The key for jose. Rejects when what the provider published is not a key. */
  readonly load: (algorithm: string) => Promise<CryptoKey>;
}

/**
 * The members that make a public key, for each `kty`. Nothing else of a published key is looked at.
 */
const PUBLIC_MEMBERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['RSA', ['n', 'e']],
  ['EC', ['crv', 'x', 'y']],
  ['OKP', ['crv', 'x']],
]);

/**
 * The keys of a JSON Web Key Set that can verify signatures, by `kid`.
 *
 * Shape: `undefined` when `value` is not a key set. Keys without `kid`, for encryption, symmetric
 * ones and others that are not understood are left out, as RFC 7517 5 asks.
 *
 * @param known keys of an earlier set: one that did not change is taken over, so that results that
 *   hang on it stay
 */
export function parseKeySet(
  value: unknown,
  known: ReadonlyMap<string, readonly VerificationKey[]> = new Map(),
): ReadonlyMap<string, readonly VerificationKey[]> | undefined {
  if (!isPlainObject(value) || !Array.isArray(value['keys'])) return undefined;
  const keys = new Map<string, VerificationKey[]>();
  for (const entry of value['keys'] as readonly unknown[]) {
    const key = parseKey(entry);
    if (key === undefined) continue;
    const same = known.get(key.kid)?.find(({ fingerprint }) => fingerprint === key.fingerprint);
    const others = keys.get(key.kid) ?? [];
    if (others.some(({ fingerprint }) => fingerprint === key.fingerprint)) continue;
    keys.set(key.kid, [...others, same ?? key]);
  }
  return keys;
}

function parseKey(entry: unknown): VerificationKey | undefined {
  if (!isPlainObject(entry) || !isForSignatures(entry)) return undefined;
  const { kty, kid, alg } = entry;
  const members = typeof kty === 'string' ? PUBLIC_MEMBERS.get(kty) : undefined;
  if (members === undefined || typeof kid !== 'string' || kid === '') return undefined;
  if (alg !== undefined && typeof alg !== 'string') return undefined;
  const values = members.map((name) => entry[name]);
  if (values.some((one) => typeof one !== 'string')) return undefined;
  const jwk = Object.fromEntries([
    ['kty', kty],
    ...members.map((name) => [name, entry[name]]),
  ]) as JWK;
  return createVerificationKey(kid, jwk, alg);
}

function createVerificationKey(kid: string, jwk: JWK, alg: string | undefined): VerificationKey {
  const loaded = new Map<string, Promise<CryptoKey>>();
  return {
    kid,
    fingerprint: JSON.stringify([alg ?? null, jwk]),
    allows: (algorithm) => {
      const { kty, crv } = keyKindOf(algorithm);
      const named = alg === undefined || sameAlgorithm(alg, algorithm);
      return named && jwk.kty === kty && (crv === undefined || jwk.crv === crv);
    },
    load: (algorithm) => {
      // At most one entry for each algorithm that the key allows.
      const key = loaded.get(algorithm) ?? (importJWK(jwk, algorithm) as Promise<CryptoKey>);
      loaded.set(algorithm, key);
      return key;
    },
  };
}

function isForSignatures(entry: Readonly<Record<string, unknown>>): boolean {
  const { use, key_ops: operations } = entry;
  if (use !== undefined && use !== 'sig') return false;
  return operations === undefined || (Array.isArray(operations) && operations.includes('verify'));
}

/** `EdDSA` and `Ed25519` are two names of one algorithm (RFC 9864). */
function sameAlgorithm(one: string, other: string): boolean {
  return (
    one === other ||
    (one === 'EdDSA' && other === 'Ed25519') ||
    (one === 'Ed25519' && other === 'EdDSA')
  );
}
