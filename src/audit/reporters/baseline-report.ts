import type { AuditReport } from '../audit-report.js';
import { fingerprintFindings } from '../fingerprint.js';
import { inPieces, jsonLines, jsonString } from './pieces.js';
import { describeAbout } from './report-context.js';

/**
 * The findings of a report as a baseline, which `parseBaseline` reads: one on each line, so that a
 * reviewer sees what a change adds.
 *
 * @returns pieces of JSON text with a final line end
 */
export function baselineReport(report: AuditReport): Iterable<string> {
  return inPieces(linesOf(report));
}

function* linesOf({ findings }: AuditReport): Generator<string> {
  yield '{\n  "version": 1,\n  "findings": ';
  yield* jsonLines(itemsOf(findings), '  ');
  yield '\n}\n';
}

function* itemsOf(findings: AuditReport['findings']): Generator<string> {
  const fingerprints = fingerprintFindings(findings);
  for (const [index, finding] of findings.entries()) {
    const about = describeAbout(finding) || finding.message;
    yield `{"fingerprint":"${fingerprints[index]}","rule":${jsonString(finding.rule)},"about":${jsonString(about)}}`;
  }
}
