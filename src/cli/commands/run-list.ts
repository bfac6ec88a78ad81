import { safeJson } from '../../foundation/terminal/terminal-text.js';
import type { Arguments } from '../command.js';
import { type CommandIo, writeAll } from '../command-io.js';
import { listPermissions } from '../list-permissions.js';
import { openStore, printWarnings } from '../open-store.js';
import { permissionTables } from '../permission-tables.js';
import { withProgress } from '../progress.js';
import { textLayout } from '../text-layout.js';

/** Runs `list`. */
export async function runList(args: Arguments, io: CommandIo): Promise<number> {
  const opened = await withProgress(io.stderr, (progress) =>
    openStore(args, io, progress, { enforce: true }),
  );
  printWarnings(opened.warnings, io);
  const { snapshot, warnings } = opened;
  const permissions = listPermissions(snapshot, args.has('verbose'));
  const text =
    args.get('format') === 'json'
      ? safeJson({ project: args.get('project') ?? null, permissions, warnings }, 2)
      : permissionTables(permissions, snapshot.vocabulary, textLayout(args, io)).join('\n');
  await writeAll(io.stdout, `${text}\n`);
  return 0;
}
