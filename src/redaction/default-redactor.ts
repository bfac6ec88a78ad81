import { createRedactor, type Redactor } from './redactor.js';
import type { SecretToRedact } from './secret-registry.js';

/**
 * The redactor of this process. The secrets and tokens that this package handles are among its
 * secrets.
 */
export const defaultRedactor: Redactor = createRedactor();

/**
 * Adds a secret to the redactor of this process.
 *
 * @returns removes it again
 * @throws TypeError for other values than secrets of 8 to 65,536 characters; RangeError where the
 *   registry is full
 */
export function addSecretRedaction(secret: string | SecretToRedact): () => void {
  return defaultRedactor.add(secret);
}
