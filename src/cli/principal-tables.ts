import { getOrAdd } from '../foundation/get-or-add.js';
import { shorten } from '../foundation/long-list.js';
import { foldNames } from '../foundation/names.js';
import { renderRecords } from '../foundation/terminal/render-records.js';
import type { TableCell } from '../foundation/terminal/render-table.js';
import type { TextLayout } from '../foundation/terminal/text-style.js';
import type { Vocabulary } from '../model/index.js';
import { formatPrincipal, remainder } from './access-text.js';
import type { ListedPrincipal, ListedRights } from './list-principals.js';

/**
 * Roles, groups and namespaces as a table, and what each allows as a second one where that is
 * known. Lines without line ends.
 */
export function principalTables(
  principals: readonly ListedPrincipal[],
  vocabulary: Vocabulary,
  layout: TextLayout,
): readonly string[] {
  if (principals.length === 0) return ['no policy names a role, a group or a namespace'];
  const { shown } = shorten(principals, layout);
  const rows = shown.map((one): TableCell[] => [
    formatPrincipal(one),
    flowOf(new Set(one.permissions.map(({ name }) => name)), layout),
  ]);
  const rest = remainder(shown.length, principals.length, null, 'principal');
  const lines = [...renderRecords(['WHO', 'PERMISSIONS'], rows, layout), ...rest];
  if (shown.every(({ resources }) => resources === undefined)) return lines;
  const rights = shown.flatMap((one) => rightsOf(one, vocabulary, layout));
  const titles = ['WHO', 'TYPE', 'ACTIONS', 'RESOURCES'];
  return [...lines, '', ...renderRecords(titles, rights, layout, 2), ...rest];
}

/** A row for each type and set of actions. */
function rightsOf(
  principal: ListedPrincipal,
  { actionAliases }: Vocabulary,
  layout: TextLayout,
): readonly TableCell[][] {
  const who = formatPrincipal(principal);
  const { resources = [] } = principal;
  if (resources.length === 0) return [[who, '-', '-', '-']];
  const groups = new Map<string, ListedRights[]>();
  for (const one of resources) {
    getOrAdd(groups, JSON.stringify([one.type, one.actions]), (): ListedRights[] => []).push(one);
  }
  const hasManyProjects = new Set(resources.map(({ project }) => project)).size > 1;
  return Array.from(groups.values(), (group): TableCell[] => {
    const [{ type, actions } = { type: '', actions: [] }] = group;
    const names = group.map(({ project, name }) =>
      hasManyProjects && project !== null ? `${project}/${name}` : name,
    );
    return [who, type, { flow: foldNames(actions, actionAliases) }, flowOf(names, layout)];
  });
}

function flowOf(names: Iterable<string>, layout: TextLayout): TableCell {
  const { shown, more } = shorten([...names], layout);
  return { flow: shown, more };
}
