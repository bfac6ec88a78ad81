import type { OptionNames } from '../options.js';

/** How text is set off from other text. */
export type StyleName = 'bold' | 'dim' | 'red' | 'yellow' | 'green';

/** Sets harmless text off; without colours it changes nothing. */
export type TextStyle = (name: StyleName, text: string) => string;

/** How a report is laid out. */
export interface TextLayout {
  readonly style: TextStyle;
  /** Columns of the terminal; undefined: as many as needed. */
  readonly width: number | undefined;
  /**
   * Whether long lists are written out. Default: `false`, the first 20 items and the number of the
   * others.
   */
  readonly all?: boolean | undefined;
}

/** How a report for people is laid out. */
export interface ReportLayout {
  /** Whether text is set off in the colours of an ANSI terminal. Default: `false`. */
  readonly colors?: boolean | undefined;
  /** Columns of the terminal. Default: as many as needed. */
  readonly width?: number | undefined;
  /**
   * Whether long lists are written out. Default: `false`, the first 20 items and the number of the
   * others.
   */
  readonly all?: boolean | undefined;
}

export const REPORT_LAYOUT: OptionNames<ReportLayout> = { colors: true, width: true, all: true };

const CODES: Readonly<Record<StyleName, readonly [on: number, off: number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  yellow: [33, 39],
  green: [32, 39],
};

/** Text as it is. */
export const plainStyle: TextStyle = (_, text) => text;

/** Text in the colours of an ANSI terminal. */
export const ansiStyle: TextStyle = (name, text) => {
  const [on, off] = CODES[name];
  return text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`;
};

/** The layout that the options of a report ask for. */
export function layoutOf({ colors = false, width, all }: ReportLayout): TextLayout {
  return { style: colors ? ansiStyle : plainStyle, width, all };
}
