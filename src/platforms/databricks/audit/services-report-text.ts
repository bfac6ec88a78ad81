import { EXCEPTION_RULES } from '../../../audit/index.js';
import { acceptanceLines, findingLines, levelsLine } from '../../../audit/reporters/text-report.js';
import { count } from '../../../foundation/names.js';
import { checkOptions } from '../../../foundation/options.js';
import { neutralize } from '../../../foundation/terminal/terminal-text.js';
import {
  layoutOf,
  REPORT_LAYOUT,
  type ReportLayout,
} from '../../../foundation/terminal/text-style.js';
import type { ServicesReport } from './audit-services.js';
import { SERVICES_RULE_TEXTS } from './services-rules.js';

/**
 * A report of services for people: the files, the findings by rule with what to do about them, and
 * a summary at the end.
 *
 * Shape: lines with a final line end. Names from files are made harmless.
 *
 * @throws TypeError if an option is unknown
 */
export function servicesReportText(report: ServicesReport, options: ReportLayout = {}): string {
  checkOptions<ReportLayout>(options, REPORT_LAYOUT);
  const layout = layoutOf(options);
  const { findings, summary, files } = report;
  return [
    `${layout.style('bold', 'Audit of services')} in ${count(files.length, 'file')}`,
    ...files.map(({ name, kind }) => `  ${neutralize(name)}: ${kind}`),
    '',
    ...findingLines(findings, [...SERVICES_RULE_TEXTS, ...EXCEPTION_RULES], layout),
    `${count(summary.resources, 'object')}, ${count(summary.permissions, 'permission')}`,
    levelsLine(findings, layout),
    ...acceptanceLines(report),
    '',
  ].join('\n');
}
