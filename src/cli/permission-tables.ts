import { formatCount, shorten } from '../foundation/long-list.js';
import { foldNames } from '../foundation/names.js';
import { renderBlocks } from '../foundation/terminal/render-records.js';
import { fitsTable, renderTable, type TableCell } from '../foundation/terminal/render-table.js';
import { wrapWords } from '../foundation/terminal/terminal-text.js';
import type { TextLayout } from '../foundation/terminal/text-style.js';
import { formatResource, type Tags, type Vocabulary } from '../model/index.js';
import type { ListedPermission } from './list-permissions.js';

/** A column of the list. */
interface Column {
  readonly title: string;
  cell(permission: ListedPermission): TableCell;
}

const PROJECT = 'PROJECT';
const NAME = 'NAME';
/** In place of a part of a permission that is not understood. */
const UNKNOWN = 'unknown';
const LEGEND =
  'unknown: not understood, so the permission is excluded. It grants nothing, and secures everything that it could match.';

/**
 * The permissions as a table, and what each covers as a second one where that is known; as one
 * block for each permission on a terminal that is too narrow for them. Lines without line ends.
 */
export function permissionTables(
  permissions: readonly ListedPermission[],
  vocabulary: Vocabulary,
  layout: TextLayout,
): readonly string[] {
  const columns = columnsFor(permissions, vocabulary);
  const titles = columns.map(({ title }) => title);
  const rows = permissions.map((permission) => columns.map(({ cell }) => cell(permission)));
  const resources = resourceTable(permissions, layout);
  const { width = Number.POSITIVE_INFINITY } = layout;
  const fits =
    fitsTable(titles, rows, width) &&
    (resources === undefined || fitsTable(resources.titles, resources.rows, width));
  if (!fits)
    return [...permissionBlocks(columns, permissions, layout), ...legend(permissions, layout)];
  return [
    ...renderTable(titles, rows, layout),
    ...legend(permissions, layout),
    ...(resources === undefined
      ? []
      : ['', ...renderTable(resources.titles, resources.rows, layout)]),
  ];
}

/** A block for each permission, under its name as a resource. Lines without line ends. */
export function permissionDescriptions(
  permissions: readonly ListedPermission[],
  vocabulary: Vocabulary,
  layout: TextLayout,
): readonly string[] {
  const columns = columnsFor(permissions, vocabulary).filter(({ title }) => title !== PROJECT);
  const name = ({ name: text, project }: ListedPermission): string =>
    formatResource({ type: 'Permission', name: text, project: project ?? undefined });
  const [, ...others] = columns;
  return [
    ...permissionBlocks([{ title: NAME, cell: name }, ...others], permissions, layout, 1),
    ...legend(permissions, layout),
  ];
}

/** A block for each permission, with what it covers in it. */
function permissionBlocks(
  columns: readonly Column[],
  permissions: readonly ListedPermission[],
  layout: TextLayout,
  keys = hasManyProjects(permissions) ? 2 : 1,
): readonly string[] {
  const byType = permissions.map(resourcesByType);
  const types = [...new Set(byType.flatMap((one) => [...(one?.keys() ?? [])]))];
  return renderBlocks(
    [...columns.map(({ title }) => title.toLowerCase()), 'covers', ...types],
    permissions.map((permission, index) => {
      const covered = byType[index];
      return [
        ...columns.map(({ cell }) => cell(permission)),
        covered === undefined ? '' : countResources(permission.resources?.length ?? 0),
        ...types.map((type) => flowOf(covered?.get(type) ?? [], layout)),
      ];
    }),
    layout,
    keys,
  );
}

function countResources(number: number): string {
  if (number === 0) return 'no resource';
  return `${formatCount(number)} resource${number === 1 ? '' : 's'}`;
}

function legend(
  permissions: readonly ListedPermission[],
  { width }: TextLayout,
): readonly string[] {
  if (!permissions.some((one) => 'excluded' in one)) return [];
  return ['', ...wrapWords(LEGEND, width ?? Number.POSITIVE_INFINITY)];
}

/** Columns that are empty throughout are left out. */
function columnsFor(
  permissions: readonly ListedPermission[],
  vocabulary: Vocabulary,
): readonly Column[] {
  const { typeAliases, actionAliases } = vocabulary;
  const some = (
    has: (permission: ListedPermission) => boolean,
    column: Column,
  ): readonly Column[] => (permissions.some(has) ? [column] : []);
  return [
    ...(hasManyProjects(permissions) ? [{ title: PROJECT, cell: projectOf }] : []),
    { title: NAME, cell: ({ name }) => name },
    {
      title: 'TYPES',
      cell: ({ types }) => {
        if (types === null) return UNKNOWN;
        return types.length === 0 ? 'all' : foldNames(types, typeAliases);
      },
    },
    { title: 'NAME PATTERNS', cell: ({ namePatterns }) => namePatterns ?? UNKNOWN },
    {
      title: 'REQUIRED TAGS',
      cell: ({ requiredTags }) => (requiredTags === null ? UNKNOWN : tagLines(requiredTags)),
    },
    {
      title: 'ACTIONS',
      cell: (one) => ('excluded' in one ? UNKNOWN : foldNames(one.actions, actionAliases)),
    },
    {
      title: 'REQUIRES',
      cell: (one) => ('excluded' in one ? ['excluded:', ...one.excluded] : one.requires),
    },
    ...some((one) => !('excluded' in one) && Object.keys(one.tags).length > 0, {
      title: 'TAGS',
      cell: (one) => ('excluded' in one ? UNKNOWN : tagLines(one.tags)),
    }),
  ];
}

function projectOf({ project }: ListedPermission): string {
  return project ?? '-';
}

function tagLines(tags: Tags): readonly string[] {
  return Object.entries(tags).map(([key, value]) => `${key}: ${value}`);
}

/** A row for each permission and type of resource that it covers. */
function resourceTable(
  permissions: readonly ListedPermission[],
  layout: TextLayout,
):
  | { readonly titles: readonly string[]; readonly rows: readonly (readonly TableCell[])[] }
  | undefined {
  if (permissions.every(({ resources }) => resources === undefined)) return undefined;
  const many = hasManyProjects(permissions);
  const rows = permissions.flatMap((permission) => {
    const owner = many ? [projectOf(permission), permission.name] : [permission.name];
    const byType = resourcesByType(permission) ?? new Map<string, readonly string[]>();
    if (byType.size === 0) return [[...owner, '-', '-']];
    return Array.from(byType, ([type, names], row): TableCell[] => [
      ...(row === 0 ? owner : owner.map(() => '')),
      type,
      flowOf(names, layout),
    ]);
  });
  return { titles: [...(many ? [PROJECT] : []), 'PERMISSION', 'TYPE', 'RESOURCES'], rows };
}

/** Names by type; undefined where they were not asked for. */
function resourcesByType({
  resources,
}: ListedPermission): ReadonlyMap<string, readonly string[]> | undefined {
  if (resources === undefined) return undefined;
  const byType = new Map<string, string[]>();
  for (const { type, name } of resources) {
    const names = byType.get(type);
    if (names === undefined) byType.set(type, [name]);
    else names.push(name);
  }
  return byType;
}

function flowOf(names: readonly string[], layout: TextLayout): TableCell {
  const { shown, more } = shorten(names, layout);
  return { flow: shown, more };
}

function hasManyProjects(permissions: readonly ListedPermission[]): boolean {
  return new Set(permissions.map(({ project }) => project)).size > 1;
}
