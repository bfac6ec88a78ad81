import type { RegistryConfig } from '../config/index.js';
import { checkOptions, type OptionNames } from '../foundation/options.js';
import { ConfigInvalidError, quote } from '../model/index.js';
import { assertRegistryKinds } from './assert-registry-kinds.js';
import { createFileRegistry } from './file/create-file-registry.js';
import type { RegistryContext, RegistryKind, RegistryLocation } from './registry-kind.js';
import type { RegistrySource } from './registry-source.js';

/** The section as the configuration gives it has one field more. */
type RegistrySection = RegistryLocation & Partial<Pick<RegistryConfig, 'cacheTtlSeconds'>>;

/**
 * The kinds of registry that can be read. Code of a kind is loaded when a registry of that kind is
 * opened.
 */
const KINDS: readonly RegistryKind[] = [
  {
    type: 'file',
    schemes: [''],
    storeTypes: ['FileRegistryStore', 'feast.infra.registry.file.FileRegistryStore'],
    open: openFile,
  },
  {
    type: 'file',
    schemes: ['s3'],
    storeTypes: ['S3RegistryStore', 'feast.infra.registry.s3.S3RegistryStore'],
    open: async (...given) =>
      (await import('./object-store/open-s3-registry.js')).openS3Registry(...given),
  },
  {
    type: 'file',
    schemes: ['gs'],
    storeTypes: ['GCSRegistryStore', 'feast.infra.registry.gcs.GCSRegistryStore'],
    open: async (...given) =>
      (await import('./object-store/open-gcs-registry.js')).openGcsRegistry(...given),
  },
  {
    type: 'file',
    storeTypes: [
      'AzureRegistryStore',
      'feast.infra.registry.contrib.azure.azure_registry_store.AzBlobRegistryStore',
    ],
    open: async (...given) =>
      (await import('./object-store/open-azure-registry.js')).openAzureRegistry(...given),
  },
  {
    type: 'sql',
    open: async (location) =>
      (await import('./sql/open-sql-registry.js')).openSqlRegistry(location),
  },
  {
    type: 'remote',
    open: async (...given) =>
      (await import('./remote/open-remote-registry.js')).openRemoteRegistry(...given),
  },
];

/** How to get a local file of a registry that is elsewhere. */
const DUMP =
  "Write it to a file in Python, `open('registry.db', 'wb').write(FeatureStore('.').registry.proto().SerializeToString())`, and name that file as the registry";
const COPY = 'and name the copy as the registry';
const ADVICE: ReadonlyMap<string, string> = new Map([
  ['https', 'Set `registry_store_type: AzureRegistryStore` if it is a blob in Azure'],
  ['abfs', `Copy it with \`az storage blob download\`, ${COPY}`],
  ['hdfs', `Copy it with \`hdfs dfs -get\`, ${COPY}`],
]);

/** How a registry is opened: its surroundings, and further kinds of registry. */
export interface OpenRegistryOptions extends Partial<RegistryContext> {
  /**
   * Kinds of your own, which go before those of this package: one can take the place of another.
   */
  readonly registryKinds?: readonly RegistryKind[] | undefined;
}

const OPTIONS: OptionNames<OpenRegistryOptions> = {
  env: true,
  project: true,
  auth: true,
  registryKinds: true,
};

/**
 * Opens the registry that a configuration names. Nothing is read yet.
 *
 * @param options.env default: the variables of the process
 * @throws TypeError if a field or an option is unknown or invalid
 * @throws {@link ConfigInvalidError} if the registry is of an unknown kind: the error names the
 *   known kinds, and how to get a file of the registry; also if a package that the kind needs is
 *   not installed
 * @source Feast 0.67.0, how it chooses the class of a registry: same
 */
export async function openRegistry(
  registry: RegistryLocation,
  options: OpenRegistryOptions = {},
): Promise<RegistrySource> {
  checkOptions<RegistrySection>(registry, {
    type: true,
    path: true,
    url: true,
    options: true,
    cacheTtlSeconds: true,
  });
  checkOptions<OpenRegistryOptions>(options, OPTIONS);
  const { registryKinds = [], env = process.env, ...context } = options;
  assertRegistryKinds(registryKinds);
  const kinds = [...registryKinds, ...KINDS];
  const kind = kinds.find((one) => isOfKind(registry, one));
  if (kind === undefined) throw unreadable(registry, kinds);
  return await kind.open(registry, { env, ...context });
}

function isOfKind(
  registry: RegistryLocation,
  { type, schemes, storeTypes }: RegistryKind,
): boolean {
  if (registry.type !== type) return false;
  if (type !== 'file') return true;
  const store = storeTypeOf(registry);
  if (store !== undefined) return typeof store === 'string' && storeTypes?.includes(store) === true;
  return schemes?.includes(schemeOf(registry)) === true;
}

function storeTypeOf({ type, options }: RegistryLocation): unknown {
  return type === 'file' ? (options?.['registry_store_type'] ?? undefined) : undefined;
}

/** Empty: a local file. */
function schemeOf({ path, url = '' }: RegistryLocation): string {
  if (path !== undefined) return '';
  return /^[A-Za-z][A-Za-z0-9+.-]*(?=:)/.exec(url)?.[0].toLowerCase() ?? 'unknown';
}

function openFile({ path, url }: RegistryLocation): RegistrySource {
  if (path !== undefined) return createFileRegistry({ path });
  throw new ConfigInvalidError(
    url === undefined
      ? 'the registry names no file'
      : '`registry_store_type: FileRegistryStore` takes the path of a local file, without a scheme',
  );
}

/** SECURITY: only the scheme is shown, since the rest may hold a password. */
function unreadable(
  registry: RegistryLocation,
  kinds: readonly RegistryKind[],
): ConfigInvalidError {
  const supported = [...new Set(kinds.flatMap(namesOf))].join(', ');
  const [what, advice] = whatIs(registry);
  return new ConfigInvalidError(`${what} cannot be read; supported are ${supported}. ${advice}`);
}

function whatIs(registry: RegistryLocation): readonly [what: string, advice: string] {
  const { type } = registry;
  if (type !== 'file') return [`registries of type ${quote(type)}`, DUMP];
  const store = storeTypeOf(registry);
  if (store !== undefined) {
    const name = typeof store === 'string' ? quote(store) : `of type ${typeof store}`;
    return [`registry stores of class ${name}`, DUMP];
  }
  const scheme = schemeOf(registry);
  return [`registries at ${quote(`${scheme}://`)}`, ADVICE.get(scheme) ?? DUMP];
}

/** How a configuration names a kind. */
function namesOf({ type, schemes = [], storeTypes = [] }: RegistryKind): readonly string[] {
  if (type !== 'file') return [`\`registry_type: ${type}\``];
  if (schemes.length === 0) return storeTypes.map((name) => `\`registry_store_type: ${name}\``);
  return schemes.map((scheme) => (scheme === '' ? 'local files' : `\`${scheme}://\``));
}
