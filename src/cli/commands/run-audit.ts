import { auditSnapshot, reportText } from '../../audit/index.js';
import { safeJson } from '../../foundation/terminal/terminal-text.js';
import type { Arguments } from '../command.js';
import { type CommandIo, writeAll } from '../command-io.js';
import { exitCodeFor } from '../fail-on.js';
import { openStore, printWarnings } from '../open-store.js';
import { withProgress } from '../progress.js';
import { reportLayout } from '../text-layout.js';

/** Runs `audit`. */
export async function runAudit(args: Arguments, io: CommandIo): Promise<number> {
  const { report, warnings, source, vocabulary } = await withProgress(
    io.stderr,
    async (progress) => {
      const { config, snapshot, source, readWarnings } = await openStore(args, io, progress);
      progress.start('auditing');
      const options = { project: args.get('project'), auth: config?.auth };
      const { vocabulary } = snapshot;
      const report = auditSnapshot(snapshot, options);
      return { report, warnings: readWarnings, source, vocabulary };
    },
  );
  // Those of the snapshot are findings.
  printWarnings(warnings, io);
  const text =
    args.get('format') === 'json'
      ? `${safeJson({ ...report, warnings }, 2)}\n`
      : reportText(report, { ...reportLayout(args, io), source, vocabulary });
  await writeAll(io.stdout, text);
  return exitCodeFor(report.findings, args);
}
