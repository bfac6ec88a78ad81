import { execFile } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePolicyTests } from '../../src/testing/index.js';
import { runScript } from './support/run-script.js';
import { type InstalledPackage, installPackage } from './support/runtimes/install-package.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const POLICY_TESTS = readFileSync(join(ROOT, 'examples/permissions.test.yaml'), 'utf8');

/** What each runner is given, behind its own `run`: the lines of the guide to testing. */
const PROGRAM = `
import { readFileSync } from 'node:fs';
import { createAuthorizer } from 'feast-permissions';
import { loadFeatureStore } from 'feast-permissions/registry';
import { assertPolicyCase, parsePolicyTests } from 'feast-permissions/testing';

const { cases } = parsePolicyTests(readFileSync(process.env.POLICY_TESTS, 'utf8'));
const { snapshotOptions } = await loadFeatureStore(process.env.STORE);
const authorizer = createAuthorizer(snapshotOptions);
`;
const TESTS =
  'for (const one of cases) test(one.title, () => assertPolicyCase(authorizer, one));\n';

interface Run {
  readonly code: number;
  /** What a reader of the results sees. */
  readonly output: string;
  /** Titles of the tests. */
  readonly passed: readonly string[];
  readonly failed: readonly string[];
}

interface JsonReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly status: string;
      readonly title: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

let installed: InstalledPackage;
let jest: string;

beforeAll(async () => {
  jest = join(await runScript('jest.sh'), 'node_modules/jest/bin/jest.js');
  installed = installPackage();
  const { folder } = installed;
  symlinkSync(join(ROOT, 'node_modules/vitest'), join(folder, 'node_modules/vitest'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'policy.jest.js'), PROGRAM + TESTS);
  writeFileSync(
    join(folder, 'policy.vitest.test.js'),
    `import { test } from 'vitest';\n${PROGRAM}${TESTS}`,
  );
  writeFileSync(
    join(folder, 'policy.node.js'),
    `import test from 'node:test';\n${PROGRAM}${TESTS}`,
  );
  writeFileSync(join(folder, 'right.yaml'), POLICY_TESTS);
  writeFileSync(
    join(folder, 'wrong.yaml'),
    POLICY_TESTS.replace('expect: allowed', 'expect: refused'),
  );
}, 300_000);

afterAll(() => installed?.remove());

async function runNode(
  file: string,
  ...argv: readonly string[]
): Promise<Omit<Run, 'passed' | 'failed'>> {
  const { folder, home } = installed;
  const { PATH, HOME } = process.env;
  const env = {
    PATH,
    HOME,
    NO_COLOR: '1',
    CI: 'true',
    POLICY_TESTS: join(folder, file),
    STORE: join(home, 'examples/credit_scoring/feature_store_oidc.yaml'),
  };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, argv, {
      cwd: folder,
      env: env as NodeJS.ProcessEnv,
    });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

/** With a report that jest and vitest write in the same form. */
async function runWithReport(file: string, ...argv: readonly string[]): Promise<Run> {
  const report = join(installed.folder, 'report.json');
  writeFileSync(report, '');
  const run = await runNode(file, ...argv, `--outputFile=${report}`);
  const text = readFileSync(report, 'utf8');
  if (text === '') throw new Error(run.output);
  const results = (JSON.parse(text) as JsonReport).testResults.flatMap(
    ({ assertionResults }) => assertionResults,
  );
  const having = (wanted: string): readonly string[] =>
    results.filter(({ status }) => status === wanted).map(({ title }) => title);
  // What jest prints is its own: vitest prints nothing beside its report.
  const output = argv.includes(jest)
    ? run.output
    : results.flatMap(({ failureMessages }) => failureMessages).join('\n');
  return { code: run.code, output, passed: having('passed'), failed: having('failed') };
}

const RUNNERS: Readonly<Record<string, (file: string) => Promise<Run>>> = {
  jest: (file) => {
    const config = JSON.stringify({ testMatch: ['**/policy.jest.js'], transform: {} });
    const options = ['--config', config, '--rootDir', installed.folder, '--json'];
    return runWithReport(file, '--experimental-vm-modules', jest, ...options);
  },
  vitest: (file) => {
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
    const options = ['--root', installed.folder, '--reporter=json'];
    return runWithReport(file, vitest, 'run', 'policy.vitest.test.js', ...options);
  },
  'node:test': async (file) => {
    const run = await runNode(file, '--test', '--test-reporter=tap', 'policy.node.js');
    const titles = (start: string): readonly string[] =>
      [...run.output.matchAll(new RegExp(`^ *${start} \\d+ - (.*)$`, 'gm'))]
        .map(([, title = '']) => title)
        .filter((title) => title.includes(' is '));
    return { ...run, passed: titles('ok'), failed: titles('not ok') };
  },
};

describe.each(Object.keys(RUNNERS))('policy tests in %s', (name) => {
  const run = RUNNERS[name] as (file: string) => Promise<Run>;
  const titles = parsePolicyTests(POLICY_TESTS).cases.map(({ title }) => title);

  it('pass, one test for each question', async () => {
    const { code, passed, failed } = await run('right.yaml');
    expect([code, failed]).toEqual([0, []]);
    expect(passed).toEqual(titles);
  });

  it('fail with the reasons of the decision', async () => {
    const { code, passed, failed, output } = await run('wrong.yaml');
    expect(code).not.toBe(0);
    expect(failed).toEqual([titles[0]?.replace('is allowed', 'is refused')]);
    expect(passed).toEqual(titles.slice(1));
    expect(output).toContain('expected user "ann" to be refused READ_OFFLINE');
    expect(output).toContain('permission "reader" grants READ_OFFLINE');
  });
});
