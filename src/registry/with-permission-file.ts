import { createHash } from 'node:crypto';
import { lstat } from 'node:fs/promises';
import { loadPermissionFile } from '../config/index.js';
import { errorCode } from '../foundation/error-code.js';
import { ConfigInvalidError, type Permission, type PythonVersion, quote } from '../model/index.js';
import { type FileState, readFileState } from './file/file-state.js';
import type { RegistryContents, RegistrySource, WatchOptions } from './registry-source.js';

/** The file beside a `feature_store.yaml` whose permissions count with those of the registry. */
export const PERMISSION_FILE = 'permissions.yaml';

/**
 * A registry with the permissions of a file on top, whatever kind of source it is. A file that does
 * not exist adds nothing; one that cannot be read, or is not a permission file, is an error.
 *
 * The version of the contents is that of the registry while the file adds nothing.
 *
 * @param options.python the version of Python that name patterns of the file are read as
 */
export function withPermissionFile(
  registry: RegistrySource,
  file: string,
  options: { readonly python?: PythonVersion | undefined } = {},
): RegistrySource {
  const layered = new LayeredRegistry(registry, file, options.python);
  return Object.freeze({
    isAppliedInSteps: registry.isAppliedInSteps,
    describe: () => layered.describe(),
    read: (readOptions: ReadOptions = {}) => layered.read(readOptions),
    ...(registry.readTime === undefined ? {} : { readTime: () => registry.readTime?.() }),
    ...(registry.watch === undefined
      ? {}
      : {
          watch: (onChange: () => unknown, watchOptions: WatchOptions) =>
            layered.watch(onChange, watchOptions),
        }),
  });
}

type ReadOptions = NonNullable<Parameters<RegistrySource['read']>[0]>;

interface Layered {
  readonly registry: RegistryContents;
  readonly digest: string;
  readonly contents: RegistryContents;
}

class LayeredRegistry {
  readonly #registry: RegistrySource;
  readonly #file: string;
  readonly #python: PythonVersion | undefined;
  /** When the file was read last. Undefined: never, or it could not be. */
  #state: FileState | undefined;
  #hasFile = false;
  #last: Layered | undefined;

  constructor(registry: RegistrySource, file: string, python: PythonVersion | undefined) {
    this.#registry = registry;
    this.#file = file;
    this.#python = python;
  }

  describe(): string {
    const registry = this.#registry.describe();
    return this.#hasFile ? `${registry} with permission file ${this.#file}` : registry;
  }

  async read(options: ReadOptions): Promise<RegistryContents> {
    const registry = await this.#registry.read(options);
    this.#state = undefined;
    // Before the content: a change between the two is seen at the next look.
    const state = await readFileState(this.#file);
    const permissions = await this.#readFile();
    this.#state = state;
    this.#hasFile = permissions !== undefined;
    return permissions === undefined ? registry : this.#layer(registry, permissions);
  }

  /** The file is looked at when the registry was found unchanged: its changes come after those. */
  watch(onChange: () => unknown, options: WatchOptions): void {
    this.#registry.watch?.(onChange, {
      ...options,
      onUnchanged: async (since) =>
        (await this.#hasChanged()) ? await onChange() : await options.onUnchanged?.(since),
    });
  }

  async #hasChanged(): Promise<boolean> {
    const before = this.#state;
    if (before === undefined || before.isRecent) return true;
    return (await readFileState(this.#file)).fingerprint !== before.fingerprint;
  }

  async #readFile(): Promise<readonly Permission[] | undefined> {
    try {
      return await loadPermissionFile(this.#file, { python: this.#python });
    } catch (error) {
      const isMissing = error instanceof ConfigInvalidError && errorCode(error.cause) === 'ENOENT';
      // SECURITY: a link that leads nowhere stands for a file that should be there.
      if (isMissing && !(await isLink(this.#file))) return undefined;
      throw error;
    }
  }

  #layer(registry: RegistryContents, permissions: readonly Permission[]): RegistryContents {
    const digest = createHash('sha256').update(JSON.stringify(permissions)).digest('hex');
    if (this.#last?.registry === registry && this.#last.digest === digest) {
      return this.#last.contents;
    }
    this.#assertNamesDiffer(registry, permissions);
    const strangers = new Set(permissions.flatMap(({ project }) => project ?? []));
    for (const project of registry.projects) strangers.delete(project);
    const contents = Object.freeze({
      ...registry,
      version: `${registry.version}+${digest.slice(0, 16)}`,
      permissions: Object.freeze([...registry.permissions, ...permissions]),
      warnings: Object.freeze([
        ...(registry.warnings ?? []),
        ...[...strangers].map(
          (project) =>
            `${this.#file} has permissions for project ${quote(project)}, which the registry does not hold`,
        ),
      ]),
    });
    this.#last = { registry, digest, contents };
    return contents;
  }

  // SECURITY: of two permissions of one name, readers could take either for the one in force.
  #assertNamesDiffer(registry: RegistryContents, permissions: readonly Permission[]): void {
    const inRegistry = new Set(registry.permissions.map(({ name }) => name));
    const twice = permissions.find(
      ({ name, project }) =>
        inRegistry.has(name) &&
        registry.permissions.some(
          (one) => one.name === name && (project === undefined || one.project === project),
        ),
    );
    if (twice === undefined) return;
    throw new ConfigInvalidError(
      `permission ${quote(twice.name)} is in the registry too. Give it another name, or remove one of them`,
      { file: this.#file },
    );
  }
}

async function isLink(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    () => false,
  );
}
