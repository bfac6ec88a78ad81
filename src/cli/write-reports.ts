import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import {
  type AuditReport,
  applyBaseline,
  applyExceptions,
  baselineReport,
  type Exception,
  githubReport,
  gitlabReport,
  junitReport,
  loadBaseline,
  loadExceptions,
  markdownReport,
  type ReportContext,
  type Reporter,
  sarifReport,
} from '../audit/index.js';
import { errorCode } from '../foundation/error-code.js';
import { ConfigInvalidError, quote } from '../model/index.js';
import { type Arguments, UsageError } from './command.js';
import { type CommandIo, writeAll } from './command-io.js';
import { REPORT_FORMATS, type ReportFormat } from './report-options.js';

const REPORTERS: Readonly<Record<Exclude<ReportFormat, OwnFormat>, Reporter>> = {
  markdown: markdownReport,
  sarif: sarifReport,
  github: githubReport,
  gitlab: gitlabReport,
  junit: junitReport,
  baseline: baselineReport,
};

/** A report and where it goes; without a file to standard output. */
interface ReportTarget {
  readonly format: ReportFormat;
  readonly file: string | undefined;
}

/** The formats that an audit writes in its own way. */
export type OwnFormat = 'table' | 'json' | 'html';

/** A report in such a format. */
export interface OwnTarget {
  readonly format: OwnFormat;
  readonly toTerminal: boolean;
}

/** What is the same for all reports of an audit. */
export interface ReportWriting<Report extends AuditReport> {
  readonly report: Report;
  /** Asked for once, if a format needs it. */
  readonly context: () => Promise<ReportContext>;
  /** Gives a report in a format that differs from audit to audit. */
  readonly own: (target: OwnTarget) => Iterable<string> | Promise<Iterable<string>>;
}

/** The decisions of `--exceptions` and `--baseline` on a report. */
export interface Acceptance<Report extends AuditReport> {
  readonly report: Report;
  readonly exceptions: readonly Exception[];
}

/**
 * What `--format`, `--out` and `--report` ask for.
 *
 * @param formats of the audit. Default: all but the page
 * @throws UsageError if a report has no known format, or two go to one file
 */
export function reportTargets(
  args: Arguments,
  formats: readonly ReportFormat[] = REPORT_FORMATS,
): readonly ReportTarget[] {
  const first = { format: (args.get('format') ?? 'table') as ReportFormat, file: args.get('out') };
  const targets = [first, ...args.all('report').map((one) => readTarget(one, formats))];
  const files = targets.flatMap(({ file }) => (file === undefined ? [] : resolve(file)));
  const twice = files.find((file, index) => files.indexOf(file) !== index);
  if (twice !== undefined) throw new UsageError(`two reports go to ${quote(twice)}`);
  return targets;
}

function readTarget(written: string, formats: readonly ReportFormat[]): ReportTarget {
  const at = written.indexOf('=');
  const format = formats.find((one) => one === written.slice(0, at));
  const file = written.slice(at + 1);
  if (at < 0 || format === undefined || file === '') {
    throw new UsageError(
      `\`--report\` cannot be ${quote(written)}: write FORMAT=FILE, with one of the formats ${formats.join(', ')}`,
    );
  }
  return { format, file };
}

/**
 * Applies `--exceptions` and `--baseline`, in this order.
 *
 * @param rules the IDs of the rules of this audit
 * @throws ConfigInvalidError if one of the files cannot be read
 */
export async function acceptFindings<Report extends AuditReport>(
  report: Report,
  rules: readonly string[],
  args: Arguments,
): Promise<Acceptance<Report>> {
  const exceptionsFile = args.get('exceptions');
  const baselineFile = args.get('baseline');
  const exceptions =
    exceptionsFile === undefined
      ? []
      : await loadExceptions(exceptionsFile, { rules: await knownRules() });
  const baseline = baselineFile === undefined ? undefined : await loadBaseline(baselineFile);
  const reviewed =
    exceptionsFile === undefined ? report : applyExceptions(report, exceptions, { rules });
  return {
    report: baseline === undefined ? reviewed : applyBaseline(reviewed, baseline),
    exceptions,
  };
}

/**
 * Writes all reports that are asked for, one after the other and piece by piece.
 *
 * @throws ConfigInvalidError if a file cannot be written
 */
export async function writeReports<Report extends AuditReport>(
  targets: readonly ReportTarget[],
  writing: ReportWriting<Report>,
  io: CommandIo,
): Promise<void> {
  let context: ReportContext | undefined;
  for (const { format, file } of targets) {
    let pieces: Iterable<string>;
    if (format === 'table' || format === 'json' || format === 'html') {
      pieces = await writing.own({ format, toTerminal: file === undefined });
    } else {
      context ??= await writing.context();
      pieces = REPORTERS[format](writing.report, context);
    }
    if (file === undefined) for (const piece of pieces) await writeAll(io.stdout, piece);
    else await writeFile(resolve(io.cwd, file), file, pieces);
  }
}

async function writeFile(path: string, file: string, pieces: Iterable<string>): Promise<void> {
  const stream = createWriteStream(path);
  try {
    await once(stream, 'open');
    for (const piece of pieces) if (!stream.write(piece)) await once(stream, 'drain');
    stream.end();
    await finished(stream);
  } catch (error) {
    stream.destroy();
    throw new ConfigInvalidError(
      `cannot be written (${errorCode(error)})`,
      { file },
      { cause: error },
    );
  }
}

/** The rules of all audits: one exceptions file can be for several. Loaded on demand. */
async function knownRules(): Promise<readonly string[]> {
  return (await import('./rule-help.js')).ruleIds();
}
