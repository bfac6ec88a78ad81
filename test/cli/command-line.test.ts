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
    ).toBe(`Who may do what in a Feast feature store, and what services may do beside it.

Usage: feast-permissions COMMAND [OPTIONS] [PATH]

Commands:
  audit                     Find what no permission protects, what is open to
                            everyone, and what is said in vain
  list                      List the permissions with all their fields, whatever
                            the kind of their policy
  list-roles                List the roles, groups and namespaces that policies
                            name
  describe                  Describe a permission, or a resource with who may do
                            what to it
  explain                   Decide whether a user may do something to a
                            resource, and say why
  decide                    Answer requests from standard input, one JSON object
                            a line
  who-can                   List the roles, groups and namespaces that are
                            enough to do something to a resource
  can-what                  List everything that a user, or a role, group or
                            namespace alone, may do
  matrix                    Show what each role, group and namespace alone may
                            do to each resource
  diff                      Show who gained and lost what between two stores,
                            permission files or git revisions
  test                      Run files of policy tests, and say which permissions
                            they leave untested
  services audit            Find tokens, secrets and permissions of services
                            that are more open than they need be
  services endpoint plan    Show which service principals lack access to serving
                            endpoints
  services endpoint apply   Let service principals query serving endpoints
  services endpoint verify  Find where access to serving endpoints differs from
                            a file
  services link plan        Show what links between the model registries of
                            workspaces lack
  services link apply       Link the model registries of workspaces
  services link verify      Find where links between model registries differ
                            from a file
  services link rotate      Renew the tokens of links between model registries
  help                      Explain a command, or the rule of a finding of an
                            audit

Options:
  -h, --help  Show this help; after a command, the help of the command
  --version   Show the version

\`feast-permissions COMMAND --help\` says more about a command.
`);
    expect([exitCode, stderr]).toEqual([0, '']);
  });

  it('of audit', async () => {
    const { exitCode, stdout } = await runCli(['audit', '--help']);
    expect(
      stdout,
    ).toBe(`Find what no permission protects, what is open to everyone, and what is said in
vain.

Usage: feast-permissions audit [OPTIONS] [PATH]

Options:
      --all             Write long lists in full (default: the first 20 items,
                        and how many there are)
      --fail-on LEVEL   Lowest level with exit code 1: error, warning (default),
                        note or never
      --format FORMAT   How to write the result: table (default) or json
      --project NAME    Look at this project only (default: all projects of the
                        registry)
      --python VERSION  The Python that runs Feast and reads name patterns, 3.10
                        to 3.14 (default: 3.12)
      --no-color        Write without colours, as with NO_COLOR=1 or into a file
  -h, --help            Show this help

Exit codes:
  0  no finding of the level of --fail-on or above
  1  at least one such finding
  2  the command line or the feature store cannot be understood

PATH is a folder with a feature_store.yaml, such a file, a permission file, or a
registry file (default: what variables of Feast name, or the current folder).

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
    [['audti'], 'no command `audti`; did you mean `audit`?'],
    [
      ['apply'],
      'no command `apply`; there are audit, list, list-roles, describe, explain, decide, who-can, can-what, matrix, diff, test, services, help',
    ],
    [
      ['\u001b[2J'],
      'no command `\\u001b[2J`; there are audit, list, list-roles, describe, explain, decide, who-can, can-what, matrix, diff, test, services, help',
    ],
    [['services', 'adit'], 'no command `services adit`; did you mean `services audit`?'],
    [
      ['services', 'registered-models', 'plan'],
      'no command `services registered-models`; there are services audit, services endpoint, services link',
    ],
    [
      ['services', 'link', 'aply', 'x'],
      'no command `services link aply`; did you mean `services link apply`?',
    ],
    [['help', 'decode'], 'no command `decode`; did you mean `decide`?'],
    [['--format', 'json'], 'expected a command before `--format`; see `--help`'],
    [['audit', '--formt', 'json'], 'audit has no option `--formt`; did you mean `--format`?'],
    [['audit', '-v'], 'audit has no option `-v`'],
    [
      ['audit', '--format', 'jsn'],
      '`--format` cannot be `jsn`: it is one of table, json; did you mean `json`?',
    ],
    [
      ['audit', '--fail-on=x'],
      '`--fail-on` cannot be `x`: it is one of error, warning, note, never',
    ],
    [['audit', '--format'], '`--format` needs a value: `--format=FORMAT`'],
    [['audit', '--project', '--no-color'], '`--project` needs a value: `--project=NAME`'],
    [['audit', '--project', 'a', '--project', 'b'], '`--project` is there twice'],
    [['audit', '--no-color=yes'], '`--no-color` takes no value'],
    [['audit', 'a', 'b'], 'audit takes one path, and `b` is a second one'],
    [['explain', '--user', 'null', '--action', 'READ'], 'explain needs `--resource TYPE:NAME`'],
    [['explain'], 'explain needs `--user USER`'],
    [
      ['explain', '--user', '{"username"', '--action', 'READ', '--resource', 'Entity:x'],
      'the user is not JSON: write `{"username": "ann", "roles": ["admin"]}`',
    ],
    [
      ['explain', '--user', 'nosuch.json', '--action', 'READ', '--resource', 'Entity:x'],
      'the user is neither JSON nor `anonymous` nor a file that can be read: `nosuch.json` (ENOENT)',
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
      'the user is refused: `username` must be a string; `role` (did you mean `roles`?) is not a known field',
    ],
    [
      ['explain', '--user', '{}', '--action', 'READ', '--resource', 'Entity:x'],
      'the user is refused: `username` is missing',
    ],
  ])('%j', async (argv, message) => {
    expect(await runCli(argv)).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `feast-permissions: ${message}\n`,
    });
  });

  it.each([
    [[...EXPLAIN, '--action', 'REED', EXAMPLE], 'action `REED` is unknown; did you mean `READ`?'],
    [
      [...EXPLAIN.slice(0, -1), 'Featureview', EXAMPLE],
      '`Featureview` does not name a resource: write `TYPE:NAME`, for example `FeatureView:driver_stats`',
    ],
    [
      [...EXPLAIN.slice(0, -1), 'FeatureViews:x', EXAMPLE],
      'resource type `FeatureViews` is unknown; did you mean `FeatureView`?',
    ],
    [
      [...EXPLAIN.slice(0, -1), 'all_resource_types:x', EXAMPLE],
      /^resource type `all_resource_types` is unknown; known are Project, /,
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
      'feast-permissions: unexpected error, which should be reported: a\\u000adefect\n',
    );
  });
});
