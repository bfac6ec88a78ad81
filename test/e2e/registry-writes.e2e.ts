import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LoadedGate, loadGate } from '../../src/gate/load-gate.js';
import { type GatedRegistry, startGatedRegistry } from './support/gated-registry.js';
import { type OidcProvider, startOidcProvider } from './support/oidc-provider.js';
import { runPython } from './support/python.js';
import { runScript } from './support/run-script.js';
import { findFreePort, type RunningProcess, startProcess } from './support/running-process.js';

const APPLY = ['apply', '--skip-source-validation'];
const QUIET = { FEAST_USAGE: 'False', PYTHONWARNINGS: 'ignore' };
const folder = mkdtempSync(path.join(tmpdir(), 'registry-writes-'));
const feast = path.join(path.dirname(await runScript('python-venv.sh')), 'feast');

let roles: readonly string[] = [];
let provider: OidcProvider;
let upstream: RunningProcess;
let gate: LoadedGate;
let registry: GatedRegistry;

/** Writes a feature repository with the definitions, and says where it is. */
function makeRepository(project: string, settings: object): string {
  const repository = path.join(folder, project);
  mkdirSync(repository, { recursive: true });
  cpSync('test/e2e/support/registry-writes', repository, { recursive: true });
  const config = {
    project,
    provider: 'local',
    online_store: { type: 'sqlite', path: path.join(repository, 'online_store.db') },
    offline_store: { type: 'dask' },
    entity_key_serialization_version: 3,
    ...settings,
  };
  writeFileSync(path.join(repository, 'feature_store.yaml'), JSON.stringify(config));
  return repository;
}

/** What a command of Feast's prints, and how it ends. */
async function run(repository: string, command: readonly string[], token = ''): Promise<string> {
  const options = { env: { ...process.env, ...QUIET, FEAST_OIDC_TOKEN: token }, timeout: 100_000 };
  return new Promise((resolve) => {
    execFile(feast, ['-c', repository, ...command], options, (error, stdout, stderr) => {
      resolve(`${stdout}${stderr}\nexit ${error === null ? 0 : (error.code ?? 'signal')}`);
    });
  });
}

const tokenOf = (...given: readonly string[]): Promise<string> => {
  roles = given;
  return provider.requestToken();
};

beforeAll(async () => {
  provider = await startOidcProvider(600, () => roles);
  const file = path.join(folder, 'registry.db');
  const home = makeRepository('home', { registry: file });
  const applied = await run(home, APPLY);
  if (!applied.endsWith('exit 0')) throw new Error(applied);
  const port = await findFreePort();
  upstream = await startProcess({
    command: feast,
    arguments: ['-c', home, 'serve_registry', '--port', String(port)],
    environment: QUIET,
    log: path.join(folder, 'upstream.log'),
    isReady: async () => {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      socket.destroy();
      return true;
    },
    timeout: 100,
  });
  const auth = {
    type: 'oidc',
    client_id: 'feast-server',
    auth_discovery_url: provider.discoveryUrl,
    audience: provider.audience,
  };
  gate = await loadGate(
    makeRepository('gate', {
      project: 'home',
      registry: file,
      auth,
    }),
  );
  registry = await startGatedRegistry(gate, port);
});

afterAll(async () => {
  registry?.stop();
  await gate?.close();
  await upstream?.stop();
  await provider?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function makeClient(project: string): string {
  return makeRepository(`client-${project}`, {
    project,
    registry: { registry_type: 'remote', path: `127.0.0.1:${registry.port}` },
    auth: {
      type: 'oidc',
      token_env_var: 'FEAST_OIDC_TOKEN',
    },
  });
}

/** Runs a command of Feast's client through the gate. Its calls but for lists, and how it ended. */
async function ask(
  project: string,
  command: readonly string[],
  token: string,
): Promise<{ readonly calls: readonly string[]; readonly output: string }> {
  const repository = makeClient(project);
  registry.calls.length = 0;
  const output = await run(repository, command, token);
  return { calls: registry.calls.filter((call) => !call.startsWith('List')), output };
}

const MATERIALIZE = ['materialize-incremental', '2026-01-02T00:00:00'];
const WRITES = [
  'ApplyDataSource OK',
  'ApplyDataSource OK',
  'ApplyEntity OK',
  'ApplyEntity OK',
  'ApplyFeatureView OK',
  'ApplyFeatureService OK',
  'ApplyPermission OK',
];

test('only a user who may create a project can apply a new one', async () => {
  const guest = await ask('fresh', APPLY, await tokenOf('guest'));
  expect(guest.calls).toEqual(['Refresh PERMISSION_DENIED']);
  expect(guest.output).toContain('exit 1');

  const maker = await ask('fresh', APPLY, await tokenOf('maker'));
  expect(maker.output).toContain('exit 0');
  expect(maker.calls).toEqual([
    'Refresh OK',
    'GetInfra OK',
    'ApplyProject OK',
    ...WRITES,
    'UpdateInfra OK',
  ]);
  await gate.reload();
  expect(gate.relations?.projects).toEqual(['home', 'fresh']);
});

test.each(['home', 'fresh'])('%s is applied again and materialized by who may', async (project) => {
  const maker = await tokenOf('maker');
  const applied = await ask(project, APPLY, maker);
  expect(applied.output).toContain('exit 0');
  expect(applied.calls.slice(0, 2)).toEqual(['Refresh OK', 'GetInfra OK']);
  expect(applied.calls.at(-1)).toBe('UpdateInfra OK');
  expect(applied.calls.filter((call) => !call.endsWith(' OK'))).toEqual([]);

  const materialized = await ask(project, MATERIALIZE, maker);
  expect(materialized.output).toContain('exit 0');
  expect(materialized.calls).toContain('ApplyMaterialization OK');
  expect(materialized.calls.filter((call) => !call.endsWith(' OK'))).toEqual([]);
});

test.each(['home', 'fresh'])('%s is closed to who may not', async (project) => {
  const guest = await tokenOf('guest');
  const applied = await ask(project, APPLY, guest);
  expect(applied.calls).toEqual(['Refresh PERMISSION_DENIED']);
  // Nobody is told of the views that could be materialized, or of the project that could be
  // deleted.
  const materialized = await ask(project, MATERIALIZE, guest);
  expect(materialized.calls).toEqual([]);
  const gone = await ask(project, ['teardown'], guest);
  expect(gone.calls).toEqual(['GetProject PERMISSION_DENIED']);
});

test('what was written is committed by who may create or update a project', async () => {
  const commit = async (token: string): Promise<unknown> => {
    const metadata = [['authorization', `Bearer ${token}`]];
    const calls = [{ method: 'Commit', request: {}, metadata }];
    return runPython('python-grpc.py', { port: registry.port, calls });
  };
  expect(await commit(await tokenOf('maker'))).toEqual([{ answer: {} }]);
  expect(await commit(await tokenOf('guest'))).toMatchObject([{ code: 'PERMISSION_DENIED' }]);
});

test('a teardown deletes the projects that its caller may delete', async () => {
  const gone = await ask('fresh', ['teardown'], await tokenOf('maker'));
  expect(gone.output).toContain('exit 0');
  expect(gone.calls).toEqual(['GetProject OK', 'DeleteProject OK', 'DeleteProject OK']);
});
