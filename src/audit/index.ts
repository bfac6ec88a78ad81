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
export { foldNames } from './describe.js';
export type { FeastAnswer, FeastReading } from './feast-reading.js';
export { createFeastReading } from './feast-reading.js';
export type { FindingRule } from './finding-rule.js';
export { FINDING_RULES } from './finding-rules.js';
export type { TableCell, TextLayout } from './render-table.js';
export { renderTable } from './render-table.js';
export { reportJson } from './report-json.js';
export { reportText } from './report-text.js';
export {
  displayWidth,
  neutralize,
  padEnd,
  safeJson,
  truncate,
  wrapWords,
} from './terminal-text.js';
export type { TextStyle } from './text-style.js';
export { ansiStyle, plainStyle } from './text-style.js';
