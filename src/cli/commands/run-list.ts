import type { Snapshot } from '../../engine/index.js';
import { count } from '../../foundation/names.js';
import { safeJson } from '../../foundation/terminal/terminal-text.js';
import type { TextLayout } from '../../foundation/terminal/text-style.js';
import type { FeastVocabulary } from '../../model/index.js';
import type { Arguments } from '../command.js';
import { type CommandIo, writeAll } from '../command-io.js';
import { type ListedPermission, listPermissions } from '../list-permissions.js';
import { openStore, printWarnings } from '../open-store.js';
import { permissionFilter } from '../permission-filters.js';
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
  const isListed = permissionFilter(args, snapshot);
  const permissions = listPermissions(snapshot, args.has('verbose'), isListed);
  const text =
    args.get('format') === 'json'
      ? safeJson({ project: args.get('project') ?? null, permissions, warnings }, 2)
      : listText(snapshot, permissions, textLayout(args, io)).join('\n');
  await writeAll(io.stdout, `${text}\n`);
  return 0;
}

function listText(
  snapshot: Snapshot<FeastVocabulary>,
  permissions: readonly ListedPermission[],
  layout: TextLayout,
): readonly string[] {
  const all = snapshot.permissions.length;
  if (permissions.length > 0 || all === 0) {
    return permissionTables(permissions, snapshot.vocabulary, layout);
  }
  return [`0 of ${count(all, 'permission')} pass the filters`];
}
