import { run } from '../../src/cli/run.js';

/** What a run of the command line did. */
export interface CliResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  /** Chunks of standard input. */
  readonly stdin?: readonly (string | Uint8Array)[];
  readonly env?: Readonly<Record<string, string>>;
  /** Standard output and error are terminals of this width. */
  readonly terminal?: number;
}

export const EXAMPLE = 'examples/credit_scoring';
export const OIDC_EXAMPLE = 'examples/credit_scoring/feature_store_oidc.yaml';
export const EXAMPLE_REGISTRY = 'examples/credit_scoring/data/registry.db';

/** Runs the command line in this process, with everything it writes kept. */
export async function runCli(
  argv: readonly string[],
  { stdin = [], env = {}, terminal }: CliOptions = {},
): Promise<CliResult> {
  const stdout = new Output(terminal);
  const stderr = new Output(terminal);
  const exitCode = await run(argv, {
    stdin: { [Symbol.asyncIterator]: () => chunks(stdin) },
    stdout,
    stderr,
    env,
    cwd: process.cwd(),
  });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

async function* chunks(pieces: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield typeof piece === 'string' ? Buffer.from(piece) : piece;
}

class Output {
  text = '';
  readonly isTTY: boolean;
  readonly columns?: number;

  constructor(terminal: number | undefined) {
    this.isTTY = terminal !== undefined;
    if (terminal !== undefined) this.columns = terminal;
  }

  write(text: string): boolean {
    this.text += text;
    return true;
  }

  once(): this {
    return this;
  }

  removeListener(): this {
    return this;
  }
}
