import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { errorCode } from '../../foundation/error-code.js';
import { decodeUtf8 } from '../../foundation/utf8.js';
import { CredentialUnavailableError, quote } from '../../model/index.js';
import { SecretForbiddenError } from './secret-errors.js';
import { formatSecretName, type SecretName } from './secret-name.js';
import { createSecretStore, type SecretStore, type SecretStoreOptions } from './secret-store.js';

const MAX_BYTES = 64 * 1024;
const ABSENT: readonly string[] = ['ENOENT', 'ENOTDIR'];
const FORBIDDEN: readonly string[] = ['EACCES', 'EPERM'];
/** A named pipe in place of a file would hold up the opening of it. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Creates a store of secrets that stand in files, as Kubernetes and Docker mount them.
 *
 * Shape: `DIRECTORY/SCOPE/KEY`, read anew each time; UTF-8 of at most 64 KiB, without the one line
 * break at its end. Links are followed inside of `directory` only. A part of a name that starts
 * with `..` names nothing.
 *
 * @throws TypeError if `directory` is not a path
 */
export function createFileSecretStore(
  directory: string,
  options: SecretStoreOptions = {},
): SecretStore {
  if (typeof directory !== 'string' || directory === '') {
    throw new TypeError('a store of files needs a directory');
  }
  return createSecretStore((name) => readSecretFile(directory, name), options);
}

async function readSecretFile(directory: string, name: SecretName): Promise<string | undefined> {
  const parts = [...name.scope.split('/'), name.key];
  // SECURITY: nothing outside of the directory is even looked at, and `..data` of Kubernetes does
  // not offer a second way to a secret.
  if (parts.some((part) => part === '' || part === '.' || part.startsWith('..'))) return undefined;
  const root = await findRoot(directory);
  try {
    const path = await realpath(join(root, ...parts));
    if (!path.startsWith(root.endsWith(sep) ? root : root + sep)) {
      throw new SecretForbiddenError(
        `${formatSecretName(name)} is a link that leaves its directory`,
      );
    }
    return await readText(path, name);
  } catch (error) {
    const code = errorCode(error);
    if (ABSENT.includes(code)) return undefined;
    if (FORBIDDEN.includes(code)) {
      throw new SecretForbiddenError(`access to ${formatSecretName(name)} is denied (${code})`);
    }
    throw error;
  }
}

async function findRoot(directory: string): Promise<string> {
  try {
    return await realpath(directory);
  } catch (error) {
    throw new CredentialUnavailableError(
      `the directory of secrets ${quote(directory)} cannot be read (${errorCode(error)})`,
      { cause: error },
    );
  }
}

async function readText(path: string, name: SecretName): Promise<string> {
  const refuse = (reason: string): never => {
    throw new CredentialUnavailableError(`${formatSecretName(name)} ${reason}`);
  };
  const file = await open(path, OPEN_FLAGS);
  try {
    if (!(await file.stat()).isFile()) return refuse('is not a regular file');
    const buffer = Buffer.alloc(MAX_BYTES + 1);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    if (bytesRead > MAX_BYTES) return refuse(`has more than ${MAX_BYTES} bytes`);
    const text = decodeUtf8(buffer.subarray(0, bytesRead), 'keep');
    return text === undefined ? refuse('is not UTF-8') : text.replace(/\r?\n$/, '');
  } finally {
    await file.close();
  }
}
