import { neutralize } from '../../foundation/terminal/terminal-text.js';
import type { AuditReport, Finding } from '../audit-report.js';
import { inPieces } from './pieces.js';
import {
  checkContext,
  describeAbout,
  type ReportContext,
  type ReportRule,
  ruleFinder,
} from './report-context.js';

/**
 * A report as JUnit XML: a suite for each rule, with a case for each finding, or one passing case.
 *
 * A finding that fails the audit is a `<failure>`. Any other one is a passing case with its message
 * in `<system-out>`.
 *
 * @returns pieces of XML text with a final line end
 * @throws TypeError if a member of the context is unknown
 */
export function junitReport(report: AuditReport, context: ReportContext): Iterable<string> {
  checkContext(context);
  return inPieces(linesOf(report, context));
}

function* linesOf(report: AuditReport, context: ReportContext): Generator<string> {
  const suites = suitesOf(report.findings, context);
  const failures = report.findings.filter(context.fails).length;
  const tests = suites.reduce((sum, { findings }) => sum + Math.max(1, findings.length), 0);
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield `<testsuites name=${attribute(`Audit of ${context.source}`)} ${counts(tests, failures)}>\n`;
  for (const { rule, findings } of suites) {
    const failed = findings.filter(context.fails).length;
    const numbers = counts(Math.max(1, findings.length), failed);
    yield `  <testsuite name=${attribute(rule.id)} ${numbers}>\n`;
    if (findings.length === 0) yield `    <testcase ${identify(rule.id, rule.title)}/>\n`;
    for (const finding of findings) yield caseOf(finding, rule, context.fails(finding));
    yield '  </testsuite>\n';
  }
  yield '</testsuites>\n';
}

interface Suite {
  readonly rule: ReportRule;
  readonly findings: Finding[];
}

function suitesOf(findings: readonly Finding[], context: ReportContext): readonly Suite[] {
  const find = ruleFinder(context);
  const suites = new Map<string, Suite>(
    context.rules.map((rule) => [rule.id, { rule, findings: [] }]),
  );
  for (const finding of findings) {
    let suite = suites.get(finding.rule);
    if (suite === undefined) {
      suite = { rule: find(finding.rule), findings: [] };
      suites.set(finding.rule, suite);
    }
    suite.findings.push(finding);
  }
  return [...suites.values()];
}

function counts(tests: number, failures: number): string {
  return `tests="${tests}" failures="${failures}" errors="0" skipped="0" time="0"`;
}

function identify(rule: string, name: string): string {
  return `classname=${attribute(`feast-permissions.${rule}`)} name=${attribute(name)} time="0"`;
}

function caseOf(finding: Finding, { advice }: ReportRule, fails: boolean): string {
  const { rule, level, message } = finding;
  const start = `    <testcase ${identify(rule, describeAbout(finding) || message)}>`;
  const text = escapeXml(advice === '' ? message : `${message}. ${advice}.`);
  const content = fails
    ? `<failure type=${attribute(level)} message=${attribute(message)}>${text}</failure>`
    : `<system-out>${escapeXml(level)}: ${text}</system-out>`;
  return `${start}${content}</testcase>\n`;
}

function attribute(text: string): string {
  return `"${escapeXml(text)}"`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/**
 * Text for content and attributes. Characters that XML 1.0 lacks, and others that are not shown,
 * are written as `\u0000`.
 */
function escapeXml(text: string): string {
  return neutralize(text).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}
