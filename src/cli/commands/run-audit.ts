import {
  type AuditReport,
  auditSnapshot,
  FINDING_RULES,
  htmlReport,
  jsonReport,
  type ReportContext,
  reportText,
} from '../../audit/index.js';
import type { Arguments } from '../command.js';
import type { CommandIo } from '../command-io.js';
import { exitCodeFor } from '../fail-on.js';
import { type OpenedStore, openStore, printWarnings } from '../open-store.js';
import { withProgress } from '../progress.js';
import { reportContext } from '../report-context.js';
import { PAGE_FORMAT, REPORT_FORMATS } from '../report-options.js';
import { reportLayout } from '../text-layout.js';
import {
  acceptFindings,
  type OwnFormat,
  type OwnTarget,
  reportTargets,
  writeReports,
} from '../write-reports.js';

/** Runs `audit`. */
export async function runAudit(args: Arguments, io: CommandIo): Promise<number> {
  const targets = reportTargets(args, [...REPORT_FORMATS, PAGE_FORMAT]);
  const { opened, found } = await withProgress(io.stderr, async (progress) => {
    // The page shows what permissions say, also where `no_auth` ignores them.
    const opened = await openStore(args, io, progress, { enforce: true });
    progress.start('auditing');
    const { config, snapshot } = opened;
    const options = { project: args.get('project'), auth: config?.auth };
    return { opened, found: auditSnapshot(snapshot, options) };
  });
  const ids = FINDING_RULES.map(({ id }) => id);
  const { report, exceptions } = await acceptFindings(found, ids, args);
  // Those of the snapshot are findings.
  printWarnings(opened.readWarnings, io);
  const { config, source, isPermissionFile } = opened;
  const context = (): Promise<ReportContext> => {
    // A configuration from an environment variable has the name of the variable as its file.
    const file = config?.file?.startsWith('$') === true ? undefined : config?.file;
    const files = { path: args.paths[0], isPermissionFile, config: file };
    return reportContext({ source, rules: FINDING_RULES, files, exceptions }, args, io);
  };
  const own = async ({ format, toTerminal }: OwnTarget): Promise<Iterable<string>> =>
    format === 'html'
      ? htmlReport(report, { ...(await context()), snapshot: opened.snapshot })
      : ownReport(format, report, opened, reportLayout(args, io, toTerminal));
  await writeReports(targets, { report, context, own }, io);
  return exitCodeFor(report.findings, args);
}

function ownReport(
  format: Exclude<OwnFormat, 'html'>,
  report: AuditReport,
  { readWarnings, source, snapshot }: OpenedStore,
  layout: ReturnType<typeof reportLayout>,
): Iterable<string> {
  if (format === 'json') return jsonReport(report, { warnings: readWarnings });
  return [reportText(report, { ...layout, source, vocabulary: snapshot.vocabulary })];
}
