import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXAMPLE, runCli } from '../run-cli.js';

const PERMISSIONS = `permissions:
  - name: readers
    types: FeatureView
    policy: { roles: [reader] }
  - name: everyone
    actions: [READ_ONLINE]
    policy: { type: AllowAll }
`;
const TOKENS = JSON.stringify({
  token_infos: [
    { token_id: 'a1', comment: 'deploy', creation_time: 1_600_000_000_000, expiry_time: -1 },
  ],
});

let folder: string;
const file = (name: string): string => join(folder, name);
const read = (name: string): string => readFileSync(file(name), 'utf8');
const audit = (...argv: readonly string[]) => runCli(['audit', ...argv]);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'feast-permissions-reports-'));
  writeFileSync(file('permissions.yaml'), PERMISSIONS);
  writeFileSync(file('tokens.json'), TOKENS);
});

afterAll(() => rmSync(folder, { recursive: true }));

function writeExceptions(...entries: readonly string[]): string {
  writeFileSync(
    file('exceptions.yaml'),
    `exceptions:\n${entries.map((one) => `  - ${one}\n`).join('')}`,
  );
  return file('exceptions.yaml');
}

describe('reports', () => {
  test('go to files beside standard output, several in one run', async () => {
    const { stdout, exitCode } = await audit(
      EXAMPLE,
      `--report=sarif=${file('a.sarif')}`,
      `--report=junit=${file('a.xml')}`,
      `--report=json=${file('a.json')}`,
    );
    expect(exitCode).toBe(1);
    expect(stdout).toContain('warning unsecured-resource');
    expect(JSON.parse(read('a.sarif'))).toMatchObject({ version: '2.1.0' });
    expect(read('a.xml')).toContain('<testsuites ');
    expect(JSON.parse(read('a.json'))).toMatchObject({ summary: { findings: 14 } });
  });

  test('go to --out instead of standard output, without colours', async () => {
    const out = file('report.txt');
    const { stdout } = await runCli(['audit', EXAMPLE, '--out', out], { terminal: 80 });
    expect(stdout).toBe('');
    expect(read('report.txt')).toMatch(/^Audit of /);
    expect(read('report.txt')).not.toContain('\u001b');
  });

  test.each(['json', 'html', 'markdown', 'sarif', 'github', 'gitlab', 'junit', 'baseline'])(
    'are written in the format %s to standard output',
    async (format) => {
      const { stdout, exitCode } = await audit(EXAMPLE, '--format', format);
      expect(stdout).toMatch(/\n$/);
      expect(stdout).toContain('unsecured-resource');
      expect(exitCode).toBe(1);
    },
  );

  test.each([
    ['an unknown format', ['--report=pdf=x'], 'FORMAT=FILE'],
    ['no file', ['--report=sarif='], 'FORMAT=FILE'],
    ['no format', ['--report=x.sarif'], 'FORMAT=FILE'],
    ['two reports for one file', ['--out=./x', '--report=sarif=x'], 'two reports go to'],
    ['a folder that is missing', ['--out=/nonexistent/x'], 'cannot be written (ENOENT)'],
  ])('are refused with %s', async (_, argv, problem) => {
    const { stderr, exitCode } = await audit(EXAMPLE, ...argv);
    expect(stderr).toContain(problem);
    expect(exitCode).toBe(2);
  });
});

describe('places', () => {
  const placesOf = async (path: string, env = {}): Promise<readonly string[]> => {
    const { stdout } = await runCli(['audit', path, '--format=github'], { env });
    return Array.from(
      stdout.matchAll(/file=([^,]*,line=\d+,title=[\w-]+)/g),
      ([, place]) => place ?? '',
    );
  };

  test('are the lines of permissions in a permission file', async () => {
    const places = await placesOf(file('permissions.yaml'), { GITHUB_WORKSPACE: folder });
    expect(places).toContain('permissions.yaml,line=5,title=open-read');
  });

  test('are lines of feature_store.yaml for a store without a permission file', async () => {
    const places = await placesOf(EXAMPLE);
    expect(places).toContain(
      'examples/credit_scoring/feature_store.yaml,line=3,title=unsecured-resource',
    );
  });

  test('are lines of permissions.yaml beside feature_store.yaml', async () => {
    mkdirSync(file('store'));
    writeFileSync(
      file('store/feature_store.yaml'),
      `project: credit_scoring\nregistry: ${process.cwd()}/examples/credit_scoring/data/registry.db\n`,
    );
    writeFileSync(
      file('store/permissions.yaml'),
      'permissions:\n  - name: nothing\n    name_patterns: none\n    policy: { roles: [] }\n',
    );
    const places = await placesOf(file('store'), { CI_PROJECT_DIR: folder });
    expect(places).toContain('store/permissions.yaml,line=2,title=empty-policy');
    expect(places).toContain('store/feature_store.yaml,line=2,title=unsecured-resource');
  });

  test('are the registry file where nothing else was read', async () => {
    const registry = 'examples/credit_scoring/data/registry.db';
    expect(await placesOf(registry)).toContain(`${registry},line=1,title=unsecured-resource`);
  });

  test('of entries of an exceptions file are their lines', async () => {
    const exceptions = writeExceptions('{ rule: open-read, permission: none, reason: r }');
    const { stdout } = await runCli(
      ['audit', EXAMPLE, `--exceptions=${exceptions}`, '--format=gitlab'],
      { env: { GITHUB_WORKSPACE: folder } },
    );
    expect(stdout).toContain('"path":"exceptions.yaml","lines":{"begin":2}');
  });
});

