import type { Environment } from '../config/index.js';

/** Where a command writes to: a stream of Node, as far as it is needed. */
export interface TextOutput {
  /** Gives false when the reader is slower: then wait for `drain`. */
  write(text: string): boolean;
  once(event: 'drain' | 'close' | 'error', listener: () => void): unknown;
  removeListener(event: 'drain' | 'close' | 'error', listener: () => void): unknown;
  /** True when the reader has gone away. */
  readonly destroyed?: boolean;
  readonly isTTY?: boolean;
  /** Width of a terminal. */
  readonly columns?: number;
}

/** What a command has to do with the world, so that it can run without a process. */
export interface CommandIo {
  readonly stdin: AsyncIterable<Uint8Array> & { readonly isTTY?: boolean };
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  readonly env: Environment;
  /** The working folder, which paths in messages are shortened by. */
  readonly cwd: string;
}

/** Writes, and waits until the reader can take more, or has gone away. */
export async function writeAll(output: TextOutput, text: string): Promise<void> {
  if (output.destroyed === true || output.write(text)) return;
  await new Promise<void>((resolve) => {
    const events = ['drain', 'close', 'error'] as const;
    const done = (): void => {
      for (const event of events) output.removeListener(event, done);
      resolve();
    };
    for (const event of events) output.once(event, done);
  });
}
