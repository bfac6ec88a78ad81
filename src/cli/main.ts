#!/usr/bin/env node
import process from 'node:process';
import { run } from './run.js';

// A reader that has gone away, such as `head`, is not an error. Streams say so with an event that
// must be listened to.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const { argv, env, stdin, stdout, stderr } = process;
process.exitCode = await run(argv.slice(2), { stdin, stdout, stderr, env, cwd: process.cwd() });
