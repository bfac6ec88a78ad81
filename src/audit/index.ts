export type { PermissionReference, ResourceReference } from '../analysis/index.js';
export type { ReportLayout } from '../foundation/terminal/text-style.js';
export {
  EXCEPTION_RULES,
  type RuleText,
} from './acceptance/acceptance-rules.js';
export { type ApplyExceptionsOptions, applyExceptions } from './acceptance/apply-exceptions.js';
export {
  applyBaseline,
  type Baseline,
  loadBaseline,
  parseBaseline,
} from './acceptance/baseline.js';
export {
  type Exception,
  type ExceptionsOptions,
  loadExceptions,
  parseExceptions,
} from './acceptance/exceptions-file.js';
export type { AuditOptions } from './audit-facts.js';
export {
  type AcceptedFinding,
  type AuditReport,
  FINDING_LEVELS,
  type Finding,
  type FindingLevel,
  type PermissionMatches,
  type UncoveredActions,
} from './audit-report.js';
export { auditSnapshot } from './audit-snapshot.js';
export {
  createFeastReading,
  FEAST_READING_VERSIONS,
  type FeastAnswer,
  type FeastReading,
} from './feast-reading.js';
export type { FindingRule } from './finding-rule.js';
export { FINDING_RULES } from './finding-rules.js';
export { fingerprintFindings } from './fingerprint.js';
export { githubReport, gitlabReport } from './reporters/annotations.js';
export { baselineReport } from './reporters/baseline-report.js';
export { htmlReport } from './reporters/html/html-report.js';
export type { PageContext } from './reporters/html/page-data.js';
export { jsonReport, reportJson } from './reporters/json-report.js';
export { junitReport } from './reporters/junit-report.js';
export { markdownReport } from './reporters/markdown-report.js';
export type {
  ReportContext,
  Reporter,
  ReportRule,
  SourceLocation,
} from './reporters/report-context.js';
export { sarifReport } from './reporters/sarif-report.js';
export { type ReportTextOptions, reportText } from './reporters/text-report.js';
