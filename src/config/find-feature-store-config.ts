import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../foundation/error-code.js';
import { ConfigInvalidError, quote } from '../model/errors.js';

const FILE_NAME = 'feature_store.yaml';

/**
 * Finds the configuration file of a feature store.
 *
 * Shape: `path` is the file, whatever its name, or the folder that holds `feature_store.yaml`.
 *
 * @throws ConfigInvalidError if the file does not exist or is of another kind.
 */
export async function findFeatureStoreConfig(path: string): Promise<string> {
  if (typeof path !== 'string') throw new TypeError('the path of a configuration must be a string');
  const kind = await kindOf(path);
  if (kind === 'file') return path;
  if (kind === 'none') throw new ConfigInvalidError(`no file or folder ${quote(path)}`);
  const file = join(path, FILE_NAME);
  if (kind === 'folder' && (await kindOf(file)) === 'file') return file;
  throw new ConfigInvalidError(
    kind === 'folder'
      ? `no ${FILE_NAME} in ${quote(path)}`
      : `${quote(path)} is not a regular file`,
  );
}

async function kindOf(path: string): Promise<'file' | 'folder' | 'none' | 'other'> {
  try {
    const found = await stat(path);
    if (found.isFile()) return 'file';
    return found.isDirectory() ? 'folder' : 'other';
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'none';
    throw new ConfigInvalidError(`${quote(path)} cannot be read (${code})`, {}, { cause: error });
  }
}
