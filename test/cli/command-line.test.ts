import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EXAMPLE, EXAMPLE_REGISTRY, runCli } from './run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-'));
afterAll(() => rmSync(folder, { recursive: true }));

const COMMANDS = ['audit', 'list', 'list-roles', 'explain', 'decide'];
const EXPLAIN = ['explain', '--user', 'null', '--action', 'READ', '--resource', 'FeatureView:x'];

describe('help', () => {
  it.each([['--help'], ['-h'], ['help']])('%s lists the commands', async (argument) => {
    const { exitCode, stdout, stderr } = await runCli([argument]);
    expect(
      stdout,
    ).toBe(`Audit, explain and test permissions of a Feast feature store and its services.

Usage: feast-permissions COMMAND [OPTIONS] [PATH]

Commands:
  audit                      Report unprotected resources, permissions open to
                             everyone, and permissions that have no effect
  list                       List the permissions with all their fields
  list-roles                 List the roles, groups and namespaces that policies
                             name
  describe                   Describe a permission, or a resource and who may do
                             what to it
  explain                    Decide whether a user may do something to a
                             resource, and say why
  decide                     Answer requests from standard input, one JSON
                             object per line
  who-can                    List the roles, groups and namespaces that may do
                             something to a resource
  can-what                   List everything that a user, or a role, group or
                             namespace alone, may do
  matrix                     Show what each role, group and namespace alone may
                             do to each resource
  diff                       Show who gained and lost what between two stores,
                             permission files or git revisions
  suggest                    List grants that a decision log does not show in
                             use, and unsecured resources that it does
  test                       Run files of policy tests, and report permissions
                             that they leave untested
  services audit             Report tokens, secrets and permissions of services
                             that are more open than needed
  services endpoint plan     Show which service principals lack access to
                             serving endpoints
  services endpoint apply    Let service principals query serving endpoints
  services endpoint verify   Find where access to serving endpoints differs from
                             a file
  services store plan        Show which secrets and readers an online store
                             lacks
  services store apply       Put the secrets of an online store into scopes for
                             their readers
  services credential plan   Show who lacks access to service credentials
  services credential apply  Let service principals use service credentials
  services link plan         Show what links between the model registries of
                             workspaces lack
  services link apply        Link the model registries of workspaces
  services link verify       Find where links between model registries differ
                             from a file
  services link rotate       Renew the tokens of links between model registries
  help                       Explain a command, or a rule of an audit

Options:
  -h, --help  Show this help; after a command, the help of the command
  --version   Show the version

Run \`feast-permissions COMMAND --help\` for the options of a command.
`);
    expect([exitCode, stderr]).toEqual([0, '']);
  });

  it('of audit', async () => {
    const { exitCode, stdout } = await runCli(['audit', '--help']);
    expect(
      stdout,
    ).toBe(`Report unprotected resources, permissions open to everyone, and permissions that
have no effect.

Usage: feast-permissions audit [OPTIONS] [PATH]

Options:
      --all                 Write long lists in full (default: the first 20
                            items and a count)
      --fail-on LEVEL       Lowest level with exit code 1: error, warning
                            (default), note or never
      --exceptions FILE     Accept the findings that FILE names, each with a
                            reason
      --baseline FILE       Leave out the findings of FILE, which --format
                            baseline writes
      --format FORMAT       How to write the report: table (default), json,
                            markdown, sarif, github, gitlab, junit, baseline,
                            html
      --out FILE            Write the report to FILE (default: standard output)
      --report FORMAT=FILE  Write a further report to FILE; repeat it for
                            several
      --project NAME        Only this project (default: all projects of the
                            registry)
      --python VERSION      Version of the Python that runs Feast, whose rules
                            name patterns follow: 3.10 to 3.14 (default: 3.12)
      --no-color            Write without colours; also NO_COLOR=1
  -h, --help                Show this help

Exit codes:
  0  no finding of the level of --fail-on or above
  1  at least one such finding
  2  invalid command line or unreadable feature store

PATH is a feature_store.yaml or the folder of one, a permission file, or a
registry file (default: the store that Feast's environment variables name,
otherwise the current folder).

\`feast-permissions help RULE\` explains the rule of a finding.
`);
    expect(exitCode).toBe(0);
  });

  it.each(COMMANDS)('of %s is the same in each form, and needs nothing else', async (command) => {
    const { exitCode, stdout } = await runCli([command, '-h']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`Usage: feast-permissions ${command} `);
    for (const part of ['--format', '--project', '--no-color', '--help', 'Exit codes:'])
      expect(stdout).toContain(part);
    expect((await runCli(['help', command])).stdout).toBe(stdout);
    expect((await runCli([command, '.', '--format', 'json', '--help'])).stdout).toBe(stdout);
  });

  it.each([
    [['services'], 2],
    [['services', 'link'], 2],
    [['services', '--help'], 0],
    [['help', 'services'], 0],
    [['services', 'link', '-h'], 0],
    [['help', 'services', 'link'], 0],
  ])('of a group: %j', async (argv, code) => {
    const { exitCode, stdout, stderr } = await runCli(argv);
    expect(exitCode).toBe(code);
    const [said, silent] = code === 0 ? [stdout, stderr] : [stderr, stdout];
    expect(said).toContain('services link plan');
    expect(said).not.toContain('  decide ');
    expect(said.includes('services audit')).toBe(!argv.includes('link'));
    expect(silent).toBe('');
  });

  it.each(['services audit', 'services endpoint plan', 'services link rotate'])(
    'of %s is the same in each form',
    async (command) => {
      const { exitCode, stdout } = await runCli([...command.split(' '), '--help']);
      expect(exitCode).toBe(0);
      expect(stdout).toContain(`Usage: feast-permissions ${command} `);
      expect((await runCli(['help', ...command.split(' ')])).stdout).toBe(stdout);
    },
  );

  it.each([
    [],
    ...[...COMMANDS, 'services audit'].map((command) => [command]),
    ...['plan', 'apply', 'verify'].map((step) => [`services endpoint ${step}`]),
    ...['plan', 'apply', 'verify', 'rotate'].map((step) => [`services link ${step}`]),
    ...['plan', 'apply'].map((step) => [`services store ${step}`]),
    ...['plan', 'apply'].map((step) => [`services credential ${step}`]),
  ])('fits a terminal of 80 columns: %s', async (command = '') => {
    const { stdout } = await runCli(['help', ...command.split(' ').filter((word) => word !== '')]);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(stdout.split('\n').filter((line) => line !== line.trimEnd())).toEqual([]);
  });

  it('--version is that of the package', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await runCli(['--version'])).toEqual({
      exitCode: 0,
      stdout: `${version}\n`,
      stderr: '',
    });
  });
});

