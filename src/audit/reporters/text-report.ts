import type { ResourceReference } from '../../analysis/index.js';
import { andMore, formatCount, shorten, summarizeTypes } from '../../foundation/long-list.js';
import { count, foldNames } from '../../foundation/names.js';
import { checkOptions } from '../../foundation/options.js';
import { renderRecords } from '../../foundation/terminal/render-records.js';
import type { TableCell } from '../../foundation/terminal/render-table.js';
import { neutralize, wrapWords } from '../../foundation/terminal/terminal-text.js';
import {
  layoutOf,
  REPORT_LAYOUT,
  type ReportLayout,
  type StyleName,
  type TextLayout,
} from '../../foundation/terminal/text-style.js';
import type { Vocabulary } from '../../model/index.js';
import { EXCEPTION_RULES } from '../acceptance/acceptance-rules.js';
import type { AuditReport, Finding, FindingLevel } from '../audit-report.js';
import { FINDING_LEVELS } from '../audit-report.js';
import { type ActionGroup, groupByActions } from '../describe.js';
import type { FindingRule } from '../finding-rule.js';
import { FINDING_RULES } from '../finding-rules.js';

/** What a report names, and how it is laid out for people. */
export interface ReportTextOptions extends ReportLayout {
  /** The vocabulary of the audited store. */
  readonly vocabulary: Vocabulary;
  /** What was audited, for the first line. */
  readonly source: string;
}

const LEVEL_STYLES: Readonly<Record<FindingLevel, StyleName>> = {
  error: 'red',
  warning: 'yellow',
  note: 'dim',
};
const AUDIT = 'Audit';
const INDENT = '  ';
const MIN_ROOM = 30;
/**
 * Columns of a table whose names are shortened, where no terminal says its width: twenty long names
 * are one row.
 */
const SHORTENED_WIDTH = 120;

/**
 * A report for people: findings by rule, the worst first, with the resources they are about and
 * what to do, and a summary at the end, where a terminal shows it. Of a long list it has the number
 * by type and the first 20 items, unless `all` is set.
 *
 * Shape: lines with a final line end. Names from a registry are made harmless.
 */
export function reportText(report: AuditReport, options: ReportTextOptions): string {
  checkOptions<ReportTextOptions>(options, { ...REPORT_LAYOUT, vocabulary: true, source: true });
  const layout = layoutOf(options);
  const { source, vocabulary } = options;
  const scope = report.project === null ? 'all projects' : `project ${neutralize(report.project)}`;
  // These two can be about every resource of a registry: a table by type says more in less space.
  const tableOf = (rule: string, findings: readonly Finding[]): readonly string[] | undefined => {
    if (rule === 'unsecured-resource') return unsecuredTable(findings, layout);
    return rule === 'uncovered-actions' ? uncoveredTable(report, vocabulary, layout) : undefined;
  };
  const [first = '', ...rest] = wrapWords(
    `${AUDIT} of ${neutralize(source)}, ${scope}`,
    layout.width ?? Number.POSITIVE_INFINITY,
  );
  return [
    layout.style('bold', AUDIT) + first.slice(AUDIT.length),
    ...rest,
    '',
    ...findingLines(report.findings, [...FINDING_RULES, ...EXCEPTION_RULES], layout, tableOf),
    ...summaryLines(report, layout),
    levelsLine(report.findings, layout),
    ...acceptanceLines(report),
    '',
  ].join('\n');
}

/**
 * Findings for people, by rule and level, in the order in which the first one of each comes.
 *
 * Shape: lines, an empty one after each rule. Names in messages are made harmless.
 *
 * @param rules what findings are of. One of another rule stands there without a title and advice
 * @param tableOf what stands in place of the messages of a rule
 */
export function findingLines(
  findings: readonly Finding[],
  rules: readonly Omit<FindingRule, 'check'>[],
  layout: TextLayout,
  tableOf?: (rule: string, findings: readonly Finding[]) => readonly string[] | undefined,
): readonly string[] {
  const sections = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of findings) {
    const key = `${finding.level} ${finding.rule}`;
    const same = sections.get(key);
    if (same === undefined) sections.set(key, [finding]);
    else same.push(finding);
  }
  const known = new Map(rules.map((rule) => [rule.id, rule]));
  return Array.from(sections.values(), (all) => {
    const id = all[0].rule;
    const { title, advice } = known.get(id) ?? { title: '', advice: '' };
    return [
      ...heading(all[0].level, neutralize(id), title, layout),
      ...(tableOf?.(id, all)?.map((line) => (line === '' ? '' : INDENT + line)) ??
        messageLines(all, layout)),
      ...(advice === ''
        ? []
        : bullet(advice, '> ', layout).map((line) => layout.style('dim', line))),
      '',
    ];
  }).flat();
}

