/**
 * Runs before each slow test file: records what is printed, watches what the package takes for a
 * secret, and at the end fails the file where one is in what it put out.
 */
import { format } from 'node:util';
import { afterAll } from 'vitest';
import { defaultRedactor } from '../../../src/redaction/index.js';
import { recordStream } from './record-stream.js';
import { transcript } from './recording.js';
import { describeLeaks } from './transcript.js';

const PRINTING = ['debug', 'dir', 'error', 'info', 'log', 'table', 'trace', 'warn'] as const;

recordStream(transcript, 'stdout', process.stdout);
recordStream(transcript, 'stderr', process.stderr);
recordConsole();
watchRedaction();
process.on('warning', (warning) => transcript.record('process warning', warning));
process.on('unhandledRejection', (reason) => transcript.record('error', reason));
process.on('uncaughtExceptionMonitor', (error) => transcript.record('error', error));

// What is registered first ends last: after all that the file itself does at its end.
afterAll(async () => {
  // Warnings come a little later than what they warn of.
  await new Promise(setImmediate);
  const leaks = transcript.search();
  if (leaks.length > 0) throw new Error(describeLeaks(leaks));
});

function recordConsole(): void {
  for (const method of PRINTING) {
    const print = console[method].bind(console) as (...args: unknown[]) => void;
    console[method] = (...args: unknown[]): void => {
      transcript.record('console', format(...args));
      for (const arg of args) transcript.record('console', arg);
      print(...args);
    };
  }
}

/** What is to be masked in this process is a secret, whoever it comes from. */
function watchRedaction(): void {
  const add = defaultRedactor.add.bind(defaultRedactor);
  defaultRedactor.add = (secret) => {
    const remove = add(secret);
    const { value, name = 'secret' } = typeof secret === 'string' ? { value: secret } : secret;
    transcript.watchSecret(value, `${name} that is masked`);
    return remove;
  };
}
