import type { webcrypto } from 'node:crypto';

declare global {
  /**
   * The types of `@azure/identity` take it from the browser's library, which a program for Node.js
   * does not have.
   */
  type JsonWebKey = webcrypto.JsonWebKey;
}