function heading(
  level: FindingLevel,
  id: string,
  title: string,
  { style, width }: TextLayout,
): readonly string[] {
  const start = `${level} ${id}${title === '' ? '' : ':'}`;
  const [first = '', ...rest] = wrapWords(`${start} ${title}`.trimEnd(), roomFor(width));
  const styled = `${style(LEVEL_STYLES[level], level)} ${style('bold', start.slice(level.length + 1))}`;
  return [first.replace(start, () => styled), ...rest.map((line) => INDENT + line)];
}

function messageLines(findings: readonly Finding[], layout: TextLayout): readonly string[] {
  const { shown, more } = shorten(findings, layout);
  return [
    ...(more > 0 ? bullet(`${count(findings.length, 'finding')}:`, '', layout) : []),
    ...shown.flatMap(({ message }) => bullet(neutralize(message), '- ', layout)),
    ...(more > 0 ? bullet(`${andMore(more)}; \`--all\` shows them`, '', layout) : []),
  ];
}

function unsecuredTable(findings: readonly Finding[], layout: TextLayout): readonly string[] {
  const resources = findings.flatMap(({ resource }) => resource ?? []);
  return resourceTable(
    groupByActions(resources.map((resource) => ({ ...resource, actions: [] }))),
    ['TYPE', 'RESOURCES'],
    ({ type, names }) => [type, flowOf(names, layout)],
    layout,
  );
}

function uncoveredTable(
  report: AuditReport,
  vocabulary: Vocabulary,
  layout: TextLayout,
): readonly string[] {
  const unsecured = new Set(report.unsecured.map(resourceKey));
  const { actionAliases } = vocabulary;
  return resourceTable(
    groupByActions(report.uncoveredActions.filter((one) => !unsecured.has(resourceKey(one)))),
    ['TYPE', 'ACTIONS', 'RESOURCES'],
    ({ type, actions, names }) => [
      type,
      { flow: foldNames(actions, actionAliases) },
      flowOf(names, layout),
    ],
    layout,
  );
}

function resourceKey({ project, type, name }: ResourceReference): string {
  return JSON.stringify([project, type, name]);
}

function flowOf(names: readonly string[], layout: TextLayout): TableCell {
  const { shown, more } = shorten(names, layout);
  return { flow: shown, more };
}

/**
 * A table with a column for the project, where there are several. Where names are left out of it,
 * the numbers by type stand before it.
 */
function resourceTable(
  groups: readonly ActionGroup[],
  titles: readonly string[],
  cellsOf: (group: ActionGroup) => readonly TableCell[],
  layout: TextLayout,
): readonly string[] {
  const { style, width } = layout;
  const many = new Set(groups.map(({ project }) => project)).size > 1;
  const isLong = groups.some(({ names }) => shorten(names, layout).more > 0);
  const columns = width ?? (isLong ? SHORTENED_WIDTH : undefined);
  const table = renderRecords(
    many ? ['PROJECT', ...titles] : titles,
    groups.map((group) => [...(many ? [group.project ?? '-'] : []), ...cellsOf(group)]),
    { style, width: columns === undefined ? undefined : columns - INDENT.length },
    many ? 2 : 1,
  );
  if (!isLong) return table;
  const types = groups.flatMap(({ type, names }) => names.map(() => type));
  const summary = wrapWords(summarizeTypes(types, 'resource'), roomFor(width));
  return [...summary, ...table, '`--all` shows all names'];
}

function bullet(text: string, mark: string, { width }: TextLayout): readonly string[] {
  const lines = wrapWords(text, roomFor(width));
  return lines.map((line, at) => `${INDENT}${at === 0 ? mark : ' '.repeat(mark.length)}${line}`);
}

/** Columns for a line of text, with its indentation taken off. */
function roomFor(width: number | undefined): number {
  return width === undefined ? Number.POSITIVE_INFINITY : Math.max(MIN_ROOM, width - 4);
}

function summaryLines({ summary }: AuditReport, { width }: TextLayout): readonly string[] {
  const { resources, secured, partiallySecured, unsecured, permissions } = summary;
  const partly =
    partiallySecured > 0 ? ` (${formatCount(partiallySecured)} not for all actions)` : '';
  const line = `${count(resources, 'resource')}: ${formatCount(secured)} secured${partly}, ${formatCount(unsecured)} unsecured`;
  return [...wrapWords(line, width ?? Number.POSITIVE_INFINITY), count(permissions, 'permission')];
}

/** What exceptions accept and what the baseline holds, where there are such. */
export function acceptanceLines({ accepted, known }: AuditReport): readonly string[] {
  return [
    ...(accepted === undefined ? [] : [count(accepted.length, 'accepted finding')]),
    ...(known === undefined ? [] : [`${count(known, 'finding')} of the baseline`]),
  ];
}

/** How many findings of each level there are: `2 errors, 1 note`. */
export function levelsLine(findings: readonly Finding[], { style }: TextLayout): string {
  const counts = FINDING_LEVELS.flatMap((level) => {
    const number = findings.filter((finding) => finding.level === level).length;
    return number > 0 ? [style(LEVEL_STYLES[level], count(number, level))] : [];
  });
  return counts.length === 0 ? style('green', 'no findings') : counts.join(', ');
}
