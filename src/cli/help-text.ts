import type { Command, OptionSpec } from './command.js';

const NAME = 'feast-permissions';

/** The help of the whole, with its commands. Ends in a line end. */
export function mainHelp(commands: readonly Command[]): string {
  return lines(
    'Who may do what in a Feast feature store, and what services may do beside it.',
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
    `\`${NAME} COMMAND --help\` says more about a command.`,
  );
}

/** The help of a command. Ends in a line end. */
export function commandHelp({ name, summary, usage, options, exitCodes, notes }: Command): string {
  return lines(
    `${summary}.`,
    '',
    `Usage: ${NAME} ${name} ${usage}`,
    '',
    'Options:',
    ...columns(options.map((option) => [optionTitle(option), option.help])),
    '',
    'Exit codes:',
    ...columns(Object.entries(exitCodes)),
    '',
    ...notes,
  );
}

function optionTitle({ name, short, value }: OptionSpec): string {
  const long = value === undefined ? `--${name}` : `--${name} ${value}`;
  return short === undefined ? `    ${long}` : `-${short}, ${long}`;
}

function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([title]) => title.length));
  return rows.map(([title, text]) => `  ${title.padEnd(width)}  ${text}`);
}

function lines(...text: readonly string[]): string {
  return `${text.join('\n')}\n`;
}
