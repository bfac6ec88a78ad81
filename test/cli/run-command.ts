import type { Command } from '../../src/cli/command.js';
import type { CommandIo } from '../../src/cli/command-io.js';
import { parseArguments } from '../../src/cli/parse-arguments.js';

/** What a command did. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command by itself; `typed` is what a person types on a terminal, where there is one. */
export async function runCommand(
  command: Command,
  argv: readonly string[],
  options: { readonly env?: CommandIo['env']; readonly typed?: string } = {},
): Promise<CommandResult> {
  const { env = {}, typed } = options;
  let stdout = '';
  let stderr = '';
  const output = (write: (text: string) => void): CommandIo['stdout'] => ({
    write: (text) => {
      write(text);
      return true;
    },
    once: () => {},
    removeListener: () => {},
  });
  async function* pieces(): AsyncGenerator<Uint8Array> {
    if (typed !== undefined) yield Buffer.from(typed);
  }
  const exitCode = await (await command.load())(parseArguments(command, argv), {
    stdin: { [Symbol.asyncIterator]: pieces, isTTY: typed !== undefined },
    stdout: output((text) => {
      stdout += text;
    }),
    stderr: output((text) => {
      stderr += text;
    }),
    env,
    cwd: process.cwd(),
  });
  return { exitCode, stdout, stderr };
}
