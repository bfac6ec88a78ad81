import type { OptionNames } from '../foundation/options.js';
import { displayWidth, neutralize, padEnd, truncate, wrapWords } from './terminal-text.js';
import type { TextStyle } from './text-style.js';

/**
 * What stands in a cell: text, which is wrapped where it must be; lines, each of which is; or words that flow one after the
 * other, with commas between them.
 */
export type TableCell = string | readonly string[] | { readonly flow: readonly string[] };

export interface TextLayout {
  readonly style: TextStyle;
  /** Columns of the terminal; undefined: as many as needed. */
  readonly width: number | undefined;
}

export const TEXT_LAYOUT: OptionNames<TextLayout> = { style: true, width: true };

const GAP = '  ';
/** Longest single text of a cell, in columns: one name from a registry must not push all others off the screen. */
const MAX_TEXT = 200;
/** Widest flow where no terminal says how wide it is. */
const MAX_FLOW = 80;
/** Columns are not made narrower than this. */
const MIN_COLUMN = 12;

/**
 * Lays out rows in aligned columns under their titles.
 *
 * Shape: gives lines without line ends. Cells may hold anything: control characters are made visible.
 */
export function renderTable(
  titles: readonly string[],
  rows: readonly (readonly TableCell[])[],
  { style, width }: TextLayout,
): readonly string[] {
  const cells = rows.map((row) => row.map((cell) => toTexts(cell, width)));
  const widths = fitWidths(titles, cells, width);
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

function toTexts(cell: TableCell, width: number | undefined): readonly string[] {
  if (typeof cell === 'string') return [clean(cell)];
  const texts = ('flow' in cell ? cell.flow : cell).map(clean);
  if (texts.length === 0) return ['-'];
  return 'flow' in cell ? wrapWords(texts.join(', '), width ?? MAX_FLOW) : texts;
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

/** The width of each column: what its texts need, and less where the terminal is too narrow, the widest columns first. */
function fitWidths(
  titles: readonly string[],
  rows: readonly (readonly (readonly string[])[])[],
  available: number | undefined,
): readonly number[] {
  const widths = titles.map((title) => displayWidth(title));
  for (const row of rows) {
    for (const [column, texts] of row.entries()) {
      for (const text of texts) {
        widths[column] = Math.max(widths[column] ?? 0, displayWidth(text));
      }
    }
  }
  if (available === undefined) return widths;
  const room = available - GAP.length * (titles.length - 1);
  for (let excess = sum(widths) - room; excess > 0; excess--) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] as number) <= MIN_COLUMN) break;
    widths[widest] = (widths[widest] as number) - 1;
  }
  return widths;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
