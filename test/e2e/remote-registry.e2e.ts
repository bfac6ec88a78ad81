import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { loadAuthorizer, type ReloadEvent } from '../../src/node.js';
import { type FeatureStore, loadFeatureStore } from '../../src/registry/index.js';
import { runCli } from '../cli/run-cli.js';
import { type FeastProgram, feastProgram, writeRepository } from './support/feast-program.js';
import { type OidcProvider, startOidcProvider } from './support/oidc-provider.js';
import { answersOf, withoutSource } from './support/registry-answers.js';
import { runScript } from './support/run-script.js';
import type { RunningProcess } from './support/running-process.js';

const DEFINITIONS = [
  'examples/credit_scoring/features.py',
  'examples/credit_scoring/permissions.py',
  'test/e2e/support/registry-server/gate_permission.py',
].map((file) => path.resolve(file));
const APPLY = ['apply', '--skip-source-validation'];
const PROJECT = 'credit_scoring';
const READER = { username: 'reader', roles: ['super-reader'] };
const VIEW = { type: 'FeatureView', name: 'transaction_features', project: PROJECT } as const;
/** For what the poll of a registry brings. */
const PATIENCE = { timeout: 60_000, interval: 50 };
const folder = mkdtempSync(path.join(tmpdir(), 'remote-registry-'));

let roles: readonly string[] = [];
let provider: OidcProvider;

