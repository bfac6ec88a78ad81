import { DEFAULT_PYTHON, PYTHON_VERSIONS } from '../model/python-version.js';
import type { CommandIo } from './command-io.js';

/** An option that a command takes. */
export interface OptionSpec {
  readonly name: string;
  readonly short?: string;
  /** What stands for its value in the help; missing: it takes none. */
  readonly value?: string;
  /** The values that it can have. */
  readonly choices?: readonly string[];
  /** Whether it may be given several times. */
  readonly multiple?: boolean;
  readonly required?: boolean;
  /** What it does, without a final period. */
  readonly help: string;
}

/** The arguments of a command, checked against its specification. */
export interface Arguments {
  /** What stands before the path, in the order of {@link Command.operands}. */
  readonly operands: readonly string[];
  /** The path of the feature store; default: the current folder. */
  readonly path: string;
  /** All paths that are given, in their order. */
  readonly paths: readonly string[];
  has(option: string): boolean;
  get(option: string): string | undefined;
  all(option: string): readonly string[];
}

/**
 * A sub-command: its description, which the help and the checks of its arguments need, and the way
 * to its code. A file `commands/*-command.ts` holds the description and loads `commands/run-*.ts`
 * when the command runs.
 */
export interface Command {
  readonly name: string;
  /** What it does, for the list of commands, without a final period. */
  readonly summary: string;
  /** What stands after its name, for example `[PATH]`. */
  readonly usage: string;
  readonly options: readonly OptionSpec[];
  /** What it needs before the path, for example `ACTION`. Default: nothing. */
  readonly operands?: readonly string[];
  /**
   * How many paths it takes: several, of which one is needed; or none. Default: one at the most.
   */
  readonly manyPaths?: boolean;
  readonly noPath?: boolean;
  /** What is taken where no path is given. */
  readonly defaultPath?: string;
  /** What its exit codes mean. */
  readonly exitCodes: Readonly<Partial<Record<'0' | '1' | '2', string>>>;
  /** More to know, one line each. */
  readonly notes: readonly string[];
  /** Loads its code. */
  load(): Promise<CommandRun>;
}

/** Runs a command and gives the exit code. */
export type CommandRun = (args: Arguments, io: CommandIo) => Promise<number>;

/** A command line that cannot be understood. Its message says how to fix it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const HELP: OptionSpec = { name: 'help', short: 'h', help: 'Show this help' };

export const FORMAT: OptionSpec = {
  name: 'format',
  value: 'FORMAT',
  choices: ['table', 'json'],
  help: 'Output format: table (default) or json',
};

export const PROJECT: OptionSpec = {
  name: 'project',
  value: 'NAME',
  help: 'Only this project (default: all projects of the registry)',
};

export const PYTHON: OptionSpec = {
  name: 'python',
  value: 'VERSION',
  choices: PYTHON_VERSIONS,
  help: `Version of the Python that runs Feast, whose rules name patterns follow: 3.10 to 3.14 (default: ${DEFAULT_PYTHON})`,
};

export const NO_COLOR: OptionSpec = {
  name: 'no-color',
  help: 'Write without colours; also NO_COLOR=1',
};

export const ALL: OptionSpec = {
  name: 'all',
  help: 'Write long lists in full (default: the first 20 items and a count)',
};

export const TYPE: OptionSpec = {
  name: 'type',
  value: 'TYPE',
  multiple: true,
  help: 'Only resources of this type and its sub-types (repeatable)',
};

export const LIMIT: OptionSpec = {
  name: 'limit',
  value: 'N',
  help: 'Write one page of at most N items (default: all)',
};

export const PAGE_TOKEN: OptionSpec = {
  name: 'page-token',
  value: 'TOKEN',
  help: 'Write the page after the one that ended with this token (`next`)',
};

/** What a policy can name, as options are called. */
export const PRINCIPAL_KINDS = ['role', 'group', 'namespace'] as const;

/** Whether Feast's own answers stand beside ours. */
export const COMPARE: OptionSpec = {
  name: 'compare',
  value: 'WITH',
  choices: ['feast'],
  help: "feast: add the answer of Feast's own servers where it differs, with the versions of Feast",
};

/** The options of every command that shows something. */
export const SHOW_OPTIONS: readonly OptionSpec[] = [FORMAT, NO_COLOR, HELP];

/** The options of commands on a feature store, which end the list of their options. */
export const STORE_OPTIONS: readonly OptionSpec[] = [PROJECT, PYTHON, NO_COLOR, HELP];

/** The options of commands that list what a feature store holds. */
export const LIST_OPTIONS: readonly OptionSpec[] = [ALL, FORMAT, ...STORE_OPTIONS];

/** The options of commands whose answers can be read page by page. */
export const PAGED_OPTIONS: readonly OptionSpec[] = [
  ALL,
  LIMIT,
  PAGE_TOKEN,
  FORMAT,
  ...STORE_OPTIONS,
];

/** What PATH can be, for the notes of a command. */
export const PATH_NOTE: string =
  "PATH is a feature_store.yaml or the folder of one, a permission file, or a registry file (default: the store that Feast's environment variables name, otherwise the current folder).";
