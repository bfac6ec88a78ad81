import type { RegistrySource } from '../registry-source.js';
import { readRegistryFile } from './read-registry-file.js';

/**
 * The registry file that Feast writes, as a source. See {@link readRegistryFile} for what is read and thrown.
 *
 * @throws TypeError when `path` is not a string with something in it
 */
export function createFileRegistry(options: { readonly path: string }): RegistrySource {
  const { path } = options;
  if (typeof path !== 'string' || path === '') {
    throw new TypeError('the path of a registry file is a string that is not empty');
  }
  return Object.freeze({
    describe: () => `registry file ${path}`,
    read: (readOptions?: { readonly signal?: AbortSignal }) => readRegistryFile(path, readOptions),
  });
}
