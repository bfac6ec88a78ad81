import { type AccessMatrix, accessMatrix, type MatrixRow } from '../../analysis/index.js';
import { shorten } from '../../foundation/long-list.js';
import { foldNames } from '../../foundation/names.js';
import { renderTable, type TableCell } from '../../foundation/terminal/render-table.js';
import { safeJson } from '../../foundation/terminal/terminal-text.js';
import type { TextLayout } from '../../foundation/terminal/text-style.js';
import { formatResource, type Vocabulary } from '../../model/index.js';
import {
  formatPrincipal,
  hasNoResources,
  NO_RESOURCES,
  pageOf,
  remainder,
  withPage,
} from '../access-text.js';
import type { Arguments } from '../command.js';
import { type CommandIo, writeAll } from '../command-io.js';
import { openStore, printWarnings } from '../open-store.js';
import { withProgress } from '../progress.js';
import { resolveType } from '../resolve-names.js';
import { textLayout } from '../text-layout.js';

/** Runs `matrix`. Gives the exit code. */
export async function runMatrix(args: Arguments, io: CommandIo): Promise<number> {
  const opened = await withProgress(io.stderr, (progress) =>
    openStore(args, io, progress, { enforce: true }),
  );
  printWarnings(opened.warnings, io);
  const { snapshot, warnings } = opened;
  const types = args.all('type').map((one) => resolveType(snapshot.vocabulary, one));
  const page = pageOf(args);
  const matrix = withPage(() => accessMatrix(snapshot, { types, page }));
  const text =
    args.get('format') === 'json'
      ? safeJson({ ...matrix, warnings }, 2)
      : matrixText(
          matrix,
          hasNoResources(snapshot),
          snapshot.vocabulary,
          textLayout(args, io),
        ).join('\n');
  await writeAll(io.stdout, `${text}\n`);
  return 0;
}

/** @param isEmpty whether nothing at all is registered */
function matrixText(
  { rows, next, total }: AccessMatrix,
  isEmpty: boolean,
  vocabulary: Vocabulary,
  layout: TextLayout,
): readonly string[] {
  if (total === 0) {
    return [isEmpty ? NO_RESOURCES : 'no resource of these types is registered'];
  }
  const { shown } = shorten(rows, layout);
  const lines = shown.flatMap((row) => linesOf(row, vocabulary));
  return [
    ...renderTable(['RESOURCE', 'WHO', 'ACTIONS'], lines, layout),
    ...remainder(shown.length, total, next, 'resource'),
  ];
}

function linesOf(row: MatrixRow, { actionAliases }: Vocabulary): readonly TableCell[][] {
  const { type, name, project, everyone, namedUsers, cells, combined } = row;
  const entries: readonly (readonly [who: string, actions: readonly string[]])[] = [
    ['everyone', everyone],
    ['any user with a name', namedUsers],
    ...cells.map(({ principal, actions }) => [formatPrincipal(principal), actions] as const),
    ['only several together, or an own policy', combined],
  ];
  const filled = entries.filter(([, actions]) => actions.length > 0);
  const resource = formatResource({ type, name, project: project ?? undefined });
  if (filled.length === 0) return [[resource, '-', '-']];
  return filled.map(([who, actions], index) => [
    index === 0 ? resource : '',
    who,
    { flow: foldNames(actions, actionAliases) },
  ]);
}
