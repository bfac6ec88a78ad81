import { sep } from 'node:path';
import { prepareSnapshot, type Snapshot } from '../engine/index.js';
import { neutralize } from '../foundation/terminal/terminal-text.js';
import type { FeastVocabulary } from '../model/index.js';
import { type FeatureStore, loadFeatureStore } from '../registry/index.js';
import type { Arguments } from './command.js';
import type { CommandIo } from './command-io.js';
import type { Progress } from './progress.js';

/** A feature store, read and compiled. */
export interface OpenedStore {
  readonly store: FeatureStore;
  readonly snapshot: Snapshot<FeastVocabulary>;
  /** What was read, with paths below the working folder written from there. */
  readonly source: string;
  /** What the configuration and the permissions say without effect, one sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Reads and compiles the feature store that a command is about. A permission that is not understood is excluded: it is in
 * the snapshot's warnings.
 *
 * @param options.enforce decides by the permissions even where the configuration says `no_auth`
 * @throws AuthzError when it cannot be read
 */
export async function openStore(
  args: Arguments,
  io: CommandIo,
  progress: Progress,
  options: { readonly enforce?: boolean } = {},
): Promise<OpenedStore> {
  progress.start('reading the registry');
  // Without a path, the variables that Feast reads decide.
  const [path] = args.paths;
  const store = await loadFeatureStore(path, { env: io.env, project: args.get('project') });
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
  return {
    store,
    snapshot,
    source: store.source.replaceAll(io.cwd + sep, ''),
    warnings: [...(store.config?.warnings ?? []), ...snapshot.warnings],
  };
}

/** Most warnings that are written out: a registry can have as many as it has permissions. */
const MAX_WARNINGS = 10;

/** Writes what should be known before an answer is relied on: the warnings of an opened store, or some of them. */
export function printWarnings(warnings: readonly string[], { stderr }: CommandIo): void {
  for (const warning of warnings.slice(0, MAX_WARNINGS)) {
    stderr.write(`feast-permissions: warning: ${neutralize(warning)}\n`);
  }
  const more = warnings.length - MAX_WARNINGS;
  if (more > 0) stderr.write(`feast-permissions: warning: and ${more} more\n`);
}
