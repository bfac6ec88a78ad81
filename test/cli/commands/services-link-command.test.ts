import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  servicesLinkApplyCommand,
  servicesLinkPlanCommand,
  servicesLinkRotateCommand,
  servicesLinkVerifyCommand,
} from '../../../src/cli/commands/services-link-command.js';
import { parseArguments } from '../../../src/cli/parse-arguments.js';
import {
  describeWorld,
  type LinkWorld,
  PLANNED,
  PROD_APP,
  readSecret,
  STAGING_APP,
  startLinkWorld,
} from '../../platforms/databricks/links/link-world.js';
import {
  moduleResources,
  type StateResource,
  shownState,
} from '../../platforms/databricks/links/module-state.js';
import { type FakeEntra, startFakeEntra } from '../../support/databricks/index.js';
import { type CommandResult, runCommand } from '../run-command.js';

const COMMANDS = {
  plan: servicesLinkPlanCommand,
  apply: servicesLinkApplyCommand,
  verify: servicesLinkVerifyCommand,
  rotate: servicesLinkRotateCommand,
};

let folder: string;
let file: string;
let world: LinkWorld;
let env: Record<string, string>;

beforeEach(() => start());

async function start(entra?: FakeEntra): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'services-link-'));
  file = join(folder, 'links.yaml');
  world = await startLinkWorld({ now: Date.now, ...(entra === undefined ? {} : { entra }) });
  const { dev, staging, prod } = world.workspaces;
  env = {
    DEV: dev.adminToken,
    STAGING: staging.adminToken,
    PROD: prod.adminToken,
    STAGING_AAD: 'entra-token-of-staging',
    PROD_AAD: 'entra-token-of-prod',
  };
  const section = (name: 'dev' | 'staging' | 'prod') =>
    `${name}:
  host: ${world.workspaces[name].origin}
  ca_cert_path: ${dev.caCertPath}
  credentials: { token: "\${${name.toUpperCase()}}" }
`;
  writeFileSync(
    file,
    `${section('dev')}${section('staging')}${section('prod')}
staging_workspace_id: "1002"
prod_workspace_id: "1003"
azure_staging_client_id: ${STAGING_APP}
azure_staging_aad_token: "\${STAGING_AAD}"
azure_prod_client_id: ${PROD_APP}
azure_prod_aad_token: "\${PROD_AAD}"
`,
  );
}

afterEach(stop);

async function stop(): Promise<void> {
  await world.stop();
  rmSync(folder, { recursive: true });
}

const run = (
  name: keyof typeof COMMANDS,
  argv: readonly string[] = [],
  typed?: string,
): Promise<CommandResult> =>
  runCommand(COMMANDS[name], [...argv, file], { env, ...(typed === undefined ? {} : { typed }) });
const prodToken = () => readSecret(world.admins.dev, 'remote-mr-prod', 'prod-token');

test('plan, apply, verify, rotate', async () => {
  const plan = await run('plan');
  expect(plan.exitCode).toBe(1);
  expect(plan.stdout).toContain('create secret scope `remote-mr-staging`');
  expect(plan.stdout).toContain('dev_secret_scope_name_for_staging');
  expect((await run('apply', ['--dry-run'])).exitCode).toBe(1);
  const apply = await run('apply', ['--yes', '--format', 'json']);
  expect(apply.exitCode).toBe(0);
  const report = JSON.parse(apply.stdout) as { readonly changes: readonly unknown[] };
  expect(report).toMatchObject({ applied: true, findings: [] });
  expect(report.changes).toHaveLength(25);
  expect(await describeWorld(world)).toEqual(PLANNED);
  expect((await run('plan')).exitCode).toBe(0);
  expect(await run('verify')).toMatchObject({ exitCode: 0, stdout: 'nothing to do\n' });
  const token = await prodToken();
  expect(await run('rotate', ['--yes'])).toMatchObject({ exitCode: 0, stderr: '' });
  const dry = await run('rotate', ['--force', '--dry-run']);
  expect(dry.exitCode).toBe(1);
  expect(dry.stdout).toContain('as asked for');
  expect(await prodToken()).toBe(token);
  const rotated = await run('rotate', ['--yes', '--force']);
  expect(rotated.exitCode).toBe(0);
  expect(rotated.stdout).toContain('make a new token');
  expect(await prodToken()).not.toBe(token);
  for (const { stdout, stderr } of [plan, apply, rotated]) {
    for (const secret of [token, await prodToken(), ...Object.values(env)]) {
      expect(`${stdout}${stderr}`).not.toContain(secret);
    }
  }
});

