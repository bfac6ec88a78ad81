import { andMore, formatCount, shorten } from '../../foundation/long-list.js';
import { count } from '../../foundation/names.js';
import { neutralize, truncate } from '../../foundation/terminal/terminal-text.js';
import { type AuditReport, FINDING_LEVELS, type Finding } from '../audit-report.js';
import {
  checkContext,
  countLevels,
  type ReportContext,
  type ReportRule,
  ruleFinder,
} from './report-context.js';

/** Longest report: a comment of GitHub has at most 65,536 characters. */
const MAX_LENGTH = 60_000;
const MAX_MESSAGE = 400;

/**
 * A report as Markdown for a pull request: the numbers, then the findings by rule with what to do.
 * A rule shows its first 20 findings. A report that is too long for a comment of GitHub names the
 * last rules with their numbers only.
 *
 * Names from a registry are text: they make no markup, link or mention.
 *
 * @returns pieces of text with a final line end
 * @throws TypeError if a member of the context is unknown
 */
export function markdownReport(report: AuditReport, context: ReportContext): Iterable<string> {
  checkContext(context);
  const head = headOf(report, context);
  const find = ruleFinder(context);
  const groups = Array.from(groupByRule(report.findings), (findings) => {
    const rule = find(findings[0]?.rule ?? '');
    return { rule, findings, title: titleOf(rule, findings) };
  });
  const titles = groups.reduce((sum, { title }) => sum + title.length, head.length);
  let room = MAX_LENGTH - titles;
  const sections = groups.map(({ rule, findings, title }) => {
    const section = title + bodyOf(rule, findings);
    const added = section.length - title.length;
    if (added > room) return title;
    room -= added;
    return section;
  });
  return [head, ...sections];
}

function headOf(report: AuditReport, { source }: ReportContext): string {
  const { findings, summary, accepted, known } = report;
  const { resources, secured, unsecured, permissions } = summary;
  const levels = countLevels(findings);
  const found = FINDING_LEVELS.flatMap((level) =>
    levels[level] === 0 ? [] : count(levels[level], level),
  );
  const line = `${count(resources, 'resource')}: ${formatCount(secured)} secured, ${formatCount(unsecured)} unsecured. ${count(permissions, 'permission')}.`;
  const more = [
    ...(accepted === undefined ? [] : [`${count(accepted.length, 'accepted finding')}.`]),
    ...(known === undefined ? [] : [`${count(known, 'known finding')}.`]),
  ];
  return [
    `## Audit of ${codeSpan(source)}`,
    '',
    `**${found.length === 0 ? 'No findings' : found.join(', ')}.** ${[line, ...more].join(' ')}`,
    '',
  ].join('\n');
}

function groupByRule(findings: readonly Finding[]): Iterable<readonly Finding[]> {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${finding.level} ${finding.rule}`;
    const same = groups.get(key);
    if (same === undefined) groups.set(key, [finding]);
    else same.push(finding);
  }
  return groups.values();
}

function titleOf({ id, title }: ReportRule, findings: readonly Finding[]): string {
  const level = findings[0]?.level ?? 'note';
  return `\n### ${level} ${codeSpan(id)}: ${formatMessage(title)} (${formatCount(findings.length)})\n`;
}

function bodyOf(rule: ReportRule, findings: readonly Finding[]): string {
  const { shown, more } = shorten(findings, {});
  return [
    '',
    ...shown.map(({ message }) => `- ${formatMessage(message)}`),
    ...(more > 0 ? [`- ${andMore(more)}`] : []),
    ...(rule.advice === '' ? [] : ['', `> ${formatMessage(rule.advice)}`]),
    '',
  ].join('\n');
}

/** A message whose names in backticks are code, and whose other text is no markup. */
function formatMessage(message: string): string {
  const parts = truncate(neutralize(message), MAX_MESSAGE).split('`');
  return parts
    .map((part, index) => {
      if (index % 2 === 0) return escapeText(part);
      return index === parts.length - 1 ? escapeText(`\`${part}`) : codeSpan(part);
    })
    .join('');
}

/** Text as code, in which nothing is markup. */
function codeSpan(text: string): string {
  const shown = neutralize(text);
  if (shown.trim() === '') return '` `';
  const runs = shown.match(/`+/g) ?? [];
  const fence = '`'.repeat(Math.max(0, ...runs.map(({ length }) => length)) + 1);
  const pad = shown.startsWith('`') || shown.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** Text without markup. A zero-width space keeps `@name` from being a mention. */
function escapeText(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~!&]/g, '\\$&').replaceAll('@', '@\u200b');
}
