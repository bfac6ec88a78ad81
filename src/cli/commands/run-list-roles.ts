import type { Snapshot } from '../../engine/index.js';
import { safeJson } from '../../foundation/terminal/terminal-text.js';
import type { Arguments } from '../command.js';
import { type CommandIo, writeAll } from '../command-io.js';
import { listPrincipals } from '../list-principals.js';
import { openStore, printWarnings } from '../open-store.js';
import { principalTables } from '../principal-tables.js';
import { withProgress } from '../progress.js';
import { textLayout } from '../text-layout.js';

/** Runs `list-roles`. Gives the exit code. */
export async function runListRoles(args: Arguments, io: CommandIo): Promise<number> {
  const opened = await withProgress(io.stderr, (progress) =>
    openStore(args, io, progress, { enforce: true }),
  );
  printWarnings(opened.warnings, io);
  const { snapshot, warnings } = opened;
  const principals = listPrincipals(snapshot as Snapshot, args.has('verbose'));
  const text =
    args.get('format') === 'json'
      ? safeJson({ project: args.get('project') ?? null, principals, warnings }, 2)
      : principalTables(principals, snapshot.vocabulary, textLayout(args, io)).join('\n');
  await writeAll(io.stdout, `${text}\n`);
  return 0;
}
