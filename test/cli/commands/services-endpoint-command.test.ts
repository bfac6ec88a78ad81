import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  servicesEndpointApplyCommand,
  servicesEndpointPlanCommand,
  servicesEndpointVerifyCommand,
} from '../../../src/cli/commands/services-endpoint-command.js';
import { createStaticTokenProvider } from '../../../src/platforms/databricks/tokens/index.js';
import {
  createWorkspaceClient,
  type WorkspaceClient,
} from '../../../src/platforms/databricks/workspace/index.js';
import { type FakeWorkspace, startFakeWorkspace } from '../../support/databricks/index.js';
import { type CommandResult, runCommand } from '../run-command.js';

const APP = '7f3a1c52-0d4e-4b8f-9a61-2c5d7e8f9011';
const SECRET = 'oauth-secret-of-the-application';

let folder: string;
let file: string;
let workspace: FakeWorkspace;
let admin: WorkspaceClient;
let env: Record<string, string>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'services-endpoint-'));
  file = join(folder, 'access.yaml');
  workspace = await startFakeWorkspace({
    servicePrincipals: [{ applicationId: APP, secret: SECRET, groups: ['ml'] }],
    servingEndpoints: ['fraud'],
  });
  env = { ADMIN_TOKEN: workspace.adminToken, APP_SECRET: SECRET };
  admin = createWorkspaceClient({
    host: workspace.origin,
    caCertPath: workspace.caCertPath,
    tokens: createStaticTokenProvider(workspace.adminToken, { redaction: () => {} }),
  });
  writeFile();
});
afterEach(async () => {
  await workspace.stop();
  rmSync(folder, { recursive: true });
});

function writeFile(more = ''): void {
  writeFileSync(
    file,
    `workspace:
  host: ${workspace.origin}
  ca_cert_path: ${workspace.caCertPath}
  credentials: { token: "\${ADMIN_TOKEN}" }
endpoints: [fraud]
service_principals: [${APP}]
${more}`,
  );
}

const TOKEN = `token:
  application_id: ${APP}
  comment: nightly scoring
  credentials: { client_id: ${APP}, client_secret: "\${APP_SECRET}" }
`;

type Name = 'plan' | 'apply' | 'verify';
const COMMANDS = {
  plan: servicesEndpointPlanCommand,
  apply: servicesEndpointApplyCommand,
  verify: servicesEndpointVerifyCommand,
};
const run = (name: Name, argv: readonly string[] = [], typed?: string): Promise<CommandResult> =>
  runCommand(COMMANDS[name], [...argv, file], { env, ...(typed === undefined ? {} : { typed }) });
const writes = () => workspace.journal.filter(({ method }) => method !== 'GET');

test('plan, apply, verify', async () => {
  const plan = await run('plan');
  expect(plan.exitCode).toBe(1);
  expect(plan.stdout).toContain('have CAN_QUERY on serving endpoint');
  expect((await run('verify')).exitCode).toBe(1);
  expect((await run('apply', ['--dry-run'])).exitCode).toBe(1);
  expect(writes()).toEqual([]);
  const apply = await run('apply', ['--yes', '--format=json']);
  expect(apply.exitCode).toBe(0);
  expect(JSON.parse(apply.stdout)).toMatchObject({
    applied: true,
    findings: [],
    changes: [{ where: 'fraud' }],
  });
  for (const name of ['plan', 'verify', 'apply'] as const) {
    const after = await run(name);
    expect(after).toMatchObject({ exitCode: 0, stdout: 'nothing to do\n' });
  }
  expect(writes()).toHaveLength(1);
});

describe('asks before it changes anything', () => {
  test.each([
    ['yes\n', 0, 1],
    ['y\n', 1, 0],
    ['', 1, 0],
    [`${'yes'.repeat(100)}\n`, 1, 0],
  ])('%j: exit code %d', async (typed, exitCode, changes) => {
    const result = await run('apply', [], typed);
    expect(result.exitCode).toBe(exitCode);
    expect(result.stderr).toContain('TO DO');
    expect(result.stderr).toContain('Only `yes` is taken');
    expect(result.stderr.endsWith('nothing was changed\n')).toBe(changes === 0);
    expect(writes()).toHaveLength(changes);
  });

  test('and refuses without a terminal to ask at', async () => {
    await expect(run('apply')).rejects.toMatchObject({ name: 'UsageError' });
    expect(writes()).toEqual([]);
  });
});

