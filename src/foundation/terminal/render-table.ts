import { andMore } from '../long-list.js';
import { displayWidth, neutralize, padEnd, truncate, wrapWords } from './terminal-text.js';
import type { TextLayout } from './text-style.js';

/**
 * What stands in a cell: text, which is wrapped where it must be; lines, each of which is; or words
 * that flow one after the other, with commas between them, and the number of those that are left
 * out.
 */
export type TableCell = string | readonly string[] | FlowingCell;

interface FlowingCell {
  readonly flow: readonly string[];
  readonly more?: number;
}

const GAP = '  ';
/**
 * Longest single text of a cell, in columns: one name from a registry must not push all others off
 * the screen.
 */
const MAX_TEXT = 200;
/** Widest flow where no terminal says how wide it is. */
const MAX_FLOW = 80;
/** Columns are not made narrower than this. */
const MIN_COLUMN = 12;
/** Widest word of a flow that a column is kept wide enough for. */
const MAX_WORD = 40;

/**
 * Lays out rows in aligned columns under their titles.
 *
 * Shape: gives lines without line ends. Cells may hold anything: control characters are made
 * visible.
 */
export function renderTable(
  titles: readonly string[],
  rows: readonly (readonly TableCell[])[],
  { style, width }: TextLayout,
): readonly string[] {
  const cells = rows.map((row) => row.map((cell) => toTexts(cell, width)));
  const widths = fitWidths(
    widestOf(titles, cells),
    width === undefined ? [] : neededOf(titles, rows),
    width,
  );
  const lines = [style('bold', joinCells(titles, widths))];
  for (const row of cells) {
    const columns = row.map((texts, column) =>
      texts.flatMap((text) => wrapWords(text, widths[column] as number)),
    );
    const height = Math.max(1, ...columns.map((column) => column.length));
    for (let line = 0; line < height; line++) {
      lines.push(
        joinCells(
          columns.map((column) => column[line] ?? ''),
          widths,
        ),
      );
    }
  }
  return lines;
}

/**
 * Whether every column has room for its longest text, and one of flowing words for the longest
 * word.
 */
export function fitsTable(
  titles: readonly string[],
  rows: readonly (readonly TableCell[])[],
  width: number,
): boolean {
  return sum(neededOf(titles, rows)) + GAP.length * (titles.length - 1) <= width;
}

/** The harmless texts of a cell: one, its lines, or its words as one text. */
export function cellTexts(cell: TableCell): readonly string[] {
  if (typeof cell === 'string') return [clean(cell)];
  if (!isFlow(cell)) return cell.length === 0 ? ['-'] : cell.map(clean);
  const { flow, more = 0 } = cell;
  const words = flow.map(clean).join(', ') || '-';
  return [more > 0 ? `${words} ${andMore(more)}` : words];
}

function isFlow(cell: TableCell): cell is FlowingCell {
  return typeof cell === 'object' && 'flow' in cell;
}

function toTexts(cell: TableCell, width: number | undefined): readonly string[] {
  const texts = cellTexts(cell);
  // On a terminal the width of the column, which is not known yet, breaks the words.
  return isFlow(cell) && width === undefined ? wrapWords(texts[0] as string, MAX_FLOW) : texts;
}

// Cut first: a name of a megabyte is not worth going through.
function clean(text: string): string {
  return truncate(neutralize(text.slice(0, 4 * MAX_TEXT)), MAX_TEXT);
}

function joinCells(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, column) => padEnd(cell, widths[column] ?? 0))
    .join(GAP)
    .trimEnd();
}

/**
 * The width of each column: what its texts take, and less where the terminal is too narrow, the
 * widest columns first.
 */
function fitWidths(
  widest: readonly number[],
  needed: readonly number[],
  available: number | undefined,
): readonly number[] {
  if (available === undefined) return widest;
  const widths = widest.map((width) => Math.min(width, Math.max(MIN_COLUMN, available)));
  const room = available - GAP.length * (widths.length - 1);
  const narrow = (atLeast: (column: number) => number): boolean => {
    const spare = widths.map((width, column) => (width > atLeast(column) ? width : 0));
    const most = Math.max(...spare);
    if (most === 0) return false;
    widths[spare.indexOf(most)] = most - 1;
    return true;
  };
  for (let excess = sum(widths) - room; excess > 0; excess--) {
    if (!narrow((column) => Math.max(MIN_COLUMN, needed[column] ?? 0)) && !narrow(() => MIN_COLUMN))
      break;
  }
  return widths;
}

function widestOf(
  titles: readonly string[],
  rows: readonly (readonly (readonly string[])[])[],
): readonly number[] {
  return widthsOf(titles, rows, (texts) => Math.max(0, ...texts.map(displayWidth)));
}

function neededOf(
  titles: readonly string[],
  rows: readonly (readonly TableCell[])[],
): readonly number[] {
  return widthsOf(titles, rows, (cell) => {
    if (!isFlow(cell)) return Math.max(0, ...cellTexts(cell).map(displayWidth));
    return cell.flow.reduce(
      (most, word) => Math.max(most, Math.min(MAX_WORD, displayWidth(clean(word)) + 1)),
      0,
    );
  });
}

function widthsOf<T>(
  titles: readonly string[],
  rows: readonly (readonly T[])[],
  measure: (cell: T) => number,
): readonly number[] {
  const widths = titles.map((title) => displayWidth(title));
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, measure(cell));
    }
  }
  return widths;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
