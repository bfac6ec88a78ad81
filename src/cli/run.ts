import { neutralize } from '../audit/index.js';
import { AuthzError, quote } from '../model/index.js';
import { auditCommand } from './audit-command.js';
import { type Command, UsageError } from './command.js';
import { type CommandIo, writeAll } from './command-io.js';
import { decideCommand } from './decide-command.js';
import { explainCommand } from './explain-command.js';
import { commandHelp, mainHelp } from './help-text.js';
import { listCommand } from './list-command.js';
import { parseArguments } from './parse-arguments.js';
import { readVersion } from './read-version.js';
import { didYouMean } from './suggest.js';

const COMMANDS: readonly Command[] = [auditCommand, listCommand, explainCommand, decideCommand];
const USAGE_ERROR = 2;

/**
 * Runs the command line `feast-permissions …argv`.
 *
 * Shape: `argv` is what stands after the program's name; gives the exit code: 0 clean, 1 findings or a refusal, 2 a command
 * line or an input that cannot be understood. Writes one line on standard error for each error, without a stack.
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
  const [name, ...rest] = argv;
  if (name === '--version') {
    await writeAll(io.stdout, `${readVersion()}\n`);
    return 0;
  }
  const isHelp = name === '--help' || name === '-h' || name === 'help';
  if (name === undefined || (isHelp && rest.length === 0)) {
    await writeAll(isHelp ? io.stdout : io.stderr, mainHelp(COMMANDS));
    return isHelp ? 0 : USAGE_ERROR;
  }
  const command = findCommand(isHelp ? (rest[0] ?? '') : name);
  const args = isHelp ? undefined : parseArguments(command, rest);
  if (args !== undefined && !args.has('help')) return command.run(args, io);
  await writeAll(io.stdout, commandHelp(command));
  return 0;
}

function findCommand(name: string): Command {
  const command = COMMANDS.find((one) => one.name === name);
  if (command !== undefined) return command;
  if (name.startsWith('-'))
    throw new UsageError(`a command comes first, and ${quote(name)} is none; see \`--help\``);
  const names = COMMANDS.map((one) => one.name);
  const hint = didYouMean(name, names) || `; there are ${names.join(', ')}`;
  throw new UsageError(`no command ${quote(name)}${hint}`);
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
  return [`unexpected error, which should be reported: ${message}`];
}

function firstLine(error: AuthzError): string {
  return error.message.replace(/ \(and \d+ more: .*\)$/su, '');
}
