/**
 * Runs around all slow tests: records what the run reports, and at its end looks for every secret
 * in what every file put out.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { recordStream } from './record-stream.js';
import { createTranscript, describeLeaks, searchTranscripts } from './transcript.js';

export function setup(project: TestProject): () => void {
  // Nobody else can read it.
  const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-transcripts-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  // Also where the run is broken off.
  process.once('exit', remove);
  project.provide('transcripts', folder);
  const report = createTranscript(folder, 'the run');
  const restore = [
    recordStream(report, 'report', process.stdout),
    recordStream(report, 'report of errors', process.stderr),
  ];
  return () => {
    for (const undo of restore) undo();
    // What is thrown here is reported, and the run would succeed all the same.
    const { exitCode } = process;
    process.exitCode = 1;
    try {
      const leaks = searchTranscripts(folder);
      if (leaks.length > 0) process.stderr.write(`${describeLeaks(leaks)}\n`);
      else process.exitCode = exitCode;
    } finally {
      remove();
    }
  };
}
