import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CommandIo } from '../../../src/cli/command-io.js';
import { servicesAuditCommand } from '../../../src/cli/commands/services-audit-command.js';
import { parseArguments } from '../../../src/cli/parse-arguments.js';
import { fixturePath } from '../../platforms/databricks/acl/read-fixture.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'services-audit-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the command as `services audit …argv`. */
async function audit(
  argv: readonly string[],
  stdin = '',
): Promise<{ readonly exitCode: number; readonly stdout: string }> {
  let stdout = '';
  const output = (write: (text: string) => void): CommandIo['stdout'] => ({
    write: (text) => {
      write(text);
      return true;
    },
    once: () => {},
    removeListener: () => {},
  });
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(stdin);
  }
  const exitCode = await (await servicesAuditCommand.load())(
    parseArguments(servicesAuditCommand, argv),
    {
      stdin: { [Symbol.asyncIterator]: pieces },
      stdout: output((text) => {
        stdout += text;
      }),
      stderr: output(() => {}),
      env: {},
      cwd: process.cwd(),
    },
  );
  return { exitCode, stdout };
}

describe('exit codes', () => {
  test.each([
    [['secret-scopes.json'], [], 0],
    [['token-list.json'], [], 1],
    [['token-list.json'], ['--fail-on', 'never'], 0],
    [['online-stores.yaml'], ['--fail-on=error'], 1],
    [['service-principals.json'], ['--fail-on=error'], 0],
    [['online-stores.yaml', 'token-list.json'], ['--fail-on=error'], 1],
  ] as const)('%j with %j: %d', async (names, options, expected) => {
    const { exitCode } = await audit([...options, ...names.map(fixturePath)]);
    expect(exitCode).toBe(expected);
  });
});

test('shortens long lists, unless all is asked for', async () => {
  const file = join(folder, 'many-tokens.json');
  const tokens = Array.from({ length: 1030 }, (_, index) => ({
    token_id: `t${index}`,
    creation_time: 1_768_000_000_000,
    expiry_time: -1,
    comment: `token ${index}`,
    created_by_id: 1001,
    created_by_username: 'ann@example.com',
    owner_id: 1001,
  }));
  writeFileSync(file, JSON.stringify({ token_infos: tokens }));
  const { stdout } = await audit([file]);
  expect(stdout).toContain('\n  and 1,010 more; `--all` shows them\n');
  const all = await audit(['--all', file]);
  expect(all.stdout).not.toContain('and 1,010 more');
  expect(all.stdout.split('\n').length).toBeGreaterThan(1030);
});

test('takes several files together, as JSON', async () => {
  const paths = ['endpoint-permissions.json', 'serving-endpoints.json', 'token-list.json'].map(
    fixturePath,
  );
  const { stdout } = await audit(['--format=json', ...paths]);
  const report = JSON.parse(stdout) as { readonly files: unknown; readonly findings: unknown };
  expect(report.files).toEqual([
    { name: paths[0], kind: 'permissions' },
    { name: paths[1], kind: 'serving-endpoints' },
    { name: paths[2], kind: 'tokens' },
  ]);
  expect(report.findings).toContainEqual(
    expect.objectContaining({
      rule: 'personal-token-on-endpoint',
      message: 'user `ann@example.com` has a token and may query serving endpoint `fraud-prod`',
    }),
  );
});

describe('a policy of AWS', () => {
  const statement = (Action: string): object => ({ Effect: 'Allow', Action, Resource: '*' });
  const policy = (Action: string): string =>
    JSON.stringify({ Version: '2012-10-17', Statement: statement(Action) });

  test('is audited from its text on', async () => {
    const path = join(folder, 'policy.json');
    writeFileSync(path, policy('*'));
    const { stdout, exitCode } = await audit([path]);
    expect(stdout).toContain(`${path}: aws-iam-policy`);
    expect(stdout).toContain('iam-every-service');
    expect(exitCode).toBe(1);
  });

  test('in which a member is given twice is refused', async () => {
    const text = policy('dynamodb:GetItem').replace('{', '{"Statement":[],');
    await expect(audit(['-'], text)).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
  });

  test('is held against what looks features up', async () => {
    const arn = 'arn:aws:iam::123456789012:instance-profile/lookup';
    const path = join(folder, 'store.yaml');
    writeFileSync(path, `name: features\ninstance_profiles:\n  lookup: ${arn}\n`);
    const text = `{"path":"${arn}","body":${policy('dynamodb:PutItem')}}`;
    const { stdout } = await audit([path, '-'], text);
    expect(stdout).toContain('whose policy allows dynamodb:PutItem');
  });
});

