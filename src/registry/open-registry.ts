import type { RegistryConfig } from '../config/index.js';
import { checkOptions } from '../foundation/options.js';
import { ConfigInvalidError, quote } from '../model/index.js';
import { createFileRegistry } from './file/create-file-registry.js';
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
  /** Where any other registry is. May hold a password. */
  readonly url?: string | undefined;
  /** The other fields of the section. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
}

/** The section as the configuration gives it has one field more. */
type RegistrySection = RegistryLocation & Partial<Pick<RegistryConfig, 'cacheTtlSeconds'>>;
const SUPPORTED = 'supported are local registry files (`registry_type: file`)';

/** How to get a local file of a registry that is elsewhere. */
const DUMP =
  "Write it to a file in Python, `open('registry.db', 'wb').write(FeatureStore('.').registry.proto().SerializeToString())`, and name that file as the registry";
const COPIES: ReadonlyMap<string, string> = new Map([
  ['s3', 'aws s3 cp'],
  ['gs', 'gcloud storage cp'],
  ['abfs', 'az storage blob download'],
  ['https', 'az storage blob download'],
  ['hdfs', 'hdfs dfs -get'],
]);

/**
 * Opens the registry that a configuration names. Nothing is read yet.
 *
 * @throws TypeError if a field is unknown
 * @throws {@link ConfigInvalidError} if registries of that type cannot be read. It names the types
 *   that can be read, and how to get a file of the registry
 */
export function openRegistry(registry: RegistryLocation): RegistrySource {
  checkOptions<RegistrySection>(registry, {
    type: true,
    path: true,
    url: true,
    options: true,
    cacheTtlSeconds: true,
  });
  if (registry.type !== 'file') {
    throw unreadable(`registries of type ${quote(registry.type)}`, DUMP);
  }
  const store = registry.options?.['registry_store_type'];
  if (store !== undefined && store !== null && store !== 'FileRegistryStore') {
    throw unreadable('registry stores of other classes', DUMP);
  }
  if (registry.path === undefined) {
    // Only the scheme is shown: the rest may hold a password.
    const scheme = /^[A-Za-z][A-Za-z0-9+.-]*(?=:)/.exec(registry.url ?? '')?.[0] ?? 'unknown';
    const command = COPIES.get(scheme.toLowerCase());
    throw unreadable(
      `registries at ${quote(`${scheme}://`)}`,
      command === undefined
        ? DUMP
        : `Copy it with \`${command}\`, and name the copy as the registry`,
    );
  }
  return createFileRegistry({ path: registry.path });
}

function unreadable(what: string, wayRound: string): ConfigInvalidError {
  return new ConfigInvalidError(`${what} cannot be read; ${SUPPORTED}. ${wayRound}`);
}
