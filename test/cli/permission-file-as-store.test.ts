import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { PATH_NOTE } from '../../src/cli/command.js';
import { COMMANDS } from '../../src/cli/run.js';
import { runCli } from './run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, 'permissions.yaml');
writeFileSync(
  file,
  `permissions:
  - { name: readers, types: FeatureView, name_patterns: 'sales_.*', actions: READ, policy: { roles: [analyst] } }
  - { name: owners, policy: { groups: [platform], namespaces: [prod] } }
`,
);
const testFile = join(folder, 'permissions.test.yaml');
writeFileSync(
  testFile,
  `store: permissions.yaml
users: { ann: { roles: [analyst] } }
cases:
  - { user: ann, action: READ_ONLINE, resource: 'FeatureView:sales_eu', expect: allowed }
`,
);

const ANN = '{"username":"ann","roles":["analyst"]}';
const READ = ['--user', ANN, '--action', 'READ', '--resource', 'FeatureView:sales_eu'];

/** By command that takes a store: how it is called, and what it says of the file. */
const CALLS: Readonly<Record<string, readonly [argv: readonly string[], said: string]>> = {
  audit: [[file], '2 permissions'],
  list: [[file], 'the role "analyst"'],
  'list-roles': [[file], 'namespace "prod"  owners'],
  describe: [['readers', file], 'sales_.*'],
  explain: [[...READ, file], 'allowed ann: READ_ONLINE, READ_OFFLINE on FeatureView:sales_eu'],
  decide: [[file], '"allowed":true'],
  'who-can': [['READ', 'FeatureView:sales_eu', file], 'role "analyst"'],
  'can-what': [['--role', 'analyst', file], 'no resource is registered'],
  matrix: [[file], 'no resource is registered'],
  diff: [[file, file], 'nothing was gained or lost'],
  suggest: [['-', file], 'readers'],
  test: [[testFile], '1 passed'],
};

describe('a permission file in place of a store', () => {
  const names = COMMANDS.map(({ name }) => name).filter(
    (name) => name !== 'help' && !name.startsWith('services '),
  );

  it('is taken by every command that takes a store', () => {
    expect(Object.keys(CALLS)).toEqual(names);
    const others = COMMANDS.filter(({ name }) => !names.includes(name));
    expect(others.filter(({ notes }) => notes.includes(PATH_NOTE))).toEqual([]);
  });

  it.each(names)('is read by %s', async (name) => {
    const [argv, said] = CALLS[name] ?? [[], ''];
    const stdin = [`{"user":${ANN},"actions":"READ","resource":"FeatureView:sales_eu"}\n`];
    const { stdout, stderr, exitCode } = await runCli([name, ...argv], { stdin });
    expect(stderr).toBe('');
    expect(exitCode).toBeLessThan(2);
    expect(stdout).toContain(said);
  });

  it.each(names.filter((name) => name !== 'test' && name !== 'diff'))(
    'is read by %s as a project of its own',
    async (name) => {
      const [argv] = CALLS[name] ?? [[]];
      const { exitCode, stderr } = await runCli([name, ...argv, '--project', 'risk'], {
        stdin: [`{"user":${ANN},"actions":"READ","resource":"FeatureView:sales_eu"}\n`],
      });
      expect([stderr, exitCode < 2]).toEqual(['', true]);
    },
  );
});