describe('policies of AWS with --need', () => {
  const TABLE = 'arn:aws:dynamodb:eu-west-1:123456789012:table/features';
  const policy = (...Action: readonly string[]): string =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action, Resource: [TABLE, `${TABLE}/index/by_user`] }],
    });
  const READS = [
    'BatchGetItem',
    'ConditionCheckItem',
    'DescribeTable',
    'DescribeTableReplicaAutoScaling',
    'DescribeTimeToLive',
    'GetItem',
    'PartiQLSelect',
    'Query',
    'Scan',
  ].map((name) => `dynamodb:${name}`);
  const lookup = ['--need=lookup', `--table=${TABLE}`, '-'];

  test('are held against the actions, as JSON', async () => {
    const { stdout, exitCode } = await audit(
      ['--format=json', ...lookup],
      policy(...READS.slice(1)),
    );
    const { findings } = JSON.parse(stdout) as { readonly findings: unknown };
    expect(findings).toEqual([
      {
        rule: 'iam-action-missing',
        level: 'warning',
        message: `nothing allows dynamodb:BatchGetItem on \`${TABLE}\``,
        fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    ]);
    expect(exitCode).toBe(1);
  });

  test('have nothing wrong where they suffice, with indexes', async () => {
    const { stdout, exitCode } = await audit(['--index=by_user', ...lookup], policy(...READS));
    expect(stdout).toContain('no findings');
    expect(exitCode).toBe(0);
  });

  test.each([
    ['--need=lookup', '--index=other', `--table=${TABLE}`],
    ['--need=publish', `--table=${TABLE}`],
    ['--need=lookup', `--table=${TABLE}`, `--table=${TABLE}-2`],
  ])('miss something: %s %s %s', async (...argv) => {
    const { stdout } = await audit([...argv.filter(Boolean), '-'], policy(...READS));
    expect(stdout).toContain('iam-action-missing');
  });

  test.each([
    ['a need alone', ['--need=lookup']],
    ['a table alone', [`--table=${TABLE}`]],
    ['an index alone', ['--index=by_user']],
    ['another need', ['--need=write', `--table=${TABLE}`]],
    ['what is no table', ['--need=lookup', '--table=features']],
    ['what is no index', ['--need=lookup', `--table=${TABLE}`, '--index=a/b']],
  ])('refuse %s', async (_, argv) => {
    await expect((async () => audit([...argv, '-'], policy('*')))()).rejects.toMatchObject({
      name: 'UsageError',
    });
  });

  test.each([
    ['without a policy', '{"token_infos":[]}'],
    ['of Terraform', '{"format_version":"1.0","values":{"root_module":{}}}'],
  ])('refuse files %s, and say what is read', async (_, text) => {
    await expect(audit(lookup, text)).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(
        /get-role-policy.*templates of CloudFormation.*Terraform are not read/s,
      ),
    });
  });

  const details = JSON.stringify({
    RoleDetailList: Object.entries({ a: READS, b: ['dynamodb:GetItem'] }).map(
      ([name, actions]) => ({
        Arn: `arn:aws:iam::123456789012:role/${name}`,
        RolePolicyList: [{ PolicyName: 'p', PolicyDocument: JSON.parse(policy(...actions)) }],
      }),
    ),
  });

  test('are those of one principal of several', async () => {
    const index = '--index=by_user';
    const good = await audit(['--principal=a', index, ...lookup], details);
    expect(good.exitCode).toBe(0);
    const bad = await audit(['--principal=role/b', index, ...lookup], details);
    expect(bad.stdout).toContain('iam-action-missing');
    const none = await audit([index, ...lookup], details);
    expect(none.stdout).toContain('choose one with `--principal`');
  });

  test('refuse a principal that is not there', async () => {
    await expect(audit(['--principal=c', ...lookup], details)).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringContaining('choose from `arn:aws:iam::123456789012:role/a`'),
    });
    await expect((async () => audit(['--principal=a', '-'], details))()).rejects.toMatchObject({
      name: 'UsageError',
    });
  });

  test('are refused in an array with a member that is given twice', async () => {
    const text = policy('dynamodb:GetItem').replace('{', '{"Statement":[],');
    await expect(audit(lookup, `[${text}]`)).rejects.toThrow('duplicate member');
    const { exitCode } = await audit(['--index=by_user', ...lookup], `[${policy(...READS)}]`);
    expect(exitCode).toBe(0);
  });

  test('are read from a template in YAML', async () => {
    const path = join(folder, 'stack.yaml');
    writeFileSync(
      path,
      'Resources:\n  Access:\n    Type: AWS::IAM::Policy\n    Properties:\n      PolicyDocument:\n        Version: 2012-10-17\n        Statement: {Effect: Allow, Action: "*", Resource: !GetAtt Table.Arn}\n',
    );
    const { stdout } = await audit([...lookup.slice(0, 2), path]);
    expect(stdout).toContain('iam-action-conditional');
  });
});

