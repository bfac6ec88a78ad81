import { cellTexts, fitsTable, renderTable, type TableCell } from './render-table.js';
import { displayWidth, padEnd, wrapWords } from './terminal-text.js';
import type { TextLayout } from './text-style.js';

const INDENT = '  ';
const MIN_ROOM = 20;

/**
 * Lays out rows as a table where the terminal is wide enough for it, and else as a block for each
 * row.
 *
 * Shape: gives lines without line ends. Cells may hold anything: control characters are made
 * visible.
 *
 * @param keys number of columns, from the left, that name a row
 */
export function renderRecords(
  titles: readonly string[],
  rows: readonly (readonly TableCell[])[],
  layout: TextLayout,
  keys = 1,
): readonly string[] {
  const { width } = layout;
  return width === undefined || fitsTable(titles, rows, width)
    ? renderTable(titles, rows, layout)
    : renderBlocks(
        titles.map((title) => title.toLowerCase()),
        rows,
        layout,
        keys,
      );
}

/**
 * Lays out each row as a block: its keys on a line, and below it a line for every other cell that
 * holds something. Lines of a cell have commas between them.
 */
export function renderBlocks(
  labels: readonly string[],
  rows: readonly (readonly TableCell[])[],
  { style, width = Number.POSITIVE_INFINITY }: TextLayout,
  keys = 1,
): readonly string[] {
  return rows.flatMap((row, index) => {
    const texts = row.map((cell) => cellTexts(cell).join(', '));
    const filled = labels
      .map((label, column) => ({ label, text: texts[column] ?? '' }))
      .slice(keys)
      .filter(({ text }) => text !== '' && text !== '-');
    const labelWidth = Math.max(0, ...filled.map(({ label }) => displayWidth(label)));
    const room = Math.max(MIN_ROOM, width - labelWidth - 2 * INDENT.length);
    return [
      ...(index === 0 ? [] : ['']),
      ...wrapWords(texts.slice(0, keys).join('/'), width).map((line) => style('bold', line)),
      ...filled.flatMap(({ label, text }) =>
        wrapWords(text, room).map(
          (line, at) => `${INDENT}${padEnd(at === 0 ? label : '', labelWidth)}${INDENT}${line}`,
        ),
      ),
    ];
  });
}