describe('a command line that is not understood', () => {
  it.each([
    [['audti'], 'unknown command `audti`; did you mean `audit`?'],
    [
      ['apply'],
      'unknown command `apply`. Use one of audit, list, list-roles, describe, explain, decide, who-can, can-what, matrix, diff, suggest, test, services, help',
    ],
    [
      ['\u001b[2J'],
      'unknown command `\\u001b[2J`. Use one of audit, list, list-roles, describe, explain, decide, who-can, can-what, matrix, diff, suggest, test, services, help',
    ],
    [['services', 'adit'], 'unknown command `services adit`; did you mean `services audit`?'],
    [
      ['services', 'registered-models', 'plan'],
      'unknown command `services registered-models`. Use one of services audit, services endpoint, services store, services credential, services link',
    ],
    [
      ['services', 'link', 'aply', 'x'],
      'unknown command `services link aply`; did you mean `services link apply`?',
    ],
    [['help', 'decode'], 'unknown command `decode`; did you mean `decide`?'],
    [['--format', 'json'], 'expected a command before `--format`. See `feast-permissions --help`'],
    [['audit', '--formt', 'json'], 'unknown option `--formt` for audit; did you mean `--format`?'],
    [['audit', '-v'], 'unknown option `-v` for audit. See `audit --help`'],
    [
      ['audit', '--format', 'jsn'],
      'invalid value `jsn` for `--format`: pass table, json, markdown, sarif, github, gitlab, junit, baseline, html; did you mean `json`?',
    ],
    [
      ['audit', '--fail-on=x'],
      'invalid value `x` for `--fail-on`: pass error, warning, note, never',
    ],
    [['audit', '--format'], '`--format` needs a value: `--format=FORMAT`'],
    [['audit', '--project', '--no-color'], '`--project` needs a value: `--project=NAME`'],
    [
      ['audit', '--project', 'a', '--project', 'b'],
      '`--project` was given more than once. Pass it once',
    ],
    [['audit', '--no-color=yes'], '`--no-color` takes no value'],
    [['audit', 'a', 'b'], 'unexpected argument `b`: audit takes one path'],
    [['explain', '--user', 'null', '--action', 'READ'], 'explain needs `--resource TYPE:NAME`'],
    [['explain'], 'explain needs `--user USER`'],
    [
      ['explain', '--user', '{"username"', '--action', 'READ', '--resource', 'Entity:x'],
      'the user is not valid JSON. Write, for example, `{"username": "ann", "roles": ["admin"]}`',
    ],
    [
      ['explain', '--user', 'nosuch.json', '--action', 'READ', '--resource', 'Entity:x'],
      'cannot read the user file `nosuch.json` (ENOENT). Pass a file with JSON, `anonymous`, or JSON such as `{"username": "ann", "roles": ["admin"]}`',
    ],
    [
      [
        'explain',
        '--user',
        '{"username":1,"role":[]}',
        '--action',
        'READ',
        '--resource',
        'Entity:x',
      ],
      'invalid user: `username` must be a string; `role` (did you mean `roles`?) is not a known field',
    ],
    [
      ['explain', '--user', '{}', '--action', 'READ', '--resource', 'Entity:x'],
      'invalid user: `username` is missing',
    ],
  ])('%j', async (argv, message) => {
    expect(await runCli(argv)).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `feast-permissions: ${message}\n`,
    });
  });

  it.each([
    [[...EXPLAIN, '--action', 'REED', EXAMPLE], 'unknown action `REED`; did you mean `READ`?'],
    [
      [...EXPLAIN.slice(0, -1), 'Featureview', EXAMPLE],
      'invalid resource `Featureview`: write `TYPE:NAME`, for example `FeatureView:driver_stats`',
    ],
    [
      [...EXPLAIN.slice(0, -1), 'FeatureViews:x', EXAMPLE],
      'unknown resource type `FeatureViews`; did you mean `FeatureView`?',
    ],
    [
      [...EXPLAIN.slice(0, -1), 'all_resource_types:x', EXAMPLE],
      /^unknown resource type `all_resource_types`. Use one of Project, /,
    ],
    [
      [...EXPLAIN, EXAMPLE_REGISTRY],
      'the registry has 2 projects, such as `credit_scoring`, `fraud_detection`: name one with `--project`',
    ],
  ])('%j', async (argv, message) => {
    const { exitCode, stdout, stderr } = await runCli(argv);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^feast-permissions: .*\n$/);
    const said = stderr.slice('feast-permissions: '.length, -1);
    if (typeof message === 'string') expect(said).toBe(message);
    else expect(said).toMatch(message);
  });

  it('nothing at all gets the help, as an error', async () => {
    const { exitCode, stdout, stderr } = await runCli([]);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Usage: feast-permissions COMMAND');
  });
});

