import type { AccessChange, AccessDiff, NameChange, UndecidedNames } from '../analysis/index.js';
import { shorten } from '../foundation/long-list.js';
import { count, foldNames } from '../foundation/names.js';
import { renderRecords } from '../foundation/terminal/render-records.js';
import type { TableCell } from '../foundation/terminal/render-table.js';
import { neutralize } from '../foundation/terminal/terminal-text.js';
import type { TextLayout } from '../foundation/terminal/text-style.js';
import { formatResource, type Vocabulary } from '../model/index.js';
import { formatCombination, remainder } from './access-text.js';

/** A difference for people: what was gained comes first. Lines without line ends. */
export function diffText(
  { gained, lost, names, complete, widened }: AccessDiff,
  sources: { readonly old: string; readonly new: string },
  vocabulary: Vocabulary,
  layout: TextLayout,
): readonly string[] {
  const from = neutralize(`from ${sources.old} to ${sources.new}`);
  const isSame =
    !widened && lost.length + (names?.lost.length ?? 0) + (names?.undecided.length ?? 0) === 0;
  if (isSame) return [layout.style('green', `nothing was gained or lost ${from}`)];
  return [
    layout.style(widened ? 'red' : 'green', `${widened ? 'widened' : 'not widened'} ${from}`),
    ...changeTable('Gained', gained, vocabulary, layout),
    ...changeTable('Lost', lost, vocabulary, layout),
    ...nameTable(
      'Gained on names that are not registered',
      names?.gained ?? [],
      vocabulary,
      layout,
    ),
    ...nameTable('Lost on names that are not registered', names?.lost ?? [], vocabulary, layout),
    ...undecidedTable(names?.undecided ?? [], vocabulary, layout),
    ...(complete
      ? []
      : ['', layout.style('yellow', 'cut: more may have been gained or lost than was found')]),
  ];
}

function changeTable(
  title: string,
  changes: readonly AccessChange[],
  { actionAliases }: Vocabulary,
  layout: TextLayout,
): readonly string[] {
  return table(title, ['RESOURCE', 'WHO', 'ACTIONS'], changes, layout, (change) => [
    resourceCell(change),
    formatCombination(change),
    { flow: foldNames(change.actions, actionAliases) },
  ]);
}

function resourceCell({ resource, registered }: AccessChange): string {
  const { project, type, name } = resource;
  const text = formatResource({ type, name, project: project ?? undefined });
  return registered === 'both' ? text : `${text} (registered in the ${registered} version only)`;
}

function nameTable(
  title: string,
  changes: readonly NameChange[],
  { actionAliases, typeAliases }: Vocabulary,
  layout: TextLayout,
): readonly string[] {
  return table(title, ['EXAMPLE', 'TYPES', 'WHO', 'ACTIONS'], changes, layout, (change) => [
    JSON.stringify(change.name),
    { flow: foldNames(change.types, typeAliases) },
    formatCombination(change),
    { flow: foldNames(change.actions, actionAliases) },
  ]);
}

function undecidedTable(
  questions: readonly UndecidedNames[],
  { actionAliases, typeAliases }: Vocabulary,
  layout: TextLayout,
): readonly string[] {
  const titles = ['TYPES', 'ACTIONS', 'WHY'];
  return table('Undecided on names that are not registered', titles, questions, layout, (one) => [
    { flow: foldNames(one.types, typeAliases) },
    { flow: foldNames(one.actions, actionAliases) },
    one.reason,
  ]);
}

function table<T>(
  title: string,
  titles: readonly string[],
  items: readonly T[],
  layout: TextLayout,
  row: (item: T) => readonly TableCell[],
): readonly string[] {
  if (items.length === 0) return [];
  const { shown } = shorten(items, layout);
  return [
    '',
    `${title} (${count(items.length, 'line')}):`,
    ...renderRecords(titles, shown.map(row), layout),
    ...remainder(shown.length, items.length, null, 'line'),
  ];
}
