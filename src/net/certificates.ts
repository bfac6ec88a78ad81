import { readFileSync } from 'node:fs';
import { errorCode } from '../foundation/error-code.js';
import { ConfigInvalidError, quote } from '../model/errors.js';

/**
 * The certificates in a file.
 *
 * @throws {@link ConfigInvalidError} if the file cannot be read
 */
export function readCertificates(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new ConfigInvalidError(
      `the file of certificates ${quote(path)} cannot be read (${errorCode(error)})`,
      {},
      { cause: error },
    );
  }
}
