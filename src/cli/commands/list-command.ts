import { safeJson } from '../../foundation/terminal/terminal-text.js';
import { ALL, type Command, FORMAT, HELP, NO_COLOR, PATH_NOTE, PROJECT } from '../command.js';
import { writeAll } from '../command-io.js';
import { listPermissions } from '../list-permissions.js';
import { openStore, printWarnings } from '../open-store.js';
import { permissionTables } from '../permission-tables.js';
import { withProgress } from '../progress.js';
import { textLayout } from '../text-layout.js';

/** `list`: the permissions of a registry, with all their fields. */
export const listCommand: Command = {
  name: 'list',
  summary: 'List the permissions with all their fields, whatever the kind of their policy',
  usage: '[OPTIONS] [PATH]',
  options: [
    {
      name: 'verbose',
      short: 'v',
      help: 'List the resources that each permission covers as well',
    },
    ALL,
    FORMAT,
    PROJECT,
    NO_COLOR,
    HELP,
  ],
  exitCodes: {
    0: 'the permissions were listed',
    2: 'the command line or the feature store cannot be understood',
  },
  notes: [PATH_NOTE],
  async run(args, io) {
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
  },
};
