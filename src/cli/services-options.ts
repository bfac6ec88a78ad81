import { FORMAT, HELP, NO_COLOR, type OptionSpec } from './command.js';

/** What follows the name of a command that takes one file. */
export const FILE_USAGE = '[OPTIONS] FILE';

const YES: OptionSpec = {
  name: 'yes',
  short: 'y',
  help: 'Apply without asking; required without a terminal',
};

const DRY_RUN: OptionSpec = { name: 'dry-run', help: 'Show what would be done, and stop' };

/** The options of commands that show, and those of commands that change. */
export const SHOW_OPTIONS: readonly OptionSpec[] = [FORMAT, NO_COLOR, HELP];
export const CHANGE_OPTIONS: readonly OptionSpec[] = [YES, DRY_RUN, ...SHOW_OPTIONS];