test('asks Entra with client secrets, each at its tenant', async () => {
  await stop();
  const entra = await startFakeEntra({
    tenantId: 'tenant.example.org',
    applications: [
      { clientId: STAGING_APP, clientSecret: 'secret+of/staging=' },
      { clientId: PROD_APP, clientSecret: 'secret&of%prod' },
    ],
  });
  try {
    await start(entra);
    env = { ...env, STAGING_AAD: 'secret+of/staging=', PROD_AAD: 'secret&of%prod' };
    const text = readFileSync(file, 'utf8').replaceAll('_aad_token', '_client_secret');
    const tenants = ['staging', 'prod'].map(
      (name) => `azure_${name}_tenant_id: tenant.example.org`,
    );
    writeFileSync(file, `${text}${tenants.join('\n')}\nazure_authority: ${entra.origin}\n`);
    expect((await run('apply', ['--yes'])).exitCode).toBe(0);
    expect(await describeWorld(world)).toEqual(PLANNED);
    expect(entra.journal).toHaveLength(2);
  } finally {
    await entra.stop();
  }
});

describe('asks before it changes anything', () => {
  test('and takes yes', async () => {
    const result = await run('apply', [], 'yes\n');
    expect(result.exitCode).toBe(0);
    expect(result.stderr).toContain('TO DO');
    expect(result.stdout).toContain('DONE');
    expect(await run('apply', [], 'no\n')).toMatchObject({ exitCode: 0 });
    expect((await run('rotate', ['--force'], 'no\n')).exitCode).toBe(1);
  });

  test('and takes nothing else', async () => {
    const before = await describeWorld(world);
    expect((await run('apply', [], 'no\n')).exitCode).toBe(1);
    await expect(run('apply')).rejects.toMatchObject({ name: 'UsageError' });
    expect(await describeWorld(world)).toEqual(before);
    expect((await run('apply', ['--yes'])).exitCode).toBe(0);
    const token = await prodToken();
    await expect(run('rotate', ['--force'])).rejects.toMatchObject({ name: 'UsageError' });
    expect(await prodToken()).toBe(token);
  });
});

test('shows what is missing, and what stands in the way', async () => {
  expect((await run('verify')).exitCode).toBe(1);
  writeFileSync(file, readFileSync(file, 'utf8').replace('"1003"', '"77"'));
  const plan = await run('plan', ['--format=json']);
  expect(plan.exitCode).toBe(1);
  expect(JSON.parse(plan.stdout)).toMatchObject({
    findings: [{ rule: 'blocked', message: 'the workspace of prod is 1003, not 77' }],
  });
  await expect(run('apply', ['--yes'])).rejects.toMatchObject({ code: 'ERR_WORKSPACE' });
  // Nobody is asked about what cannot be done.
  await expect(run('apply')).rejects.toThrow('the workspace of prod is 1003, not 77');
  await expect(run('rotate')).rejects.toThrow('the workspace of prod is 1003, not 77');
});

test('does not ask whether to rotate what is not in place', async () => {
  await expect(run('rotate')).rejects.toThrow('have to be applied first');
});

test('what only looks needs no secret of a reader', async () => {
  expect((await run('apply', ['--yes'])).exitCode).toBe(0);
  env = { DEV: env['DEV'] ?? '', STAGING: env['STAGING'] ?? '', PROD: env['PROD'] ?? '' };
  expect((await run('plan')).exitCode).toBe(0);
  expect((await run('verify')).exitCode).toBe(0);
  await expect(run('rotate', ['--force', '--yes'])).rejects.toThrow('`STAGING_AAD` is not set');
});

