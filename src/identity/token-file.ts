import { open } from 'node:fs/promises';
import { errorCode } from '../foundation/error-code.js';
import { CredentialUnavailableError, quote } from '../model/errors.js';

/** Where Kubernetes mounts the token of a pod's service account. */
export const SERVICE_ACCOUNT_TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount/token';

const MAX_BYTES = 64 * 1024;

/**
 * The token in a file, without the white space around it. Read anew each time: such files are
 * exchanged while one runs.
 *
 * Shape: `undefined` if the file does not exist.
 *
 * @returns rejects with {@link CredentialUnavailableError} when it cannot be read, is empty or
 *   longer than 64 KiB
 */
export async function readTokenFile(path: string): Promise<string | undefined> {
  let text: string | undefined;
  try {
    text = await readBounded(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new CredentialUnavailableError(`the token file ${quote(path)} cannot be read (${code})`, {
      cause: error,
    });
  }
  if (text !== undefined && text !== '') return text;
  const reason = text === '' ? 'is empty' : `has more than ${MAX_BYTES} bytes`;
  throw new CredentialUnavailableError(`the token file ${quote(path)} ${reason}`);
}

/** `undefined` for more than is allowed. */
async function readBounded(path: string): Promise<string | undefined> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(MAX_BYTES + 1);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return bytesRead > MAX_BYTES ? undefined : buffer.toString('utf8', 0, bytesRead).trim();
  } finally {
    await file.close();
  }
}
