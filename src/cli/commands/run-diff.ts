import { type AccessDiff, diffAccess } from '../../analysis/index.js';
import { safeJson } from '../../foundation/terminal/terminal-text.js';
import type { PythonVersion } from '../../model/index.js';
import { type Arguments, UsageError } from '../command.js';
import { type CommandIo, writeAll } from '../command-io.js';
import { diffText } from '../diff-text.js';
import { compileStore, printWarnings, type StoreContents } from '../open-store.js';
import { withProgress } from '../progress.js';
import { readVersionOf } from '../read-revision.js';
import { textLayout } from '../text-layout.js';

/** Runs `diff`. Gives the exit code. */
export async function runDiff(args: Arguments, io: CommandIo): Promise<number> {
  const [oldPath = '', newPath = ''] = args.operands;
  const project = args.get('project');
  // Checked against the choices of the option.
  const python = args.get('python') as PythonVersion | undefined;
  const maxStates = statesOf(args.get('max-states'));
  const { diff, sources, warnings, vocabulary } = await withProgress(
    io.stderr,
    async (progress) => {
      progress.start('reading both versions');
      const oldStore = await readVersionOf(oldPath, project, io, python);
      const newStore = await readVersionOf(newPath, project, io, python);
      const options = { enforce: true };
      const before = await compileStore(onResourcesOf(oldStore, newStore), io, progress, options);
      const after = await compileStore(onResourcesOf(newStore, oldStore), io, progress, options);
      progress.start('comparing');
      const names = !args.has('registered-only');
      return {
        diff: diffAccess(before.snapshot, after.snapshot, { names, maxStates }),
        sources: { old: before.source, new: after.source },
        warnings: [...before.warnings, ...after.warnings],
        vocabulary: after.snapshot.vocabulary,
      };
    },
  );
  printWarnings(warnings, io);
  const text =
    args.get('format') === 'json'
      ? safeJson({ ...sources, ...diff, warnings }, 2)
      : diffText(diff, sources, vocabulary, textLayout(args, io)).join('\n');
  await writeAll(io.stdout, `${text}\n`);
  return isFailure(diff, args.get('fail-on')) ? 1 : 0;
}

function isFailure({ widened, lost, names }: AccessDiff, failOn = 'never'): boolean {
  if (failOn === 'never') return false;
  return widened || (failOn === 'changed' && lost.length + (names?.lost.length ?? 0) > 0);
}

/**
 * A permission file names no resources: it is asked about those that the other version has
 * registered.
 */
function onResourcesOf(store: StoreContents, other: StoreContents): StoreContents {
  const { resources, projects, defaultProject } = other.snapshotOptions;
  if (!store.isPermissionFile || resources === undefined) return store;
  return {
    ...store,
    snapshotOptions: {
      ...store.snapshotOptions,
      resources,
      ...(projects === undefined ? {} : { projects }),
      ...(defaultProject === undefined ? {} : { defaultProject }),
    },
  };
}

function statesOf(written: string | undefined): number | undefined {
  if (written === undefined) return undefined;
  if (!/^[1-9]\d{0,6}$/.test(written)) {
    throw new UsageError('`--max-states` must be a whole number from 1 to 9999999');
  }
  return Number(written);
}