beforeAll(async () => {
  provider = await startOidcProvider(600, () => roles);
});
afterAll(async () => {
  await provider?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const tokenOf = (...given: readonly string[]): Promise<string> => {
  roles = given;
  return provider.requestToken();
};

/** A repository of a client. */
function clientOf(
  port: number,
  { project = PROJECT, auth = {}, ...more }: ClientOptions = {},
): string {
  const registry = { registry_type: 'remote', path: `127.0.0.1:${port}`, ...more };
  const name = `client-${Math.random()}`;
  return writeRepository(path.join(folder, name), [], { project, registry, ...auth });
}

/** Further fields are those of the registry. */
interface ClientOptions {
  readonly project?: string;
  readonly auth?: object;
  readonly [field: string]: unknown;
}

/** The token is in a variable. Its roles are those of the server's client, which are told apart. */
const knownAs = (...given: readonly string[]): ClientOptions => ({
  auth: { auth: { type: 'oidc', token_env_var: 'GATE_TOKEN' } },
  account: { roles: given },
});

const load = (client: string, token = ''): Promise<FeatureStore> =>
  loadFeatureStore(client, { env: { GATE_TOKEN: token } });

describe.each(['0.66.0', '0.67.0'] as const)('the registry server of Feast %s', (version) => {
  let feast: FeastProgram;
  let file: string;
  let open: RunningProcess & { readonly port: number };
  let guarded: RunningProcess & { readonly port: number };
  beforeAll(async () => {
    feast = await feastProgram(version);
    const place = path.join(folder, version);
    const registry = path.join(place, 'registry.db');
    const settings = { project: PROJECT, registry };
    file = writeRepository(path.join(place, 'file'), DEFINITIONS, settings);
    await feast.run(file, APPLY);
    const auth = {
      type: 'oidc',
      client_id: 'feast-server',
      auth_discovery_url: provider.discoveryUrl,
      audience: provider.audience,
    };
    const known = writeRepository(path.join(place, 'known'), [], { ...settings, auth });
    [open, guarded] = await Promise.all([feast.serveRegistry(file), feast.serveRegistry(known)]);
  });
  afterAll(async () => {
    await Promise.all([open?.stop(), guarded?.stop()]);
  });

  test('gives the audit and the answers of the same registry in a file, without authentication', async () => {
    const client = clientOf(open.port);
    const audit = async (repository: string): Promise<unknown> => {
      const { stdout, stderr } = await runCli(['audit', repository, '--format', 'json']);
      expect(stdout, stderr).toContain('"findings"');
      return withoutSource(JSON.parse(stdout));
    };
    expect(await audit(client)).toEqual(await audit(file));
    const expected = answersOf(await load(file));
    expect(expected.length).toBeGreaterThanOrEqual(1000);
    expect(answersOf(await load(client))).toEqual(expected);
  });

  test('gives them to an account that may describe everything', async () => {
    const client = clientOf(guarded.port, knownAs('gate'));
    const store = await load(client, await tokenOf('gate'));
    expect(answersOf(store)).toEqual(answersOf(await load(file)));
    expect(store.contents.warnings).toEqual([]);
  });

  test('is refused for an account from which it may hide something', async () => {
    for (const role of ['feast-admin', 'super-reader', 'project-owner']) {
      const client = clientOf(guarded.port, knownAs(role));
      await expect(load(client, await tokenOf(role))).rejects.toMatchObject({
        code: 'ERR_REGISTRY_UNAVAILABLE',
        reason: 'denied',
        message: expect.stringMatching(/may hide objects of|denies `\w+` to this account/),
      });
    }
  });

  test('does not accept a token that is not one, or none', async () => {
    const denied = {
      reason: 'denied',
      message: expect.stringMatching(/does not accept the token|accepts no token/),
    };
    const client = clientOf(guarded.port, knownAs('gate'));
    await expect(load(client, 'a.wrong.token')).rejects.toMatchObject(denied);
    const valid = await tokenOf('gate');
    await expect(load(client, `${valid.slice(0, -9)}AAAAAAAAA`)).rejects.toMatchObject(denied);
    await expect(load(clientOf(guarded.port))).rejects.toMatchObject(denied);
  });

  test('is not sent a token that it would serve at random', async () => {
    const client = clientOf(guarded.port, knownAs('gate'));
    const long = await tokenOf('gate', 'r'.repeat(6000));
    await expect(load(client, long)).rejects.toMatchObject({ reason: 'token-too-long' });
  });

  test('that has no such project is not taken for one with an empty project', async () => {
    const missing = { code: 'ERR_REGISTRY_PROJECT_MISSING', project: 'elsewhere' };
    await expect(load(clientOf(open.port, { project: 'elsewhere' }))).rejects.toMatchObject(
      missing,
    );
  });
});

describe('a registry server with TLS', () => {
  let tls: { readonly key: string; readonly cert: string; readonly ca: string };
  let server: RunningProcess & { readonly port: number };
  beforeAll(async () => {
    const place = path.join(folder, 'tls');
    mkdirSync(place);
    await runScript('certificate.sh', place);
    const inPlace = (name: string): string => path.join(place, name);
    tls = { key: inPlace('key.pem'), cert: inPlace('certificate.pem'), ca: inPlace('ca.pem') };
    const feast = await feastProgram();
    const settings = { project: PROJECT, registry: inPlace('registry.db') };
    const repository = writeRepository(inPlace('file'), DEFINITIONS, settings);
    await feast.run(repository, APPLY);
    server = await feast.serveRegistry(repository, { tls });
  });
  afterAll(() => server?.stop());

  test('is read with its certificate authority, and by its name where that is another', async () => {
    const { contents } = await load(clientOf(server.port, { cert: tls.ca }));
    expect(contents.projects).toEqual([PROJECT]);
    const named = clientOf(server.port, { cert: tls.ca, authority: 'localhost' });
    expect((await load(named)).contents.projects).toEqual([PROJECT]);
  });

  test.each<readonly [string, () => Readonly<Record<string, unknown>>]>([
    ['without TLS', () => ({})],
    ['without its authority', () => ({ is_tls: true })],
    ['by another name', () => ({ cert: tls.ca, authority: 'registry.example' })],
  ])('is not reached %s', async (_, options) => {
    await expect(load(clientOf(server.port, options()))).rejects.toMatchObject({
      code: 'ERR_REGISTRY_UNAVAILABLE',
      reason: 'unreachable',
    });
  });
});

describe('a registry server that changes while it is in use', () => {
  let server: (RunningProcess & { readonly port: number }) | undefined;
  afterEach(() => server?.stop());

  test('is followed, and no fault of it widens anything', async () => {
    const feast = await feastProgram();
    const registry = path.join(folder, 'live.db');
    const settings = { project: PROJECT, registry };
    const repository = writeRepository(path.join(folder, 'live'), DEFINITIONS, settings);
    await feast.run(repository, APPLY);
    const first = readFileSync(registry);
    const auth = {
      type: 'oidc',
      client_id: 'feast-server',
      auth_discovery_url: provider.discoveryUrl,
      audience: provider.audience,
    };
    const known = writeRepository(path.join(folder, 'live-known'), [], { ...settings, auth });
    server = await feast.serveRegistry(known);
    const env = { GATE_TOKEN: await tokenOf('gate') };
    const events: ReloadEvent[] = [];
    const authorizer = await loadAuthorizer(clientOf(server.port, knownAs('gate')), {
      env,
      // Each look makes the server encode its whole registry.
      pollSeconds: 1,
      rules: { unsecured: 'allow', whenNoPermissions: 'allow-named' },
      onReload: (event) => events.push(event),
    });
    const allowed = (): boolean => authorizer.can(READER, 'READ_ONLINE', VIEW);
    const stranger = (): boolean => authorizer.can({ username: 'x' }, 'READ_ONLINE', VIEW);
    const outcome = async (expected: ReloadEvent['outcome'], message = ''): Promise<void> => {
      const from = events.length;
      await vi.waitFor(() => {
        const found = events.slice(from).find((event) => event.outcome === expected);
        expect(found).toBeDefined();
        if (found?.outcome === 'failed') expect(String(found.error)).toContain(message);
      }, PATIENCE);
    };
    try {
      expect([allowed(), stranger()]).toEqual([true, false]);

      // A permission is taken away.
      const definitions = path.join(repository, 'permissions.py');
      const text = readFileSync(definitions, 'utf8').replace(/^feature_reader = .*$/m, '');
      writeFileSync(definitions, text);
      await feast.run(repository, APPLY);
      // An apply writes the registry more than once, so the first reload may show a state between.
      await vi.waitFor(() => expect([allowed(), stranger()]).toEqual([false, false]), PATIENCE);
      expect(events).toContainEqual(expect.objectContaining({ outcome: 'reloaded' }));
      const second = readFileSync(registry);

      // The project is torn down.
      const failed = outcome('failed');
      await feast.run(repository, ['teardown']);
      await failed;
      expect([allowed(), stranger()]).toEqual([false, false]);

      // The server does not run, and then it serves an older version of the registry.
      const down = outcome('failed', 'cannot be reached');
      const { port } = server;
      await server.stop();
      await down;
      expect([allowed(), stranger()]).toEqual([false, false]);
      writeFileSync(registry, second);
      writeFileSync(registry, first);
      const back = outcome('reloaded');
      server = await feast.serveRegistry(known, { port });
      await back;
      // What a changed registry grants waits until it has settled.
      await vi.waitFor(() => expect([allowed(), stranger()]).toEqual([true, false]), PATIENCE);
    } finally {
      authorizer.close();
    }
  }, 900_000);
});
