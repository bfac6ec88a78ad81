import { dirname, join } from 'node:path';
import { createAuthorizer } from '../../engine/index.js';
import { safeJson } from '../../foundation/terminal/terminal-text.js';
import {
  loadPolicyTests,
  mutatePolicies,
  type PolicyTests,
  reportJunit,
  runPolicyTests,
} from '../../testing/index.js';
import type { Arguments } from '../command.js';
import { type CommandIo, writeAll } from '../command-io.js';
import { type OpenedStore, openStore, printWarnings } from '../open-store.js';
import { type Progress, withProgress } from '../progress.js';
import { type TestedFile, testText } from '../test-text.js';
import { textLayout } from '../text-layout.js';

/** Runs `test`. Gives the exit code. */
export async function runTest(args: Arguments, io: CommandIo): Promise<number> {
  const { files, warnings } = await withProgress(io.stderr, (progress) =>
    runFiles(args, io, progress),
  );
  printWarnings(warnings, io);
  await writeAll(io.stdout, outputOf(files, warnings, args, io));
  return files.every(({ report }) => report.failed + report.errors === 0) ? 0 : 1;
}

async function runFiles(
  args: Arguments,
  io: CommandIo,
  progress: Progress,
): Promise<{ readonly files: readonly TestedFile[]; readonly warnings: readonly string[] }> {
  const stores = new Map<string, OpenedStore>();
  const files: TestedFile[] = [];
  for (const file of args.paths) {
    const tests = await loadPolicyTests(file);
    const { path, project } = storeOf(file, tests, args);
    const key = JSON.stringify([path, project]);
    const store =
      stores.get(key) ??
      (await openStore(
        { paths: [path], get: (name) => (name === 'project' ? project : args.get(name)) },
        io,
        progress,
        { enforce: true },
      ));
    stores.set(key, store);
    progress.start(`testing ${file}`);
    const authorizer = createAuthorizer(store.snapshot);
    files.push({
      file,
      store: store.source,
      report: runPolicyTests(authorizer, tests),
      mutation: args.has('mutate') ? mutatePolicies(authorizer, tests) : null,
    });
  }
  return { files, warnings: [...stores.values()].flatMap((store) => store.warnings) };
}

function storeOf(
  file: string,
  tests: PolicyTests,
  args: Arguments,
): { readonly path: string; readonly project: string | undefined } {
  const path = args.get('store') ?? join(dirname(file), tests.store ?? '.');
  return { path, project: args.get('project') ?? tests.project };
}

function outputOf(
  files: readonly TestedFile[],
  warnings: readonly string[],
  args: Arguments,
  io: CommandIo,
): string {
  switch (args.get('format')) {
    case 'junit':
      return reportJunit(files.map(({ file, report }) => ({ name: file, report })));
    case 'json':
      return `${safeJson({ files: files.map(toJson), warnings }, 2)}\n`;
    default:
      return `${testText(files, textLayout(args, io)).join('\n')}\n`;
  }
}

function toJson({ file, store, report, mutation }: TestedFile): object {
  const { passed, failed, errors, coverage } = report;
  const results = report.results.map(({ case: one, outcome, message }) => ({
    number: one.number,
    name: one.name,
    title: one.title,
    outcome,
    message,
  }));
  return { file, store, passed, failed, errors, results, coverage, mutation };
}
