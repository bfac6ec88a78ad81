import { dirname, join, resolve } from 'node:path';
import {
  type Environment,
  type FeatureStoreConfig,
  type FeatureStoreLocation,
  findFeatureStoreConfig,
  loadFeatureStoreConfig,
  locateFeatureStore,
  parseFeatureStoreConfig,
} from '../config/index.js';
import type { SnapshotOptions } from '../engine/index.js';
import { listSome } from '../foundation/names.js';
import { checkOptions, type OptionNames } from '../foundation/options.js';
import {
  assertPython,
  ConfigInvalidError,
  type PythonVersion,
  quote,
  RegistryProjectMissingError,
} from '../model/index.js';
import { assertRegistryKinds } from './assert-registry-kinds.js';
import { createFileRegistry } from './file/create-file-registry.js';
import { openRegistry } from './open-registry.js';
import type { RegistryKind } from './registry-kind.js';
import type { RegistryContents, RegistrySource } from './registry-source.js';
import { NO_PROJECT } from './wire/assert-complete.js';
import { PERMISSION_FILE, withPermissionFile } from './with-permission-file.js';

/** How a feature store is read. */
export interface LoadFeatureStoreOptions {
  /** Variables for `$NAME` and `${NAME}` in the configuration. Default: those of the process. */
  readonly env?: Environment | undefined;
  /**
   * Keeps to the permissions and resources of this project. Default: all projects of the registry.
   */
  readonly project?: string | undefined;
  /**
   * Kinds of registry of your own, which go before those of this package: one can take the place of
   * another. Default: none.
   */
  readonly registryKinds?: readonly RegistryKind[] | undefined;
  /**
   * The version of Python that runs Feast, which name patterns of a permission file are read as.
   * Default: `3.12`.
   */
  readonly python?: PythonVersion | undefined;
  /** Ends the reading, which rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A feature store, read. */
export interface FeatureStore {
  /** Undefined: a registry was read without its configuration. */
  readonly config: FeatureStoreConfig | undefined;
  /** What was read, for messages. Holds no secret. */
  readonly source: string;
  /** All of the registry and of the permission file beside it, whatever the project. */
  readonly contents: RegistryContents;
  /**
   * For `createAuthorizer` and `prepareSnapshot`. Says nothing about patterns that are not
   * supported.
   */
  readonly snapshotOptions: FeatureStoreSnapshotOptions;
}

/** Snapshot options of a registry: its resources and projects are known. */
export type FeatureStoreSnapshotOptions = SnapshotOptions &
  Required<Pick<SnapshotOptions, 'resources' | 'projects'>>;

/** A feature store whose configuration was read, and whose registry was not yet. */
export interface OpenedFeatureStore {
  /** Undefined: a registry is read without its configuration. */
  readonly config: FeatureStoreConfig | undefined;
  readonly registry: RegistrySource;
  /** Reads the registry anew. Throws what {@link loadFeatureStore} throws. */
  read(options?: { readonly signal?: AbortSignal | undefined }): Promise<FeatureStore>;
}

const OPEN: OptionNames<Omit<LoadFeatureStoreOptions, 'signal'>> = {
  env: true,
  project: true,
  registryKinds: true,
  python: true,
};

/** A file with any other ending is a registry. */
const CONFIG_FILE = /\.ya?ml$/i;

/**
 * Reads a feature store: its configuration, the registry that it names, and the permissions of a
 * `permissions.yaml` beside the configuration, if there is such a file.
 *
 * Shape: `path` is a folder with a `feature_store.yaml`, a configuration file (`.yaml` or `.yml`),
 * or a registry file (any other). Of a registry file alone nothing is known about `auth`, so
 * everything is enforced. A resource that names no project is of `options.project`, or of the
 * project of the configuration, or of the only one there is.
 *
 * @param path default: what `FEATURE_STORE_YAML_BASE64`, `FEAST_FS_YAML_FILE_PATH`,
 *   `FEATURE_REPO_DIR` and the operator's `TMP_FEATURE_STORE_YAML_BASE64` say, the first of them
 *   that is set; otherwise the current folder. Relative paths in a configuration from a variable
 *   start from the current folder
 * @throws ConfigInvalidError when the configuration is missing or wrong
 * @throws RegistryUnavailableError, RegistryInvalidError when the registry cannot be read
 * @throws RegistryProjectMissingError when the registry does not hold the project, or any
 * @example
 * const { snapshotOptions } = await loadFeatureStore('.');
 * const authorizer = createAuthorizer(snapshotOptions);
 */
export async function loadFeatureStore(
  path?: string,
  options: LoadFeatureStoreOptions = {},
): Promise<FeatureStore> {
  checkOptions<LoadFeatureStoreOptions>(options, { ...OPEN, signal: true });
  const { signal, ...rest } = options;
  const opened = await openFeatureStore(path, rest);
  return await opened.read({ signal });
}

/**
 * Reads the configuration of a feature store, and opens the registry that it names. See
 * {@link loadFeatureStore}.
 *
 * @throws ConfigInvalidError when the configuration is missing or wrong
 */
export async function openFeatureStore(
  path: string | undefined,
  options: Omit<LoadFeatureStoreOptions, 'signal'> = {},
): Promise<OpenedFeatureStore> {
  checkOptions<typeof options>(options, OPEN);
  const { env = process.env, project, registryKinds, python } = options;
  assertRegistryKinds(registryKinds);
  assertPython(python);
  return openFrom(await open(path, { env, registryKinds, python }), project);
}

/** A feature store that reads from a registry, whatever chose it. */
export function openFrom(
  { config, registry }: Pick<OpenedFeatureStore, 'config' | 'registry'>,
  project?: string,
): OpenedFeatureStore {
  return Object.freeze({
    config,
    registry,
    read: async (readOptions: { readonly signal?: AbortSignal | undefined } = {}) => {
      checkOptions<typeof readOptions>(readOptions, { signal: true });
      const { signal } = readOptions;
      const contents = await registry.read(signal === undefined ? {} : { signal });
      const source = registry.describe();
      const file = project === undefined ? config?.file : undefined;
      assertProject(project ?? config?.project, contents, source, file);
      return Object.freeze({
        config,
        source,
        contents,
        snapshotOptions: Object.freeze(toSnapshotOptions(contents, config, project)),
      });
    },
  });
}

type OpenOptions = Pick<LoadFeatureStoreOptions, 'registryKinds' | 'python'> & {
  readonly env: Environment;
};

async function open(
  path: string | undefined,
  options: OpenOptions,
): Promise<Pick<OpenedFeatureStore, 'config' | 'registry'>> {
  const { env } = options;
  const location = path === undefined ? locateFeatureStore(env) : { path, isConfig: false };
  if ('text' in location) {
    const file = `$${location.variable}`;
    const place = { file, env, baseDirectory: process.cwd() };
    return await openConfigured(parseFeatureStoreConfig(location.text, place), options);
  }
  const file = await findConfig(location);
  if (!location.isConfig && !CONFIG_FILE.test(file)) {
    return { config: undefined, registry: createFileRegistry({ path: file }) };
  }
  const { config, registry } = await openConfigured(
    await loadFeatureStoreConfig(file, { env }),
    options,
  );
  const beside = join(dirname(resolve(file)), PERMISSION_FILE);
  return { config, registry: withPermissionFile(registry, beside, { python: options.python }) };
}

/** @throws ConfigInvalidError if it is not there, with the variable that names it */
async function findConfig(
  location: Extract<FeatureStoreLocation, { readonly path: string }>,
): Promise<string> {
  try {
    return await findFeatureStoreConfig(location.path);
  } catch (error) {
    if (!(error instanceof ConfigInvalidError) || location.variable === undefined) throw error;
    const message = `environment variable ${quote(location.variable)}: ${error.message}`;
    throw new ConfigInvalidError(message, {}, { cause: error });
  }
}

async function openConfigured(
  config: FeatureStoreConfig,
  { env, registryKinds }: OpenOptions,
): Promise<Pick<OpenedFeatureStore, 'config' | 'registry'>> {
  try {
    const { project, auth } = config;
    const options = { env, project, auth, registryKinds };
    return { config, registry: await openRegistry(config.registry, options) };
  } catch (error) {
    if (!(error instanceof ConfigInvalidError)) throw error;
    throw new ConfigInvalidError(error.message, { file: config.file }, { cause: error });
  }
}

// SECURITY: as a default project it would become a known one, without permissions and therefore
// open to named users.
function assertProject(
  project: string | undefined,
  { projects }: RegistryContents,
  source: string,
  file: string | undefined,
): void {
  if (project === undefined ? projects.length > 0 : projects.includes(project)) return;
  const problem =
    project === undefined || projects.length === 0
      ? `${source} ${NO_PROJECT}`
      : `project ${quote(project)} is not in ${source}, which has ${listSome(projects.map(quote))}`;
  const message = file === undefined ? problem : `${file}: ${problem}`;
  throw new RegistryProjectMissingError(message, { project });
}

function toSnapshotOptions(
  contents: RegistryContents,
  config: FeatureStoreConfig | undefined,
  project: string | undefined,
): FeatureStoreSnapshotOptions {
  const isMeant = (one: { readonly project?: string | undefined }): boolean =>
    project === undefined || one.project === project;
  // Permissions of a file may be of every project.
  const counts = (one: RegistryContents['permissions'][number]): boolean =>
    one.project === undefined || isMeant(one);
  const [onlyProject] = contents.projects.length === 1 ? contents.projects : [];
  const defaultProject = project ?? config?.project ?? onlyProject;
  return {
    permissions: contents.permissions.filter(counts),
    resources: contents.resources.filter(isMeant),
    projects: project === undefined ? contents.projects : [project],
    version: contents.version,
    ...(defaultProject === undefined ? {} : { defaultProject }),
    // Only the type: a snapshot keeps its options, and the section may hold secrets.
    ...(config === undefined ? {} : { auth: { type: config.auth.type } }),
  };
}
