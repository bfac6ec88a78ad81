import { type Arguments, UsageError } from './command.js';
import { type CommandIo, writeAll } from './command-io.js';
import { readLines } from './read-lines.js';
import { changesText, type ServicesChanges } from './services-changes.js';

const MAX_ANSWER = 100;

/**
 * Whether a person wants changes: by `--yes`, or by typing `yes` on a terminal, on which they are
 * shown.
 *
 * @throws {@link UsageError} when there is neither
 */
export async function confirmChanges(
  changes: ServicesChanges,
  args: Arguments,
  io: CommandIo,
): Promise<boolean> {
  if (args.has('yes')) return true;
  const { stdin, stderr } = io;
  if (stdin.isTTY !== true) {
    throw new UsageError('nothing was changed: without a terminal to ask on, `--yes` is needed');
  }
  // Standard output is for the result.
  await writeAll(stderr, changesText(changes, args, { ...io, stdout: stderr }));
  stderr.write('Do this? Only `yes` is taken: ');
  if ((await readAnswer(stdin)) === 'yes') return true;
  stderr.write('nothing was changed\n');
  return false;
}

/** The first line; undefined at the end of input, or if it is longer than any answer. */
async function readAnswer(stdin: CommandIo['stdin']): Promise<string | undefined> {
  for await (const [line] of readLines(stdin, MAX_ANSWER)) {
    if (line !== undefined) return 'text' in line ? line.text.trim() : undefined;
  }
  return undefined;
}
