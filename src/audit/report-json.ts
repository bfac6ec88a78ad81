import { safeJson } from '../foundation/terminal/terminal-text.js';
import type { AuditReport } from './audit-report.js';

/** A report as the documented JSON, on indented lines with a final line end. */
export function reportJson(report: AuditReport): string {
  return `${safeJson(report, 2)}\n`;
}