test('says where a run broke off, and that it may go on', async () => {
  const { dev } = world.workspaces;
  dev.failAt(1, { kind: 'status', status: 400 }, { method: 'POST', path: '/api/2.0/secrets' });
  const written: string[] = [];
  const output = {
    write: (text: string) => written.push(text) > 0,
    once: () => {},
    removeListener: () => {},
  };
  const args = parseArguments(COMMANDS.apply, ['--yes', file]);
  const stdin = { async *[Symbol.asyncIterator]() {}, isTTY: false };
  const io = { stdin, stdout: output, stderr: output, env, cwd: folder };
  const apply = await COMMANDS.apply.load();
  await expect(apply(args, io)).rejects.toMatchObject({ status: 400 });
  expect(written.join('')).toBe(
    'broken off at dev: create secret scope `remote-mr-staging`; run it again to go on\n',
  );
  expect((await run('apply', ['--yes'])).exitCode).toBe(0);
  expect(await describeWorld(world)).toEqual(PLANNED);
});

describe('verify --state', () => {
  const state = () => join(folder, 'state.json');

  test('sends no request to the workspaces', async () => {
    const outer = { format_version: '1.0', terraform_version: '1.11.4' };
    writeFileSync(state(), JSON.stringify({ ...outer, values: { root_module: {} } }));
    const sizes = () => Object.values(world.workspaces).map(({ journal }) => journal.length);
    const before = sizes();
    const result = await runCommand(COMMANDS.verify, ['--state', state(), file]);
    expect(result.exitCode).toBe(1);
    expect(result.stdout).toContain('change-missing');
    expect(sizes()).toEqual(before);
  });

  const origins = () => ({
    staging: { host: world.workspaces.staging.origin, workspaceId: '1002' },
    prod: { host: world.workspaces.prod.origin, workspaceId: '1003' },
  });
  const verifyState = async (resources: readonly StateResource[]) => {
    writeFileSync(state(), JSON.stringify(shownState(resources)));
    return runCommand(COMMANDS.verify, ['--state', state(), '--format=json', file]);
  };

  test('finds nothing in what the module leaves', async () => {
    writeFileSync(file, `${readFileSync(file, 'utf8')}compatibility: terraform-module\n`);
    const resources = moduleResources({ remotes: origins(), madeAt: Date.now() });
    const result = await verifyState(resources);
    expect(result.exitCode).toBe(0);
    expect(JSON.parse(result.stdout)).toMatchObject({ findings: [] });
    for (const { values } of resources) {
      const { string_value: value = 'dapi-value' } = values;
      if (!Object.values(origins()).some(({ workspaceId }) => workspaceId === value)) {
        expect(result.stdout).not.toContain(value);
      }
    }
  });

  test('tells hosts and numbers of other workspaces, and shows none', async () => {
    writeFileSync(file, `${readFileSync(file, 'utf8')}compatibility: terraform-module\n`);
    const other = { host: 'https://elsewhere.example', workspaceId: '66660000' };
    const remotes = { staging: other, prod: other };
    const result = await verifyState(moduleResources({ remotes, madeAt: Date.now() }));
    expect(result.exitCode).toBe(1);
    const { findings } = JSON.parse(result.stdout) as { readonly findings: readonly unknown[] };
    expect(findings).toHaveLength(6);
    expect(result.stdout).not.toContain(other.workspaceId);
    expect(result.stdout).not.toContain('elsewhere');
  });

  test('tells tokens that have ended, and scopes that are open to everyone', async () => {
    const result = await verifyState(moduleResources({ remotes: origins(), madeAt: 0 }));
    expect(result.exitCode).toBe(1);
    expect(result.stdout).toContain('make a new token');
    expect(result.stdout).toContain('scope-open-to-everyone');
  });

  test('refuses an invalid file', async () => {
    writeFileSync(state(), 'dapi-in-a-file');
    const error: unknown = await run('verify', ['--state', state()]).catch((one: unknown) => one);
    expect(error).toMatchObject({ code: 'ERR_CONFIG_INVALID' });
    expect(String(error)).not.toContain('dapi');
    await expect(run('verify', ['--state', join(folder, 'none.json')])).rejects.toThrow('ENOENT');
    await expect(run('verify', ['--state', folder])).rejects.toMatchObject({
      code: 'ERR_CONFIG_INVALID',
    });
    writeFileSync(state(), Buffer.from([0x22, 0xff, 0x22]));
    await expect(run('verify', ['--state', state()])).rejects.toThrow('not UTF-8');
  });

  test('reads no more of a file than it may be long', async () => {
    await expect(run('verify', ['--state', '/dev/zero'])).rejects.toThrow('longer than');
  });
});
