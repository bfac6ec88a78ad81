import type { AuthConfig, Environment } from '../config/index.js';
import type { RegistrySource } from './registry-source.js';

/**
 * What the `registry` section of a `feature_store.yaml` says, as far as it decides which source to
 * open.
 */
export interface RegistryLocation {
  /** The `registry_type`. */
  readonly type: string;
  /** The local file of a `file` registry. */
  readonly path?: string | undefined;
  /** The `path` of any other registry, as written. May hold a password. */
  readonly url?: string | undefined;
  /** The other fields of the section. May hold secrets. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
}

/** What is known when a registry is opened, beside where it is. */
export interface RegistryContext {
  /** Variables that Feast reads too, such as `FEAST_S3_ENDPOINT_URL`. */
  readonly env: Environment;
  /** The project of the configuration. */
  readonly project?: string | undefined;
  /** How a client makes itself known to a `remote` registry. May hold secrets. */
  readonly auth?: AuthConfig | undefined;
}

/**
 * A kind of registry: the `registry` sections that name it, and how it is opened.
 *
 * Shape: a section is of this kind if its `registry_type` is `type` and, for the type `file`, its
 * `registry_store_type` is one of `storeTypes` or, without that field, the scheme of its `path` is
 * one of `schemes`. These are Feast's own rules.
 *
 * @example
 * // registry: { registry_store_type: acme.stores.VaultRegistryStore, path: vault://team/registry }
 * const vault: RegistryKind = {
 *   type: 'file',
 *   storeTypes: ['acme.stores.VaultRegistryStore'],
 *   open: ({ url }) => createVaultRegistry(url),
 * };
 * const gate = await loadGate('feature_repo', { registryKinds: [vault] });
 */
export interface RegistryKind {
  /** The `registry_type`: `file`, `sql`, `remote` or any other. */
  readonly type: string;
  /**
   * Schemes of `path`, in lower case and without `:`; empty for a local file. Of the type `file`
   * only. Default: none.
   */
  readonly schemes?: readonly string[] | undefined;
  /** Names of `registry_store_type`. Of the type `file` only. Default: none. */
  readonly storeTypes?: readonly string[] | undefined;
  /**
   * Opens a registry of this kind. Nothing is read yet. Code that only this kind needs is loaded
   * here.
   *
   * @throws {@link ConfigInvalidError} if the section is wrong, or a package is not installed
   */
  readonly open: (
    location: RegistryLocation,
    context: RegistryContext,
  ) => RegistrySource | Promise<RegistrySource>;
}
