import { createHash } from 'node:crypto';
import { sep } from 'node:path';
import { type FeatureStoreConfig, parsePermissionFile } from '../config/index.js';
import { parseYaml } from '../config/parse-yaml.js';
import { readYamlText } from '../config/read-yaml-text.js';
import { prepareSnapshot, type Snapshot, type SnapshotOptions } from '../engine/index.js';
import { neutralize } from '../foundation/terminal/terminal-text.js';
import {
  ConfigInvalidError,
  type FeastVocabulary,
  isAuthzError,
  isPlainObject,
  type PythonVersion,
  quote,
} from '../model/index.js';
import { loadFeatureStore } from '../registry/index.js';
import type { Arguments } from './command.js';
import type { CommandIo } from './command-io.js';
import type { Progress } from './progress.js';

/** What a command is about: a feature store, or a permission file, which has no resources. */
export interface StoreContents {
  /** Undefined: a registry or a permission file was read without a configuration. */
  readonly config: FeatureStoreConfig | undefined;
  /** What was read. */
  readonly source: string;
  readonly snapshotOptions: SnapshotOptions;
  readonly isPermissionFile: boolean;
  /** Content of the registry that was not understood, one sentence each. */
  readonly contentWarnings?: readonly string[] | undefined;
}

/** A feature store, read and compiled. */
export interface OpenedStore {
  readonly config: FeatureStoreConfig | undefined;
  readonly snapshot: Snapshot<FeastVocabulary>;
  /** What was read, with paths below the working folder written from there. */
  readonly source: string;
  readonly isPermissionFile: boolean;
  /** What the configuration and the registry hold without effect, one sentence each. */
  readonly readWarnings: readonly string[];
  /** The same, with the warnings of the snapshot. */
  readonly warnings: readonly string[];
}

/**
 * Reads and compiles the feature store that a command is about. A permission that is not understood
 * is excluded: it is in the snapshot's warnings.
 *
 * @param options.enforce decides by the permissions even where the configuration says `no_auth`
 * @throws AuthzError when it cannot be read
 */
export async function openStore(
  args: Pick<Arguments, 'get' | 'paths'>,
  io: CommandIo,
  progress: Progress,
  options: { readonly enforce?: boolean } = {},
): Promise<OpenedStore> {
  progress.start('reading the registry');
  // Without a path, the variables that Feast reads decide.
  const [path] = args.paths;
  // Checked against the choices of the option.
  const python = args.get('python') as PythonVersion | undefined;
  const store = await readStore(path, args.get('project'), io, python);
  return compileStore(store, io, progress, options);
}

/** Compiles what {@link readStore} read. */
export async function compileStore(
  store: StoreContents,
  io: CommandIo,
  progress: Progress,
  options: { readonly enforce?: boolean } = {},
): Promise<OpenedStore> {
  const { auth, ...rest } = store.snapshotOptions;
  progress.start('compiling');
  const snapshot = await prepareSnapshot(
    {
      ...rest,
      ...(auth === undefined || options.enforce === true ? {} : { auth }),
      onUnsupportedPattern: 'exclude',
    },
    { onProgress: ({ step, done, total }) => progress.update(`compiling ${step}`, done, total) },
  );
  const readWarnings = [...(store.config?.warnings ?? []), ...(store.contentWarnings ?? [])];
  return {
    config: store.config,
    snapshot,
    source: store.source.replaceAll(io.cwd + sep, ''),
    isPermissionFile: store.isPermissionFile,
    readWarnings,
    warnings: [...readWarnings, ...snapshot.warnings],
  };
}

const YAML_FILE = /\.ya?ml$/i;

/**
 * Reads a feature store, or a permission file.
 *
 * @throws AuthzError when it cannot be read
 */
export async function readStore(
  path: string | undefined,
  project: string | undefined,
  io: CommandIo,
  python: PythonVersion | undefined,
): Promise<StoreContents> {
  const text = path !== undefined && YAML_FILE.test(path) ? await textOf(path) : undefined;
  if (path !== undefined && text !== undefined && isPermissionFile(text, path)) {
    return permissionFileContents(text, path, project, python);
  }
  const store = await loadFeatureStore(path, { env: io.env, project, python });
  return {
    ...store,
    snapshotOptions: { ...store.snapshotOptions, python },
    isPermissionFile: false,
    contentWarnings: store.contents.warnings,
  };
}

/**
 * The text of a YAML file; undefined for a folder and for a file that cannot be read, which is
 * reported later.
 */
async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readYamlText(path);
  } catch (error) {
    if (isAuthzError(error)) return undefined;
    throw error;
  }
}

/** A configuration has a `project`, and a permission file a list of `permissions`. */
function isPermissionFile(text: string, file: string): boolean {
  try {
    const { value } = parseYaml(text, { file, onProblem: () => {} });
    return isPlainObject(value) && 'permissions' in value && !('project' in value);
  } catch (error) {
    if (isAuthzError(error)) return false;
    throw error;
  }
}

/** What the text of a permission file holds, as the contents of a store without resources. */
export function permissionFileContents(
  text: string,
  file: string,
  project: string | undefined,
  python: PythonVersion | undefined,
): StoreContents {
  const all = parsePermissionFile(text, { file, python });
  const named = [...new Set(all.flatMap((one) => one.project ?? []))];
  if (project !== undefined && named.length > 0 && !named.includes(project)) {
    throw new ConfigInvalidError(
      `project ${quote(project)} is not in it. Name one of ${named.map(quote).join(', ')}`,
      {
        file,
      },
    );
  }
  const [only, second] = named;
  const defaultProject = project ?? (second === undefined ? only : undefined);
  const isMeant = (one: (typeof all)[number]): boolean =>
    project === undefined || one.project === undefined || one.project === project;
  return {
    config: undefined,
    source: file,
    isPermissionFile: true,
    snapshotOptions: {
      permissions: all.filter(isMeant),
      python,
      // Page tokens belong to a version.
      version: createHash('sha256').update(text).digest('hex').slice(0, 16),
      ...(defaultProject === undefined ? {} : { defaultProject }),
    },
  };
}

/** Most warnings that are written out: a registry can have as many as it has permissions. */
const MAX_WARNINGS = 10;

/**
 * Writes what should be known before an answer is relied on: the warnings of an opened store, or
 * some of them.
 */
export function printWarnings(warnings: readonly string[], { stderr }: CommandIo): void {
  for (const warning of warnings.slice(0, MAX_WARNINGS)) {
    stderr.write(`feast-permissions: warning: ${neutralize(warning)}\n`);
  }
  const more = warnings.length - MAX_WARNINGS;
  if (more > 0) stderr.write(`feast-permissions: warning: and ${more} more\n`);
}
