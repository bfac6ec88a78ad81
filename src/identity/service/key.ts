import { createPrivateKey, createPublicKey, createSecretKey, KeyObject } from 'node:crypto';
import { quote } from '../../model/errors.js';

/** A secret that both sides share: at least 32 bytes, text counted in UTF-8. */
export interface SharedSecretKey {
  /** Names the key in the tokens that it signs, so that keys can be exchanged one by one. */
  readonly kid: string;
  readonly secret: string | Uint8Array;
}

/**
 * The half of a key pair that signs: PEM text or a key object; RSA of 2,048 bits or more, P-256 or
 * Ed25519.
 */
export interface PrivateServiceKey {
  readonly kid: string;
  readonly privateKey: string | KeyObject;
}

/** The half of a key pair that verifies. */
export interface PublicServiceKey {
  readonly kid: string;
  readonly publicKey: string | KeyObject;
}

/** A key that signs tokens of services. */
export type ServiceSigningKey = SharedSecretKey | PrivateServiceKey;
/** A key that verifies tokens of services. */
export type ServiceVerificationKey = SharedSecretKey | PublicServiceKey;

/** A key with the one algorithm that it is used with. */
export interface LoadedServiceKey {
  readonly kid: string;
  readonly algorithm: 'HS256' | 'RS256' | 'ES256' | 'EdDSA';
  readonly key: KeyObject;
}

const MIN_SECRET_BYTES = 32;
const MIN_RSA_BITS = 2048;

/**
 * Loads a key of servers that talk to each other.
 *
 * @throws TypeError if `kid` is missing, the secret is too short, or the key is of another kind
 *   than is supported. The message holds no part of the key.
 * @source RFC 7518 3.2 (a secret is at least as long as the hash) and 3.3
 */
export function loadServiceKey(
  given: ServiceSigningKey | ServiceVerificationKey,
): LoadedServiceKey {
  const { kid } = given;
  if (typeof kid !== 'string' || kid === '') throw new TypeError('a service key must have a `kid`');
  if ('secret' in given) return { kid, algorithm: 'HS256', key: loadSecret(kid, given.secret) };
  const key = 'privateKey' in given ? loadPrivate(given) : loadPublic(given);
  return { kid, algorithm: algorithmOf(kid, key), key };
}

function loadSecret(kid: string, secret: string | Uint8Array): KeyObject {
  if (typeof secret !== 'string' && !(secret instanceof Uint8Array)) {
    throw new TypeError(`the secret of the service key ${quote(kid)} must be text or bytes`);
  }
  const bytes = Buffer.from(secret as string);
  if (bytes.length < MIN_SECRET_BYTES) {
    throw new TypeError(
      `the secret of the service key ${quote(kid)} has ${bytes.length} bytes; it needs at least ${MIN_SECRET_BYTES}`,
    );
  }
  return createSecretKey(bytes);
}

function loadPrivate({ kid, privateKey }: PrivateServiceKey): KeyObject {
  const key = load(kid, () =>
    privateKey instanceof KeyObject ? privateKey : createPrivateKey(privateKey),
  );
  if (key.type === 'private') return key;
  throw new TypeError(`the service key ${quote(kid)} must have a private key to sign with`);
}

function loadPublic({ kid, publicKey }: PublicServiceKey): KeyObject {
  const key = load(kid, () =>
    publicKey instanceof KeyObject ? publicKey : createPublicKey(publicKey),
  );
  // What can sign does not belong where tokens are only verified.
  if (key.type === 'public' && !(typeof publicKey === 'string' && /PRIVATE KEY/.test(publicKey))) {
    return key;
  }
  throw new TypeError(`the service key ${quote(kid)} must have a public key to verify with`);
}

function load(kid: string, read: () => KeyObject): KeyObject {
  try {
    return read();
  } catch {
    throw new TypeError(`the service key ${quote(kid)} cannot be read`);
  }
}

function algorithmOf(kid: string, key: KeyObject): 'RS256' | 'ES256' | 'EdDSA' {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'ed25519') return 'EdDSA';
  if (type === 'ec' && details?.namedCurve === 'prime256v1') return 'ES256';
  if (type === 'rsa' && (details?.modulusLength ?? 0) >= MIN_RSA_BITS) return 'RS256';
  throw new TypeError(
    `the service key ${quote(kid)} must be RSA of at least ${MIN_RSA_BITS} bits, P-256 or Ed25519`,
  );
}
