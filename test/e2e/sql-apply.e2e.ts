import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAuthorizer } from '../../src/engine/index.js';
import { ALL_ACTIONS, type Decision } from '../../src/model/index.js';
import { type FeatureStore, loadFeatureStore } from '../../src/registry/index.js';
import { runCli } from '../cli/run-cli.js';
import { runScript } from './support/run-script.js';
import { type SqlServer, startMariaDbServer, startPostgresqlServer } from './support/sql-places.js';

const PROJECT = 'credit_scoring';
const folder = mkdtempSync(join(tmpdir(), 'sql-apply-'));
const python = await runScript('python-venv.sh');
const drivers = await runScript('sql-drivers.sh');
const servers: readonly SqlServer[] = await Promise.all([
  startPostgresqlServer(),
  startMariaDbServer(),
]);

/** By name: the repository, and the same as the account that only reads sees it. */
const repositories = new Map<string, { readonly written: string; readonly read: string }>();

function makeRepository(name: string, registry: unknown): string {
  const repository = join(folder, name);
  mkdirSync(repository, { recursive: true });
  for (const file of ['features.py', 'permissions.py', 'data']) {
    cpSync(join('examples/credit_scoring', file), join(repository, file), {
      recursive: true,
      filter: (source) => !source.endsWith('.db'),
    });
  }
  const config = {
    project: PROJECT,
    provider: 'local',
    registry,
    online_store: { type: 'sqlite', path: join(repository, 'data/online_store.db') },
    offline_store: { type: 'dask' },
    entity_key_serialization_version: 3,
  };
  writeFileSync(join(repository, 'feature_store.yaml'), JSON.stringify(config));
  return repository;
}

/** Runs a command of Feast in a repository. */
function feast(repository: string, ...command: readonly string[]): Promise<string> {
  const env = {
    ...process.env,
    PYTHONPATH: drivers,
    FEAST_USAGE: 'False',
    PYTHONWARNINGS: 'ignore',
  };
  return new Promise((resolve, reject) => {
    const options = { env, cwd: repository, timeout: 280_000 };
    execFile(join(dirname(python), 'feast'), [...command], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`feast ${command.join(' ')}:\n${stdout}${stderr}`.slice(-4000)));
    });
  });
}

beforeAll(async () => {
  const sqlite = `sqlite:///${join(folder, 'registry_sql.db')}`;
  repositories.set('file', both(makeRepository('file', 'data/registry.db')));
  repositories.set(
    'SQLite',
    both(makeRepository('sqlite', { registry_type: 'sql', path: sqlite })),
  );
  for (const server of servers) {
    await server.create('feast');
    const owner = { registry_type: 'sql', path: server.url('feast', 'owner') };
    const reader = { ...owner, read_path: server.url('feast') };
    const name = server.product.toLowerCase();
    repositories.set(server.product, {
      written: makeRepository(name, owner),
      read: makeRepository(`${name}-reader`, reader),
    });
  }
  for (const { written } of repositories.values()) {
    await feast(written, 'apply', '--skip-source-validation');
  }
}, 900_000);
afterAll(async () => {
  await Promise.all(servers.map(({ stop }) => stop()));
  rmSync(folder, { recursive: true, force: true });
});

function both(repository: string): { readonly written: string; readonly read: string } {
  return { written: repository, read: repository };
}

function open(name: string): Promise<FeatureStore> {
  return loadFeatureStore(repositories.get(name)?.read);
}

describe.each(['SQLite', 'PostgreSQL', 'MariaDB'])(
  'the registry that Feast wrote to %s',
  (name) => {
    test('has the same audit as the file', async () => {
      const [ofFile, ofDatabase] = [await auditOf('file'), await auditOf(name)];
      expect(ofDatabase.exitCode).toBe(ofFile.exitCode);
      expect(ofDatabase.report).toEqual(ofFile.report);
      expect(JSON.stringify(ofFile.report).length).toBeGreaterThan(1000);
    });

    test('gives the same answers to 1,000 questions', async () => {
      const [ofFile, ofDatabase] = [await open('file'), await open(name)];
      const answers = answersOf(ofDatabase, ofFile);
      expect(answers).toEqual(answersOf(ofFile, ofFile));
      expect(answers.filter((answer) => answer.startsWith('true')).length).toBeGreaterThan(20);
      expect(answers.filter((answer) => answer.startsWith('false')).length).toBeGreaterThan(100);
    });

    test('is described without a password', async () => {
      const { source } = await open(name);
      for (const { password } of servers) expect(source).not.toContain(password);
    });
  },
);

async function auditOf(name: string): Promise<{ exitCode: number; report: unknown }> {
  const path = repositories.get(name)?.read ?? '';
  const { stdout, exitCode } = await runCli(['audit', path, '--format', 'json']);
  return { exitCode, report: sorted(JSON.parse(stdout)) };
}

/** Registries keep their objects in different orders. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, sorted(one)]));
}

/** Answers of one store to questions about the resources of another. */
function answersOf(store: FeatureStore, about: FeatureStore): readonly string[] {
  // The configuration says `no_auth`, which would allow everything.
  const { auth: _, ...options } = store.snapshotOptions;
  const authorizer = createAuthorizer(options);
  const { resources, permissions } = about.contents;
  const text = readFileSync('examples/credit_scoring/permissions.py', 'utf8');
  const names = [...new Set([...text.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name))];
  const random = numbers();
  const pick = <T>(all: readonly T[]): T => all[random() % all.length] as T;
  expect(permissions.length).toBeGreaterThan(10);
  return Array.from({ length: 1000 }, () => {
    const subject = {
      username: 'ann',
      roles: [pick(names), pick(names), pick(names)],
      groups: [pick(names), pick(names)],
      namespaces: [pick(names)],
    };
    const resource = pick(resources);
    const actions = pick(ALL_ACTIONS);
    const { allowed, reason }: Pick<Decision, 'allowed' | 'reason'> = authorizer.decide(
      subject,
      actions,
      resource,
    );
    return `${allowed} ${actions} ${resource.type} ${resource.name} ${JSON.stringify(reason)}`;
  });
}

/** The same numbers every time. */
function numbers(): () => number {
  let state = 20_261_130;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 8;
  };
}
