import { checkOptions } from '../../foundation/options.js';
import { quote } from '../../model/index.js';
import {
  type AcceptedFinding,
  type AuditReport,
  FINDING_LEVELS,
  type Finding,
} from '../audit-report.js';
import { FINDING_RULES } from '../finding-rules.js';
import { fingerprintFindings } from '../fingerprint.js';
import { expiredException, type RuleText, unusedException } from './acceptance-rules.js';
import type { Exception } from './exceptions-file.js';

/** The time and the rules that exceptions are held against. */
export interface ApplyExceptionsOptions {
  /** Milliseconds since 1970. Default: now. */
  readonly now?: number | undefined;
  /**
   * The IDs of the rules of the audit. Exceptions for other rules are left alone. Default: those of
   * `FINDING_RULES`.
   */
  readonly rules?: readonly string[] | undefined;
}

/**
 * Moves the findings that exceptions accept from `findings` to `accepted`, and adds a finding for
 * each exception that has ended or accepts nothing. An exception that has ended accepts nothing.
 *
 * Pure. An audit of one project says nothing about unused exceptions for other or all projects.
 *
 * @throws TypeError if an option is unknown
 * @example
 * const exceptions = await loadExceptions('audit-exceptions.yaml');
 * applyExceptions(auditSnapshot(snapshot), exceptions).findings;
 */
export function applyExceptions<Report extends AuditReport>(
  report: Report,
  exceptions: readonly Exception[],
  options: ApplyExceptionsOptions = {},
): Report & { readonly accepted: readonly AcceptedFinding[] } {
  checkOptions<ApplyExceptionsOptions>(options, { now: true, rules: true });
  const today = new Date(options.now ?? Date.now()).toISOString().slice(0, 'YYYY-MM-DD'.length);
  const rules = new Set(options.rules ?? FINDING_RULES.map(({ id }) => id));
  const own = exceptions.filter(({ rule }) => rules.has(rule));
  const hasEnded = ({ until }: Exception): boolean => until !== null && until < today;
  const valid = groupByRule(own.filter((one) => !hasEnded(one)));
  const fingerprints = fingerprintFindings(report.findings);
  const used = new Set<Exception>();
  const kept: Finding[] = [];
  const accepted: AcceptedFinding[] = [];
  for (const [index, finding] of report.findings.entries()) {
    const fingerprint = fingerprints[index] ?? '';
    const matching = (valid.get(finding.rule) ?? []).filter((one) =>
      one.matches(finding, fingerprint),
    );
    for (const one of matching) used.add(one);
    const [first] = matching;
    if (first === undefined) kept.push(finding);
    else accepted.push({ ...finding, reason: first.reason, until: first.until });
  }
  const isUnused = (one: Exception): boolean =>
    !used.has(one) && (report.project === null || one.project === report.project);
  const about = own.flatMap((one) => {
    if (hasEnded(one)) return [findingOf(expiredException, one, `ended on ${one.until}`)];
    return isUnused(one) ? [findingOf(unusedException, one, 'accepts no finding')] : [];
  });
  const findings = FINDING_LEVELS.flatMap((level) =>
    [...kept, ...about].filter((finding) => finding.level === level),
  );
  return {
    ...report,
    summary: { ...report.summary, findings: findings.length },
    findings,
    accepted,
  };
}

function groupByRule(exceptions: readonly Exception[]): ReadonlyMap<string, readonly Exception[]> {
  const groups = new Map<string, Exception[]>();
  for (const one of exceptions) {
    const same = groups.get(one.rule);
    if (same === undefined) groups.set(one.rule, [one]);
    else same.push(one);
  }
  return groups;
}

function findingOf({ id, level }: RuleText, { title }: Exception, what: string): Finding {
  return { rule: id, level, message: `the exception ${quote(title)} ${what}`, object: title };
}