test('a finding that is left to people is exit code 1', async () => {
  const { id } = await admin.servingEndpoints.get('fraud');
  await admin.permissions.patch('serving-endpoints', id, [
    { service_principal_name: APP, permission_level: 'CAN_MANAGE' },
  ]);
  const result = await run('apply', ['--yes']);
  expect(result.exitCode).toBe(1);
  expect(result.stdout).toContain('level-stronger');
});

describe('--token-file', () => {
  let path: string;
  beforeEach(async () => {
    path = join(folder, 'token');
    writeFile(TOKEN);
    await admin.tokens.create();
    await admin.permissions.patch('authorization', 'tokens', [
      { group_name: 'ml', permission_level: 'CAN_USE' },
    ]);
  });

  test('gets the token, which only its owner may read, and which is not shown', async () => {
    const result = await run('apply', ['--yes', `--token-file=${path}`, '--format=json']);
    expect(result.exitCode).toBe(0);
    const token = readFileSync(path, 'utf8').trim();
    expect(token).toMatch(/^dapi/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(`${result.stdout}${result.stderr}`).not.toContain(token);
    expect(JSON.parse(result.stdout)).toMatchObject({
      details: { token: `written to ${path}`, 'earlier tokens of this comment': '0' },
    });
  });

  test('is part of what is shown before it is done', async () => {
    await run('apply', ['--yes']);
    for (const asked of [['--dry-run'], []]) {
      const result = await run('apply', [`--token-file=${path}`, ...asked], 'no\n');
      expect(result.exitCode).toBe(1);
      const shown = asked.length > 0 ? result.stdout : result.stderr;
      expect(shown).toContain('make a token of service principal');
      expect(shown).toContain('1 to do');
    }
    expect(() => statSync(path)).toThrow('ENOENT');
    const done = await run('apply', ['--yes', `--token-file=${path}`]);
    expect(done.stdout).toContain('1 done');
  });

  test('changes nothing where the file cannot be made', async () => {
    mkdirSync(path);
    await expect(run('apply', ['--yes', `--token-file=${path}`])).rejects.toThrow('EEXIST');
    symlinkSync(join(folder, 'elsewhere'), `${path}-2`);
    await expect(run('apply', ['--yes', `--token-file=${path}-2`])).rejects.toThrow('EEXIST');
    const { id } = await admin.servingEndpoints.get('fraud');
    const { access_control_list: list } = await admin.permissions.get('serving-endpoints', id);
    expect(JSON.stringify(list)).not.toContain(APP);
  });

  test('leaves no file behind where granting fails', async () => {
    workspace.failAt(1, { kind: 'status', status: 403 }, { method: 'PATCH' });
    await expect(run('apply', ['--yes', `--token-file=${path}`])).rejects.toMatchObject({
      code: 'ERR_WORKSPACE',
    });
    expect(() => statSync(path)).toThrow('ENOENT');
    expect(await admin.tokenManagement.list()).toHaveLength(1);
  });

  test('makes none without it', async () => {
    await run('apply', ['--yes']);
    expect(await admin.tokenManagement.list()).toHaveLength(1);
  });

  test('writes over nothing', async () => {
    writeFileSync(path, 'mine');
    await expect(run('apply', ['--yes', `--token-file=${path}`])).rejects.toThrow('EEXIST');
    expect(readFileSync(path, 'utf8')).toBe('mine');
    expect(await admin.tokenManagement.list()).toHaveLength(1);
  });

  test('leaves no file behind without a token', async () => {
    env['APP_SECRET'] = 'another-secret';
    const error: unknown = await run('apply', ['--yes', `--token-file=${path}`]).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: 'ERR_CREDENTIAL_UNAVAILABLE' });
    expect(String(error)).not.toContain('another-secret');
    expect(() => statSync(path)).toThrow('ENOENT');
  });

  test('needs a token in the file', async () => {
    writeFile();
    await expect(run('apply', ['--yes', `--token-file=${path}`])).rejects.toMatchObject({
      name: 'UsageError',
    });
  });
});

describe('refuses', () => {
  test('two files', async () => {
    await expect(runCommand(COMMANDS.plan, [file, file], { env })).rejects.toMatchObject({
      name: 'UsageError',
    });
  });

  test('a file that is not there', async () => {
    const path = join(folder, 'none.yaml');
    await expect(runCommand(COMMANDS.plan, [path], { env })).rejects.toMatchObject({
      code: 'ERR_CONFIG_INVALID',
    });
  });

  test('a variable that is not set', async () => {
    await expect(runCommand(COMMANDS.plan, [file])).rejects.toThrow('`ADMIN_TOKEN` is not set');
  });
});
