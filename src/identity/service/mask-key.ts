import { isUtf8 } from 'node:buffer';
import { addIdentitySecret, MIN_SECRET_LENGTH, type SecretRegistry } from '../../net/index.js';
import type { ServiceSigningKey, ServiceVerificationKey } from './key.js';

/**
 * Registers the secret half of a service's key: text as it is, bytes as the text that they are or
 * as they are written.
 */
export function addServiceKeySecrets(
  registry: SecretRegistry | undefined,
  key: ServiceSigningKey | ServiceVerificationKey,
): void {
  if ('secret' in key) {
    for (const form of writtenForms(key.secret))
      addIdentitySecret(registry, 'service-secret', form);
  } else if ('privateKey' in key && typeof key.privateKey === 'string') {
    addIdentitySecret(registry, 'service-key', key.privateKey.trim());
  }
}

function writtenForms(secret: string | Uint8Array): Iterable<string> {
  if (typeof secret === 'string') return [secret];
  const bytes = Buffer.from(secret);
  const text = bytes.toString('utf8');
  if (isUtf8(bytes) && text.length >= MIN_SECRET_LENGTH) return [text];
  // Without padding, so that it is found with and without.
  const base64 = bytes.toString('base64').replace(/=+$/, '');
  return new Set([base64, bytes.toString('base64url'), bytes.toString('hex')]);
}