describe('a feature store that cannot be read', () => {
  const write = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };

  it.each(COMMANDS.filter((command) => command !== 'explain'))(
    '%s says so in one line',
    async (command) => {
      const { exitCode, stdout, stderr } = await runCli([command, join(folder, 'nosuch')]);
      expect([exitCode, stdout]).toEqual([2, '']);
      expect(stderr).toBe(`feast-permissions: no file or folder \`${folder}/nosuch\`\n`);
    },
  );

  it('one line for each mistake, with its place', async () => {
    const file = write('mistakes.yaml', 'project: a b\nregistry: 5\nauth:\n  type: odic\n');
    const { exitCode, stderr } = await runCli(['audit', file]);
    expect(exitCode).toBe(2);
    const lines = stderr.trimEnd().split('\n');
    expect(lines.map((line) => line.slice(0, `feast-permissions: ${file}:0:0`.length))).toEqual(
      [
        `feast-permissions: ${file}:1:1`,
        `feast-permissions: ${file}:2:1`,
        `feast-permissions: ${file}:4:3`,
      ].map((start) => expect.stringMatching(new RegExp(`^${start.slice(0, -1)}\\d`))),
    );
    expect(lines[0]).not.toContain('more:');
  });

  it('a project that the registry does not have', async () => {
    const { exitCode, stderr } = await runCli(['audit', EXAMPLE, '--project', 'nosuch']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /^feast-permissions: project `nosuch` is not in registry file .*, which has `credit_scoring`, `fraud_detection`\n$/,
    );
  });

  it('a registry that is cut off', async () => {
    const file = join(folder, 'cut.db');
    writeFileSync(file, readFileSync(EXAMPLE_REGISTRY).subarray(0, 3000));
    const { exitCode, stdout, stderr } = await runCli(['audit', file]);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^feast-permissions: registry file .*\n$/);
  });

  it('a defect is one line as well', async () => {
    const broken = new Proxy(
      {},
      {
        get: () => {
          throw new Error('a\ndefect');
        },
      },
    );
    const result = await runCli(['audit', EXAMPLE], { env: broken as Record<string, string> });
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain(
      'feast-permissions: unexpected error: a\\u000adefect. Please report it\n',
    );
  });
});