test('reads standard input', async () => {
  const text = JSON.stringify({ token_infos: [{ token_id: 'abc', expiry_time: -1 }] });
  const { stdout, exitCode } = await audit(['-'], text);
  expect(stdout).toContain('standard input: tokens');
  expect(stdout).toContain('token `abc` never ends');
  expect(exitCode).toBe(1);
});

describe('refuses', () => {
  test.each([
    ['no file', []],
    ['standard input twice', ['-', '-']],
    ['an unknown option', ['--project=p', '-']],
    ['an unknown format', ['--format=xml', '-']],
  ])('%s', async (_, argv) => {
    await expect((async () => audit(argv, '{}'))()).rejects.toMatchObject({ name: 'UsageError' });
  });

  const secret = 'dapi-example-secret';
  test.each([
    ['a file that is not there', () => join(folder, 'none.json'), ''],
    ['a folder', () => folder, ''],
    ['what is not JSON', () => '-', `{"token_value": "${secret}`],
    ['what is of no known kind', () => '-', `{"${secret}": "${secret}"}`],
    ['what is not YAML', () => '-', `token: [${secret}`],
    ['YAML of no known kind', () => '-', `${secret}: ${secret}`],
  ])('%s, without its content', async (_, path, stdin) => {
    const error: unknown = await audit([path()], stdin).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ERR_CONFIG_INVALID' });
    expect((error as Error).message).not.toContain(secret);
  });

  test('what is not UTF-8', async () => {
    const path = join(folder, 'latin1.json');
    writeFileSync(path, Buffer.from('{"scopes":[{"name":"\xe9"}]}', 'latin1'));
    await expect(audit([path])).rejects.toMatchObject({
      message: expect.stringContaining('not UTF-8'),
    });
  });

  test('one bad file among good ones', async () => {
    const paths = ['token-list.json', 'README.md'].map(fixturePath);
    await expect(audit(paths)).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
  });
});

test('commands with one path still take one', () => {
  const { manyPaths: _, ...one } = servicesAuditCommand;
  expect(parseArguments(one, ['a'])).toMatchObject({ path: 'a', paths: ['a'] });
  expect(parseArguments(one, [])).toMatchObject({ path: '.', paths: [] });
  expect(() => parseArguments(one, ['a', 'b'])).toThrow('takes one path');
  expect(parseArguments(servicesAuditCommand, ['--help']).has('help')).toBe(true);
});

describe('standard input', () => {
  const policy =
    'Version: "2012-10-17"\nStatement: [{Effect: Allow, Action: "*", Resource: "*"}]\n';

  test('is read as YAML where it does not start with a bracket', async () => {
    const fromYaml = await audit(['-'], policy);
    const fromJson = await audit(
      ['-'],
      '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}',
    );
    expect(fromYaml.stdout).toBe(fromJson.stdout);
    expect(fromYaml.exitCode).toBe(fromJson.exitCode);
  });
});

test('the help says that arrays of policies and templates are read', () => {
  const notes = servicesAuditCommand.notes?.join(' ');
  expect(notes).toContain('an array of policies, or a CloudFormation template');
});
