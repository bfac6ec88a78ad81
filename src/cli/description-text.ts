import { shorten } from '../foundation/long-list.js';
import { foldNames } from '../foundation/names.js';
import { renderBlocks, renderRecords } from '../foundation/terminal/render-records.js';
import type { TableCell } from '../foundation/terminal/render-table.js';
import { neutralize, wrapWords } from '../foundation/terminal/terminal-text.js';
import type { TextLayout } from '../foundation/terminal/text-style.js';
import { formatResource, type Vocabulary } from '../model/index.js';
import { formatCombination, RULE_TEXTS, remainder } from './access-text.js';
import type { DescribedName, DescribedResource } from './describe-name.js';
import { permissionDescriptions } from './permission-tables.js';

const INDENT = '  ';

/** What has a name, for people: permissions first. Lines without line ends. */
export function descriptionText(
  { permissions, resources }: DescribedName,
  vocabulary: Vocabulary,
  layout: TextLayout,
): readonly string[] {
  const parts = [
    ...(permissions.length === 0 ? [] : [permissionDescriptions(permissions, vocabulary, layout)]),
    ...resources.map((resource) => resourceLines(resource, vocabulary, layout)),
  ];
  return parts.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
}

function resourceLines(
  resource: DescribedResource,
  { actionAliases }: Vocabulary,
  layout: TextLayout,
): readonly string[] {
  const { project, type, name, tags, note, permissions, access, refused, rule } = resource;
  const title = formatResource({ type, name, project: project ?? undefined });
  const facts: TableCell[] = [
    title,
    Object.entries(tags ?? {}).map(([key, value]) => `${key}: ${value}`),
    { flow: foldNames(refused, actionAliases) },
  ];
  return [
    ...renderBlocks(['', 'tags', 'refused to everyone'], [facts], layout),
    ...(note === null ? [] : sentence(note, layout)),
    ...(permissions.length === 0 ? sentence(RULE_TEXTS[rule] ?? '', layout) : []),
    ...table(
      'Permissions that cover it',
      ['NAME', 'ACTIONS', 'REQUIRES'],
      permissions.map((one) => [
        one.name,
        { flow: foldNames(one.actions, actionAliases) },
        one.requires,
      ]),
      'permission',
      layout,
    ),
    ...table(
      'Who may do what',
      ['WHO', 'ACTIONS'],
      access.map((one) => [
        formatCombination(one),
        { flow: foldNames(one.actions, actionAliases) },
      ]),
      'line',
      layout,
    ),
  ];
}

function table(
  title: string,
  titles: readonly string[],
  rows: readonly (readonly TableCell[])[],
  what: string,
  layout: TextLayout,
): readonly string[] {
  if (rows.length === 0) return [];
  const { shown } = shorten(rows, layout);
  const lines = [
    ...renderRecords(titles, shown, narrower(layout)),
    ...remainder(shown.length, rows.length, null, what),
  ];
  return ['', `${INDENT}${title}:`, ...lines.map((line) => (line === '' ? '' : INDENT + line))];
}

function sentence(text: string, { width }: TextLayout): readonly string[] {
  if (text === '') return [];
  const room = width === undefined ? Number.POSITIVE_INFINITY : width - INDENT.length;
  return wrapWords(neutralize(text), room).map((line) => INDENT + line);
}

function narrower({ width, ...layout }: TextLayout): TextLayout {
  return { ...layout, width: width === undefined ? undefined : width - INDENT.length };
}
