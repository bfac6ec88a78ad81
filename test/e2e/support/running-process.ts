import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program that was started for a test and is ready. */
export interface RunningProcess {
  /** Asks it to end (SIGTERM), waits, and ends it for good (SIGKILL) after 30 s. */
  stop(): Promise<void>;
}

/** What to start, and how to tell that it is ready. */
export interface ProcessOptions {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Gets what the program prints; its last lines are in the error when it does not come up. */
  readonly log: string;
  readonly isReady: () => Promise<boolean>;
  /** In seconds. */
  readonly timeout: number;
}

const children = new Set<ChildProcess>();

// When the test run itself is ended, nothing is left behind.
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/**
 * Starts a program and waits until it is ready.
 *
 * @throws Error with the end of its log when it ends before, or is not ready in time
 */
export async function startProcess(options: ProcessOptions): Promise<RunningProcess> {
  const log = createWriteStream(options.log, { flags: 'a' });
  const child = spawn(options.command, options.arguments, {
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  const ended = once(child, 'close').finally(() => children.delete(child));
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });

  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null && failure === undefined) {
      child.kill('SIGTERM');
      const patience = new AbortController();
      await Promise.race([ended, sleep(30_000, undefined, { signal: patience.signal })]);
      patience.abort();
      child.kill('SIGKILL');
      await ended;
    }
    log.end();
  };

  const deadline = Date.now() + options.timeout * 1000;
  while (!(await options.isReady().catch(() => false))) {
    if (child.exitCode !== null || failure !== undefined || Date.now() > deadline) {
      await stop();
      const text = readFileSync(options.log, 'utf8').split('\n').slice(-30).join('\n');
      const cause = failure?.message ?? `it ended with ${child.exitCode}, or took too long`;
      throw new Error(`${options.command} does not run: ${cause}\n${text}`);
    }
    await sleep(100);
  }
  return { stop };
}

/** A port of the loopback interface that was free a moment ago. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Whether a server listens on a port. */
export function isListening(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
