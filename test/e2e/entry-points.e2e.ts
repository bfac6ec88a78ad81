import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type InstalledPackage, installPackage } from './support/runtimes/install-package.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string): unknown => parse(readFileSync(join(ROOT, file), 'utf8'));

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly runs: {
    readonly using: string;
    readonly steps: readonly {
      readonly shell: string;
      readonly run: string;
      readonly env: Readonly<Record<string, string>>;
    }[];
  };
}
interface Hook {
  readonly id: string;
  readonly entry: string;
  readonly language: string;
  readonly files: string;
  readonly pass_filenames: boolean;
}

let installed: InstalledPackage;
/** A repository with a feature store, a permission file and policy tests. */
let repository: string;

beforeAll(() => {
  installed = installPackage();
  const bin = join(installed.folder, 'node_modules', '.bin', 'feast-permissions');
  mkdirSync(dirname(bin));
  chmodSync(join(installed.home, 'dist/cli/main.js'), 0o755);
  symlinkSync(join(installed.home, 'dist/cli/main.js'), bin);
  repository = installed.folder;
  cpSync(join(ROOT, 'examples/credit_scoring'), join(repository, 'store'), { recursive: true });
  cpSync(join(ROOT, 'examples/permissions.yaml'), join(repository, 'permissions.yaml'));
  cpSync(join(ROOT, 'examples/permissions.test.yaml'), join(repository, 'permissions.test.yaml'));
  cpSync(join(ROOT, 'examples/credit_scoring'), join(repository, 'credit_scoring'), {
    recursive: true,
  });
});

afterAll(() => installed?.remove());

describe('action.yml', () => {
  const action = read('action.yml') as Action;
  const [step] = action.runs.steps;

  /** Runs the step as a runner of GitHub does, with npx, and without a registry. */
  function runAction(inputs: Readonly<Record<string, string>>) {
    const value = (name: string): string => inputs[name] ?? action.inputs[name]?.default ?? '';
    const env = Object.fromEntries(
      Object.entries(step?.env ?? {}).map(([name, expression]) => {
        const [, input] = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(expression) ?? [];
        return [name, value(input ?? '')];
      }),
    );
    const file = join(repository, 'step.sh');
    const summary = join(repository, 'summary.md');
    writeFileSync(file, step?.run ?? '');
    writeFileSync(summary, '');
    const result = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', file], {
      cwd: repository,
      encoding: 'utf8',
      env: {
        ...process.env,
        ...env,
        GITHUB_WORKSPACE: repository,
        GITHUB_STEP_SUMMARY: summary,
        npm_config_offline: 'true',
      },
    });
    return { ...result, summary: readFileSync(summary, 'utf8') };
  }

  test('is a composite action with one step, which runs this version', () => {
    const { version } = read('package.json') as { readonly version: string };
    expect(action.runs.using).toBe('composite');
    expect(action.runs.steps).toHaveLength(1);
    expect(action.inputs['version']?.default).toBe(version);
    // Every input reaches the script through the environment.
    expect(step?.run).not.toContain('${{');
    expect(Object.values(step?.env ?? {}).sort()).toEqual(
      Object.keys(action.inputs)
        .map((name) => `\${{ inputs.${name} }}`)
        .sort(),
    );
  });

  test('annotates, writes reports and the summary, and fails', () => {
    const { status, stdout, stderr, summary } = runAction({
      path: 'store',
      sarif: 'audit.sarif',
      html: 'audit.html',
    });
    expect(stderr).not.toContain('ERR!');
    expect(status).toBe(1);
    expect(stdout).toContain('::error file=store/feature_store.yaml,line=1,title=auth-disabled::');
    expect(summary).toContain('## Audit of');
    const sarif = readFileSync(join(repository, 'audit.sarif'), 'utf8');
    expect(JSON.parse(sarif)).toMatchObject({ version: '2.1.0' });
    expect(readFileSync(join(repository, 'audit.html'), 'utf8')).toMatch(/^<!doctype html>/);
  });

  test('passes with exceptions, a project and a higher level', () => {
    writeFileSync(
      join(repository, 'exceptions.yaml'),
      'exceptions:\n  - { rule: auth-disabled, object: auth, reason: Example. }\n  - { rule: tags-ignored-by-feast, permission: "glob:*", reason: Example. }\n',
    );
    const inputs = { path: 'store', project: 'credit_scoring', 'fail-on': 'error' };
    expect(runAction(inputs).status).toBe(1);
    expect(runAction({ ...inputs, exceptions: 'exceptions.yaml' }).status).toBe(0);
  });

  test('takes inputs as text, whatever they hold', () => {
    const { status, stderr, stdout } = runAction({ path: '--help; $(echo run) `echo run`' });
    expect(status).toBe(2);
    expect(stderr).toContain('--help; $(echo run)');
    expect(stdout).toBe('');
  });

  test('leaves the summary alone where it is not wanted', () => {
    expect(runAction({ path: 'store', summary: 'false' }).summary).toBe('');
  });
});

describe('.pre-commit-hooks.yaml', () => {
  const hooks = read('.pre-commit-hooks.yaml') as readonly Hook[];

  function runHook(id: string, ...args: readonly string[]) {
    const [command = '', ...words] = hooks.find((hook) => hook.id === id)?.entry.split(' ') ?? [];
    const path = `${join(repository, 'node_modules', '.bin')}${delimiter}${process.env['PATH']}`;
    return spawnSync(command, [...words, ...args], {
      cwd: repository,
      encoding: 'utf8',
      env: { ...process.env, PATH: path },
    });
  }

  test('has hooks that a commit of their files starts', () => {
    expect(hooks.map(({ id }) => id)).toEqual([
      'feast-permissions-audit',
      'feast-permissions-test',
    ]);
    for (const { language, files, pass_filenames: passed } of hooks) {
      expect(language).toBe('node');
      expect(passed).toBe(false);
      expect(new RegExp(files).test('store/permissions.yaml')).toBe(true);
      expect(new RegExp(files).test('README.md')).toBe(false);
    }
  });

  test('audits a feature store or a permission file', () => {
    const store = runHook('feast-permissions-audit', 'store');
    expect(store.stdout).toContain('warning unsecured-resource');
    expect(store.status).toBe(1);
    const file = runHook('feast-permissions-audit', '--fail-on=error', 'permissions.yaml');
    expect([file.status, file.stderr]).toEqual([0, '']);
  });

  test('runs policy tests', () => {
    const { status, stderr } = runHook('feast-permissions-test');
    expect([status, stderr]).toEqual([0, '']);
  });
});
