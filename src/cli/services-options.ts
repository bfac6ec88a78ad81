import { type Command, type OptionSpec, SHOW_OPTIONS } from './command.js';

/** What follows the name of a command that takes one file. */
export const FILE_USAGE = '[OPTIONS] FILE';

const YES: OptionSpec = {
  name: 'yes',
  short: 'y',
  help: 'Apply without asking; required without a terminal',
};

const DRY_RUN: OptionSpec = { name: 'dry-run', help: 'Show what would be done, and stop' };

const CHANGE_OPTIONS: readonly OptionSpec[] = [YES, DRY_RUN, ...SHOW_OPTIONS];

const FAILED = 'invalid command line or file, or unreachable workspace';

/** What a command does about the difference between workspaces and the file. */
type Deed = 'plan' | 'apply' | 'verify' | 'rotate';

const DEEDS: Readonly<Record<Deed, Pick<Command, 'options' | 'exitCodes'>>> = {
  plan: {
    options: SHOW_OPTIONS,
    exitCodes: {
      0: 'nothing to change, and no findings',
      1: 'at least one change or finding',
      2: FAILED,
    },
  },
  apply: {
    options: CHANGE_OPTIONS,
    exitCodes: {
      0: 'the workspaces match the file',
      1: 'a finding to fix by hand, or changes that were not confirmed',
      2: FAILED,
    },
  },
  verify: {
    options: SHOW_OPTIONS,
    exitCodes: { 0: 'the workspaces match the file', 1: 'at least one difference', 2: FAILED },
  },
  rotate: {
    options: CHANGE_OPTIONS,
    exitCodes: {
      0: 'no token expires soon',
      1: 'a finding to fix by hand, or a renewal that was not confirmed',
      2: FAILED,
    },
  },
};

/** Commands on one kind of file that says how workspaces are to be. */
export interface WorkspacesCommands {
  /** What their names begin with. */
  readonly group: string;
  /** What the file holds. */
  readonly notes: readonly string[];
}

/** One of them. */
export function workspacesCommand(
  { group, notes }: WorkspacesCommands,
  deed: Deed,
  // The options are its own; the common ones come after them.
  {
    options = [],
    ...command
  }: Pick<Command, 'summary' | 'load'> & Partial<Pick<Command, 'options'>>,
): Command {
  const common = DEEDS[deed];
  return {
    ...command,
    name: `${group} ${deed}`,
    usage: FILE_USAGE,
    // Several paths, so that the command itself says that it needs one.
    manyPaths: true,
    options: [...options, ...common.options],
    exitCodes: common.exitCodes,
    notes,
  };
}
