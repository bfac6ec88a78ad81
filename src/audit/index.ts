export type { ReportLayout } from '../foundation/terminal/text-style.js';
export type { AuditOptions } from './audit-facts.js';
export type {
  AuditReport,
  Finding,
  FindingLevel,
  PermissionMatches,
  PermissionReference,
  ResourceReference,
  UncoveredActions,
} from './audit-report.js';
export { FINDING_LEVELS } from './audit-report.js';
export { auditSnapshot } from './audit-snapshot.js';
export type { FeastAnswer, FeastReading } from './feast-reading.js';
export { createFeastReading } from './feast-reading.js';
export type { FindingRule } from './finding-rule.js';
export { FINDING_RULES } from './finding-rules.js';
export { reportJson } from './report-json.js';
export { type ReportTextOptions, reportText } from './report-text.js';
