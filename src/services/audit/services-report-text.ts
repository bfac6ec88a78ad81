import { count } from '../../audit/describe.js';
import {
  FINDING_LEVELS,
  neutralize,
  renderTable,
  type TextLayout,
  wrapWords,
} from '../../audit/index.js';
import type { ServicesReport } from './audit-services.js';
import { SERVICES_RULE_TEXTS } from './services-rules.js';

/** Longest line of a message, where no terminal is narrower. */
const LINE = 100;

/**
 * A report of services for people: the findings, what to do about them, and a summary at the end.
 *
 * Shape: lines with a final line end. Names from files are made harmless.
 */
export function servicesReportText(report: ServicesReport, layout: TextLayout): string {
  const { style } = layout;
  const { findings, summary, files } = report;
  const found = new Set(findings.map(({ rule }) => rule));
  const rules = SERVICES_RULE_TEXTS.filter(({ id }) => found.has(id));
  const counts = FINDING_LEVELS.flatMap((level) => {
    const number = findings.filter((finding) => finding.level === level).length;
    return number > 0 ? [count(number, level)] : [];
  });
  return [
    `${style('bold', 'Audit of services')} in ${count(files.length, 'file')}`,
    ...files.map(({ name, kind }) => `  ${neutralize(name)}: ${kind}`),
    '',
    ...section(
      ['LEVEL', 'RULE', 'FINDING'],
      findings.map(({ level, rule, message }) => [level, rule, message]),
      layout,
    ),
    ...section(
      ['RULE', 'WHAT IT MEANS AND WHAT TO DO'],
      rules.map(({ id, title, advice }) => [id, `${title}. ${advice}`]),
      layout,
    ),
    `${count(summary.resources, 'object')}, ${count(summary.permissions, 'permission')}`,
    counts.length === 0 ? style('green', 'no findings') : counts.join(', '),
    '',
  ].join('\n');
}

function section(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  layout: TextLayout,
): readonly string[] {
  if (rows.length === 0) return [];
  // Lines of a cell: a single text of one is cut where it is long.
  const cells = rows.map((row) => row.map((text) => wrapWords(neutralize(text), LINE)));
  return [...renderTable(titles, cells, layout), ''];
}
