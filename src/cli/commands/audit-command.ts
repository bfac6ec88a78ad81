import { auditSnapshot, reportJson, reportText } from '../../audit/index.js';
import { ALL, type Command, FORMAT, HELP, NO_COLOR, PATH_NOTE, PROJECT } from '../command.js';
import { writeAll } from '../command-io.js';
import { exitCodeFor, FAIL_ON } from '../fail-on.js';
import { openStore, printWarnings } from '../open-store.js';
import { withProgress } from '../progress.js';
import { reportLayout } from '../text-layout.js';

/** `audit`: what is not protected, what is open, and what permissions say in vain. */
export const auditCommand: Command = {
  name: 'audit',
  summary: 'Find what no permission protects, what is open to everyone, and what is said in vain',
  usage: '[OPTIONS] [PATH]',
  options: [ALL, FAIL_ON, FORMAT, PROJECT, NO_COLOR, HELP],
  exitCodes: {
    0: 'no finding of the level of --fail-on or above',
    1: 'at least one such finding',
    2: 'the command line or the feature store cannot be understood',
  },
  notes: [PATH_NOTE],
  async run(args, io) {
    const { report, store, source, vocabulary } = await withProgress(
      io.stderr,
      async (progress) => {
        const { store, snapshot, source } = await openStore(args, io, progress);
        progress.start('auditing');
        const options = { project: args.get('project'), auth: store.config?.auth };
        const { vocabulary } = snapshot;
        return { report: auditSnapshot(snapshot, options), store, source, vocabulary };
      },
    );
    // Those of the snapshot are findings.
    printWarnings(store.config?.warnings ?? [], io);
    const text =
      args.get('format') === 'json'
        ? reportJson(report)
        : reportText(report, { ...reportLayout(args, io), source, vocabulary });
    await writeAll(io.stdout, text);
    return exitCodeFor(report.findings, args);
  },
};
