import { ConfigInvalidError, quote } from '../model/index.js';
import { createFileRegistry } from './file/create-file-registry.js';
import type { RegistrySource } from './registry-source.js';

/** What the `registry` section of a `feature_store.yaml` says, as far as it decides which source to open. */
export interface RegistryLocation {
  /** The `registry_type`. */
  readonly type: string;
  /** The local file of a `file` registry. */
  readonly path?: string | undefined;
  /** Where any other registry is. May hold a password. */
  readonly url?: string | undefined;
  /** The other fields of the section. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
}

const SUPPORTED = 'supported are local registry files (`registry_type: file`)';

/**
 * Opens the registry that a configuration names. Nothing is read yet.
 *
 * @throws {@link ConfigInvalidError} when no source can read registries of that type; names those that can be read
 */
export function openRegistry(registry: RegistryLocation): RegistrySource {
  if (registry.type !== 'file') {
    throw new ConfigInvalidError(
      `registries of type ${quote(registry.type)} cannot be read; ${SUPPORTED}`,
    );
  }
  const store = registry.options?.['registry_store_type'];
  if (store !== undefined && store !== null && store !== 'FileRegistryStore') {
    throw new ConfigInvalidError(
      `registry stores of a class of their own cannot be read; ${SUPPORTED}`,
    );
  }
  if (registry.path === undefined) {
    // Only the scheme is shown: the rest may hold a password.
    const scheme = /^[A-Za-z][A-Za-z0-9+.-]*(?=:)/.exec(registry.url ?? '')?.[0] ?? 'unknown';
    throw new ConfigInvalidError(
      `registries at ${quote(`${scheme}://`)} cannot be read; ${SUPPORTED}`,
    );
  }
  return createFileRegistry({ path: registry.path });
}
