import { formatCount } from '../../foundation/long-list.js';
import { neutralize } from '../../foundation/terminal/terminal-text.js';
import { type AuditReport, FINDING_LEVELS, type FindingLevel } from '../audit-report.js';
import { fingerprintFindings } from '../fingerprint.js';
import { inPieces, jsonLines, jsonString } from './pieces.js';
import { checkContext, type ReportContext, ruleFinder } from './report-context.js';

/** Annotations of one level that GitHub shows of a step. */
const MAX_ANNOTATIONS = 10;
const COMMANDS: Readonly<Record<FindingLevel, string>> = {
  error: 'error',
  warning: 'warning',
  note: 'notice',
};
const SEVERITIES: Readonly<Record<FindingLevel, string>> = {
  error: 'critical',
  warning: 'major',
  note: 'info',
};

/**
 * A report as workflow commands of GitHub, which become annotations of a pull request: the first
 * ten of each level, which is what GitHub shows, and a line with the number of all others.
 *
 * @returns pieces of text with a final line end; nothing without findings
 * @throws TypeError if a member of the context is unknown
 * @source GitHub, "Workflow commands for GitHub Actions"
 */
export function githubReport(report: AuditReport, context: ReportContext): Iterable<string> {
  checkContext(context);
  return inPieces(commandsOf(report, context));
}

function* commandsOf({ findings }: AuditReport, context: ReportContext): Generator<string> {
  const find = ruleFinder(context);
  let left = findings.length;
  for (const level of FINDING_LEVELS) {
    const shown = findings.filter((one) => one.level === level).slice(0, MAX_ANNOTATIONS);
    left -= shown.length;
    for (const finding of shown) {
      const { path, line } = context.locate(finding);
      const { advice } = find(finding.rule);
      const place = `file=${property(path)},line=${line},title=${property(finding.rule)}`;
      const text = advice === '' ? finding.message : `${finding.message}\n${advice}`;
      yield `::${COMMANDS[level]} ${place}::${data(text)}\n`;
    }
  }
  if (left > 0) yield `${formatCount(left)} more findings are not annotated\n`;
}

/** The value of a command. Its escapes are the only ones that a runner reads back. */
function data(text: string): string {
  const lines = text.split('\n').map(neutralize);
  return lines.join('\n').replaceAll('%', '%25').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/**
 * A report as a Code Quality report of GitLab.
 *
 * @returns pieces of JSON text with a final line end
 * @throws TypeError if a member of the context is unknown
 * @source GitLab, "Code Quality", "Code Quality report format"
 */
export function gitlabReport(report: AuditReport, context: ReportContext): Iterable<string> {
  checkContext(context);
  return inPieces(violations(report, context));
}

function* violations(report: AuditReport, context: ReportContext): Generator<string> {
  yield* jsonLines(itemsOf(report, context), '');
  yield '\n';
}

function* itemsOf({ findings }: AuditReport, { locate }: ReportContext): Generator<string> {
  const fingerprints = fingerprintFindings(findings);
  for (const [index, finding] of findings.entries()) {
    const { path, line } = locate(finding);
    const place = `"location":{"path":${jsonString(path)},"lines":{"begin":${line}}}`;
    yield `{"description":${jsonString(finding.message)},"check_name":${jsonString(finding.rule)},"fingerprint":"${fingerprints[index]}","severity":"${SEVERITIES[finding.level]}",${place}}`;
  }
}
