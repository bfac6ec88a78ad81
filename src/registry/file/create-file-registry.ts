import { checkOptions } from '../../foundation/options.js';
import { polledSource } from '../polled-source.js';
import type { RegistryContents, RegistrySource } from '../registry-source.js';
import { type FileState, readFileState } from './file-state.js';
import { decodeRegistryFile, digestOf, readRegistryBytes } from './read-registry-file.js';

/**
 * The registry file that Feast writes, as a source. See {@link readRegistryFile} for what is read
 * and thrown.
 *
 * A watch looks at inode, size and times, and reads only what they do not rule out. A file with the
 * same content as before is not decoded again.
 *
 * @throws TypeError when `path` is not a string with something in it
 */
export function createFileRegistry(options: { readonly path: string }): RegistrySource {
  checkOptions<typeof options>(options, { path: true });
  const { path } = options;
  if (typeof path !== 'string' || path === '') {
    throw new TypeError('the path of a registry file is a string that is not empty');
  }
  return polledSource(new RegistryFile(path), { describe: () => `registry file ${path}` });
}

class RegistryFile {
  readonly #path: string;
  /** When it was read last. Undefined: never, or it could not be reached. */
  #state: FileState | undefined;
  #last: { readonly digest: string; readonly contents: RegistryContents } | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async read(signal: AbortSignal | undefined): Promise<RegistryContents> {
    this.#state = undefined;
    // Before the content: a change between the two is seen at the next look.
    const state = await readFileState(this.#path);
    const bytes = await readRegistryBytes(this.#path, signal);
    try {
      const digest = await digestOf(bytes);
      const contents =
        this.#last?.digest === digest
          ? this.#last.contents
          : await decodeRegistryFile(this.#path, bytes);
      this.#last = { digest, contents };
      return contents;
    } finally {
      this.#state = state;
    }
  }

  async hasChanged(): Promise<boolean> {
    const before = this.#state;
    if (before === undefined || before.isRecent) return true;
    return (await readFileState(this.#path)).fingerprint !== before.fingerprint;
  }
}
