export type { PermissionReference, ResourceReference } from '../analysis/index.js';
export type { ReportLayout } from '../foundation/terminal/text-style.js';
export type { AuditOptions } from './audit-facts.js';
export {
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
export { reportJson } from './report-json.js';
export { type ReportTextOptions, reportText } from './report-text.js';
