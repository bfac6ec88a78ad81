import { foldNames, renderTable, type TableCell, type TextLayout } from '../audit/index.js';
import type { Tags, Vocabulary } from '../model/index.js';
import type { ListedPermission } from './list-permissions.js';

/** A column of the list. */
interface Column {
  readonly title: string;
  cell(permission: ListedPermission): TableCell;
}

/** The permissions as a table, and what each governs as a second one where that is known. Lines without line ends. */
export function permissionTables(
  permissions: readonly ListedPermission[],
  vocabulary: Vocabulary,
  layout: TextLayout,
): readonly string[] {
  const columns = columnsFor(permissions, vocabulary);
  const list = renderTable(
    columns.map(({ title }) => title),
    permissions.map((permission) => columns.map(({ cell }) => cell(permission))),
    layout,
  );
  const resources = resourceTable(permissions);
  if (resources === undefined) return list;
  return [...list, '', ...renderTable(resources.titles, resources.rows, layout)];
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
    ...(hasManyProjects(permissions) ? [{ title: 'PROJECT', cell: projectOf }] : []),
    { title: 'NAME', cell: ({ name }) => name },
    {
      title: 'TYPES',
      cell: (one) => {
        if ('excluded' in one) return '?';
        return one.types.length === 0 ? 'all' : foldNames(one.types, typeAliases);
      },
    },
    { title: 'NAME PATTERNS', cell: (one) => one.namePatterns ?? '?' },
    {
      title: 'REQUIRED TAGS',
      cell: (one) => ('excluded' in one ? '?' : tagLines(one.requiredTags)),
    },
    {
      title: 'ACTIONS',
      cell: (one) => ('excluded' in one ? '?' : foldNames(one.actions, actionAliases)),
    },
    {
      title: 'REQUIRES',
      cell: (one) => ('excluded' in one ? ['left out:', ...one.excluded] : one.requires),
    },
    ...some((one) => !('excluded' in one) && Object.keys(one.tags).length > 0, {
      title: 'TAGS',
      cell: (one) => ('excluded' in one ? '?' : tagLines(one.tags)),
    }),
  ];
}

function projectOf({ project }: ListedPermission): string {
  return project ?? '-';
}

function tagLines(tags: Tags): readonly string[] {
  return Object.entries(tags).map(([key, value]) => `${key}: ${value}`);
}

/** A row for each permission and type of resource that it governs. */
function resourceTable(
  permissions: readonly ListedPermission[],
):
  | { readonly titles: readonly string[]; readonly rows: readonly (readonly TableCell[])[] }
  | undefined {
  if (permissions.every(({ resources }) => resources === undefined)) return undefined;
  const many = hasManyProjects(permissions);
  const rows = permissions.flatMap((permission) => {
    const owner = many ? [projectOf(permission), permission.name] : [permission.name];
    const byType = new Map<string, string[]>();
    for (const { type, name } of permission.resources ?? []) {
      const names = byType.get(type);
      if (names === undefined) byType.set(type, [name]);
      else names.push(name);
    }
    if (byType.size === 0) return [[...owner, '-', '-']];
    return Array.from(byType, ([type, names], row): TableCell[] => [
      ...(row === 0 ? owner : owner.map(() => '')),
      type,
      { flow: names },
    ]);
  });
  return { titles: [...(many ? ['PROJECT'] : []), 'PERMISSION', 'TYPE', 'RESOURCES'], rows };
}

function hasManyProjects(permissions: readonly ListedPermission[]): boolean {
  return new Set(permissions.map(({ project }) => project)).size > 1;
}
