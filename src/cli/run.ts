import { didYouMean } from '../foundation/did-you-mean.js';
import { neutralize } from '../foundation/terminal/terminal-text.js';
import { AuthzError, quote } from '../model/errors.js';
import { type Command, UsageError } from './command.js';
import { type CommandIo, writeAll } from './command-io.js';
import { auditCommand } from './commands/audit-command.js';
import { canWhatCommand } from './commands/can-what-command.js';
import { decideCommand } from './commands/decide-command.js';
import { describeCommand } from './commands/describe-command.js';
import { diffCommand } from './commands/diff-command.js';
import { explainCommand } from './commands/explain-command.js';
import { helpCommand } from './commands/help-command.js';
import { listCommand } from './commands/list-command.js';
import { listRolesCommand } from './commands/list-roles-command.js';
import { matrixCommand } from './commands/matrix-command.js';
import {
  servicesCredentialApplyCommand,
  servicesCredentialPlanCommand,
  servicesStoreApplyCommand,
  servicesStorePlanCommand,
} from './commands/services-access-command.js';
import { servicesAuditCommand } from './commands/services-audit-command.js';
import {
  servicesEndpointApplyCommand,
  servicesEndpointPlanCommand,
  servicesEndpointVerifyCommand,
} from './commands/services-endpoint-command.js';
import {
  servicesLinkApplyCommand,
  servicesLinkPlanCommand,
  servicesLinkRotateCommand,
  servicesLinkVerifyCommand,
} from './commands/services-link-command.js';
import { suggestCommand } from './commands/suggest-command.js';
import { testCommand } from './commands/test-command.js';
import { whoCanCommand } from './commands/who-can-command.js';
import { commandHelp, mainHelp } from './help-text.js';
import { parseArguments } from './parse-arguments.js';
import { readVersion } from './read-version.js';

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  auditCommand,
  listCommand,
  listRolesCommand,
  describeCommand,
  explainCommand,
  decideCommand,
  whoCanCommand,
  canWhatCommand,
  matrixCommand,
  diffCommand,
  suggestCommand,
  testCommand,
  servicesAuditCommand,
  servicesEndpointPlanCommand,
  servicesEndpointApplyCommand,
  servicesEndpointVerifyCommand,
  servicesStorePlanCommand,
  servicesStoreApplyCommand,
  servicesCredentialPlanCommand,
  servicesCredentialApplyCommand,
  servicesLinkPlanCommand,
  servicesLinkApplyCommand,
  servicesLinkVerifyCommand,
  servicesLinkRotateCommand,
  helpCommand,
];
const HELP_WORDS: ReadonlySet<string> = new Set(['--help', '-h', 'help']);
const USAGE_ERROR = 2;

/**
 * Runs the command line `feast-permissions …argv`.
 *
 * Shape: `argv` is what stands after the program's name; gives the exit code: 0 clean, 1 findings
 * or a refusal, 2 a command line or an input that cannot be understood. Writes one line on standard
 * error for each error, without a stack.
 */
export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    for (const message of messagesOf(error)) {
      io.stderr.write(`feast-permissions: ${neutralize(message)}\n`);
    }
    return USAGE_ERROR;
  }
}

async function dispatch(argv: readonly string[], io: CommandIo): Promise<number> {
  const [first] = argv;
  if (first === '--version') {
    await writeAll(io.stdout, `${readVersion()}\n`);
    return 0;
  }
  const isHelp = first !== undefined && HELP_WORDS.has(first);
  const words = isHelp ? argv.slice(1) : argv;
  const group = groupOf(words);
  if (group !== undefined) {
    const isAsked = isHelp || words.some((word) => HELP_WORDS.has(word));
    await writeAll(isAsked ? io.stdout : io.stderr, mainHelp(group));
    return isAsked ? 0 : USAGE_ERROR;
  }
  const isAboutRule = isHelp && isRule(words);
  const { command, rest } = isAboutRule
    ? { command: helpCommand, rest: words }
    : findCommand(words);
  const args = isHelp && !isAboutRule ? undefined : parseArguments(command, rest);
  if (args !== undefined && !args.has('help')) return (await command.load())(args, io);
  await writeAll(io.stdout, commandHelp(command));
  return 0;
}

/**
 * The commands whose names begin with `words`, where more than `words` is needed to tell which is
 * meant.
 */
function groupOf(words: readonly string[]): readonly Command[] | undefined {
  const named = words.filter((word) => !HELP_WORDS.has(word));
  const group = COMMANDS.filter(({ name }) => startsWith(name.split(' '), named));
  return group.length > 0 && group.every(({ name }) => name !== named.join(' '))
    ? group
    : undefined;
}

/** Whether `help` is asked about what is neither a command nor close to the name of one. */
function isRule([first = '']: readonly string[]): boolean {
  const names = COMMANDS.flatMap(({ name }) => name.split(' ', 1));
  return !first.startsWith('-') && !names.includes(first) && didYouMean(first, names) === '';
}

/** @throws UsageError where no command is called that */
function findCommand(words: readonly string[]): {
  readonly command: Command;
  readonly rest: readonly string[];
} {
  const command = COMMANDS.find(({ name }) => startsWith(words, name.split(' ')));
  if (command !== undefined) return { command, rest: words.slice(command.name.split(' ').length) };
  const [first = ''] = words;
  if (first.startsWith('-'))
    throw new UsageError(
      `expected a command before ${quote(first)}. See \`feast-permissions --help\``,
    );
  // The first word that is not known, with those before it.
  let length = 1;
  while (groupOf(words.slice(0, length)) !== undefined) length++;
  const written = words.slice(0, length).join(' ');
  const names = (groupOf(words.slice(0, length - 1)) ?? COMMANDS).map(({ name }) =>
    name.split(' ', length).join(' '),
  );
  const hint = didYouMean(written, names) || `. Use one of ${[...new Set(names)].join(', ')}`;
  throw new UsageError(`unknown command ${quote(written)}${hint}`);
}

function startsWith(words: readonly string[], beginning: readonly string[]): boolean {
  return beginning.every((word, index) => words[index] === word);
}

function messagesOf(error: unknown): readonly string[] {
  if (error instanceof AuthzError) {
    const [first, ...others] = error.errors;
    // The first of several repeats the others in its own message.
    return others.length === 0 || first === undefined
      ? [error.message]
      : [firstLine(error), ...others.map(({ message }) => message)];
  }
  if (error instanceof UsageError) return [error.message];
  const message = error instanceof Error ? error.message : String(error);
  return [`unexpected error: ${message}. Please report it`];
}

function firstLine(error: AuthzError): string {
  return error.message.replace(/ \(and \d+ more: .*\)$/su, '');
}