describe('--exceptions', () => {
  test('takes findings out of the report and of the exit code', async () => {
    const exceptions = writeExceptions(
      "{ rule: open-read, permission: everyone, reason: Public., until: '2999-12-31' }",
      '{ rule: unreadable-by-feast, permission: everyone, reason: Not written by Feast. }',
    );
    const path = file('permissions.yaml');
    const { stdout, exitCode } = await audit(path, '--exceptions', exceptions);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('2 accepted findings');
    const json = await audit(path, '--exceptions', exceptions, '--format=json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      accepted: [{ rule: 'unreadable-by-feast' }, { rule: 'open-read', reason: 'Public.' }],
    });
  });

  test('hides nothing after the last day', async () => {
    const exceptions = writeExceptions(
      '{ rule: open-read, permission: everyone, reason: r, until: 2020-01-01 }',
    );
    const { stdout, exitCode } = await audit(file('permissions.yaml'), '--exceptions', exceptions);
    expect(stdout).toContain('warning open-read');
    expect(stdout).toContain('warning expired-exception');
    expect(exitCode).toBe(1);
  });

  test('that cannot be read are an error', async () => {
    for (const path of [file('missing.yaml'), writeExceptions('{ rule: open-read }')]) {
      const { stdout, exitCode } = await audit(EXAMPLE, '--exceptions', path);
      expect([stdout, exitCode]).toEqual(['', 2]);
    }
  });

  test('accept findings of services, in one file with those of an audit', async () => {
    const exceptions = writeExceptions(
      '{ rule: token-without-expiry, object: "glob:token*", reason: Legacy. }',
      '{ rule: open-read, permission: everyone, reason: Public. }',
    );
    const { stdout } = await runCli([
      'services',
      'audit',
      file('tokens.json'),
      '--exceptions',
      exceptions,
    ]);
    expect(stdout).not.toContain('token-without-expiry');
    expect(stdout).not.toContain('unused-exception');
    expect(stdout).toContain('1 accepted finding');
  });
});

describe('--baseline', () => {
  test('leaves only what is new', async () => {
    const out = file('baseline.json');
    await audit(EXAMPLE, '--format=baseline', '--out', out);
    const { stdout, exitCode } = await audit(EXAMPLE, '--baseline', out);
    expect(stdout).toContain('no findings\n14 findings of the baseline');
    expect(exitCode).toBe(0);
    const { findings, ...rest } = JSON.parse(read('baseline.json')) as {
      findings: { rule: string }[];
    };
    writeFileSync(
      out,
      JSON.stringify({
        ...rest,
        findings: findings.filter(
          ({ rule }) => rule !== 'open-read' && rule !== 'unsecured-resource',
        ),
      }),
    );
    const second = await audit(EXAMPLE, '--baseline', out);
    expect(second.stdout).toContain('1 warning\n13 findings of the baseline');
    expect(second.exitCode).toBe(1);
  });

  test('holds findings of services, whatever their age says', async () => {
    const out = file('services-baseline.json');
    const path = file('tokens.json');
    await runCli(['services', 'audit', path, '--format=baseline', '--out', out]);
    const { exitCode } = await runCli(['services', 'audit', path, '--baseline', out]);
    expect(exitCode).toBe(0);
  });

  test('that cannot be read is an error', async () => {
    writeFileSync(file('broken.json'), '{}');
    for (const path of ['missing.json', 'broken.json']) {
      const { exitCode } = await audit(EXAMPLE, '--baseline', file(path));
      expect(exitCode).toBe(2);
    }
  });
});

test.each(['expired-exception', 'unused-exception'])('help explains %s', async (rule) => {
  const { stdout } = await runCli(['help', rule]);
  expect(stdout).toContain('docs/reports.md');
});
