import { wrapWords } from '../foundation/terminal/terminal-text.js';
import type { Command, OptionSpec } from './command.js';

const NAME = 'feast-permissions';
/** Columns that every terminal has. */
const WIDTH = 80;

/** The help of the whole, with its commands. Ends in a line end. */
export function mainHelp(commands: readonly Command[]): string {
  return lines(
    'Audit, explain and test permissions of a Feast feature store and its services.',
    '',
    `Usage: ${NAME} COMMAND [OPTIONS] [PATH]`,
    '',
    'Commands:',
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    '',
    'Options:',
    ...columns([
      ['-h, --help', 'Show this help; after a command, the help of the command'],
      ['--version', 'Show the version'],
    ]),
    '',
    `Run \`${NAME} COMMAND --help\` for the options of a command.`,
  );
}

/** The help of a command. Ends in a line end. */
export function commandHelp({ name, summary, usage, options, exitCodes, notes }: Command): string {
  return lines(
    ...wrapWords(`${summary}.`, WIDTH),
    '',
    ...hanging(`Usage: ${NAME} ${name} `, usage),
    '',
    'Options:',
    ...columns(options.map((option) => [optionTitle(option), option.help])),
    '',
    'Exit codes:',
    ...columns(Object.entries(exitCodes)),
    '',
    ...paragraphs(notes),
  );
}

function optionTitle({ name, short, value }: OptionSpec): string {
  const long = value === undefined ? `--${name}` : `--${name} ${value}`;
  return short === undefined ? `    ${long}` : `-${short}, ${long}`;
}

function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([title]) => title.length));
  return rows.flatMap(([title, text]) => hanging(`  ${title.padEnd(width)}  `, text));
}

/** `text` behind `start`, with the lines after the first one below it. */
function hanging(start: string, text: string): readonly string[] {
  const indent = ' '.repeat(start.length);
  return wrapWords(text, WIDTH - start.length).map(
    (line, index) => (index === 0 ? start : indent) + line,
  );
}

/**
 * Lines as they are, but for a paragraph with one that is too long, which is wrapped. An indented
 * line is an example.
 */
function paragraphs(notes: readonly string[]): readonly string[] {
  const found: string[][] = [];
  for (const line of notes) {
    const last = found.at(-1);
    if (last === undefined || !isProse(line) || !isProse(last[0])) found.push([line]);
    else last.push(line);
  }
  return found.flatMap((paragraph) =>
    paragraph.some((line) => isProse(line) && line.length > WIDTH)
      ? wrapWords(paragraph.join(' '), WIDTH)
      : paragraph,
  );
}

function isProse(line: string | undefined): boolean {
  return line !== undefined && line !== '' && !line.startsWith(' ');
}

function lines(...text: readonly string[]): string {
  return `${text.join('\n')}\n`;
}
