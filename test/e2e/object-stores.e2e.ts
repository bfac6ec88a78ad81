import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { loadAuthorizer, type ReloadEvent } from '../../src/node.js';
import { loadFeatureStore } from '../../src/registry/index.js';
import { runCli } from '../cli/run-cli.js';
import { type Azurite, startAzurite } from './support/azurite.js';
import { type FeastProgram, feastProgram, writeRepository } from './support/feast-program.js';
import { type GcsEmulator, startGcsEmulator } from './support/gcs-emulator.js';
import { type Moto, startMoto } from './support/moto.js';
import { answersOf, withoutSource } from './support/registry-answers.js';
import { runScript } from './support/run-script.js';

const DEFINITIONS = ['features.py', 'permissions.py'].map((file) =>
  path.resolve('examples/credit_scoring', file),
);
const APPLY = ['apply', '--skip-source-validation'];
const PROJECT = 'credit_scoring';
const folder = mkdtempSync(path.join(tmpdir(), 'object-stores-'));
const fileRegistry = path.join(folder, 'registry.db');
const OBJECT = { Bucket: 'feast', Key: 'team/registry.db' };
const READER = { username: 'reader', roles: ['super-reader'] };
const VIEW = { type: 'FeatureView', name: 'transaction_features', project: PROJECT } as const;

let feast: FeastProgram;
let moto: Moto;
let azurite: Azurite;
let gcs: GcsEmulator;
let s3: S3Client;
/** The registry in the file, as it was applied first. */
let first: Uint8Array;
/** Variables of Feast for S3: its client is in the environment of moto. */
let withBoto: Readonly<Record<string, string>>;
/** Variables of Feast, and of this package, by store. */
let env: Readonly<Record<'s3' | 'gs' | 'azure', Readonly<Record<string, string>>>>;
/** Repositories, by where their registry is. */
let repositories: Readonly<Record<'file' | 's3' | 'gs' | 'azure', string>>;

const repository = (name: string, registry: unknown): string =>
  writeRepository(path.join(folder, name), DEFINITIONS, { project: PROJECT, registry });

beforeAll(async () => {
  [feast, moto, azurite, gcs] = await Promise.all([
    feastProgram(),
    startMoto(),
    startAzurite(),
    startGcsEmulator(),
  ]);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'owner');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret-of-the-owner');
  vi.stubEnv('AWS_DEFAULT_REGION', 'us-east-1');
  vi.stubEnv('STORAGE_EMULATOR_HOST', gcs.origin);
  env = {
    s3: { FEAST_S3_ENDPOINT_URL: moto.endpoint },
    gs: { STORAGE_EMULATOR_HOST: gcs.origin },
    azure: { REGISTRY_BLOB_KEY: azurite.key },
  };
  repositories = {
    file: repository('file', fileRegistry),
    s3: repository('s3', 's3://feast/team/registry.db'),
    gs: repository('gs', 'gs://feast/team/registry.db'),
    azure: repository('azure', {
      registry_store_type: 'AzureRegistryStore',
      path: `${azurite.url}/feast/team/registry.db`,
    }),
  };
  s3 = new S3Client({ endpoint: moto.endpoint, forcePathStyle: true, region: 'us-east-1' });
  await fetch(`${moto.endpoint}/feast`, { method: 'PUT' });
  await feast.run(repositories.file, APPLY);
  const home = path.dirname(path.dirname(await runScript('moto.sh')));
  const [python = ''] = readdirSync(path.join(home, 'lib'));
  const packages = path.join(home, 'lib', python, 'site-packages');
  withBoto = { ...env.s3, FEAST_TEST_PACKAGES: packages };
  await feast.run(repositories.s3, APPLY, withBoto);
  // Feast's own stores cannot be pointed at the other emulators.
  first = readFile();
  await OBJECTS.gs.put(first);
  await OBJECTS.azure.put(first);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await Promise.all([moto?.stop(), azurite?.stop(), gcs?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

const STORES = ['s3', 'gs', 'azure'] as const;

/** How the object of each store is replaced and deleted. */
const OBJECTS = {
  s3: {
    put: (Body: Uint8Array) => s3.send(new PutObjectCommand({ ...OBJECT, Body })),
    remove: () => s3.send(new DeleteObjectCommand(OBJECT)),
  },
  gs: {
    put: (bytes: Uint8Array) => gcs.put(OBJECT.Key, bytes),
    remove: () => gcs.remove(OBJECT.Key),
  },
  azure: {
    put: (bytes: Uint8Array) =>
      azurite.container.getBlockBlobClient(OBJECT.Key).uploadData(Buffer.from(bytes)),
    remove: () => azurite.container.deleteBlob(OBJECT.Key),
  },
};

const readFile = (): Uint8Array => new Uint8Array(readFileSync(fileRegistry));

describe.each(STORES)('a registry at %s', (store) => {
  test('has the audit of the same registry in a file', async () => {
    const audit = async (name: 'file' | typeof store): Promise<unknown> => {
      const variables = name === 'file' ? {} : env[name];
      const argv = ['audit', repositories[name], '--format', 'json'];
      const { stdout, stderr } = await runCli(argv, { env: variables });
      expect(stdout, stderr).toContain('"findings"');
      return withoutSource(JSON.parse(stdout));
    };
    expect(await audit(store)).toEqual(await audit('file'));
  });

  test('gives the same answers to 1,000 questions', async () => {
    const expected = answersOf(await loadFeatureStore(repositories.file));
    expect(expected.length).toBeGreaterThanOrEqual(1000);
    expect(new Set(expected.map(({ allowed }) => allowed)).size).toBe(2);
    expect(answersOf(await loadFeatureStore(repositories[store], { env: env[store] }))).toEqual(
      expected,
    );
  });
});

/** The registry that Feast writes when it finds none: it holds no project. */
async function emptied(): Promise<Uint8Array> {
  await OBJECTS.s3.remove();
  await feast.run(repositories.s3, ['permissions', 'list'], withBoto);
  const { Body } = await s3.send(new GetObjectCommand(OBJECT));
  return (await Body?.transformToByteArray()) ?? new Uint8Array();
}

describe('a registry that changes while it is in use', () => {
  let second: Uint8Array;
  let empty: Uint8Array;
  beforeAll(async () => {
    empty = await emptied();
    const file = path.join(repositories.file, 'permissions.py');
    const text = readFileSync(file, 'utf8').replace(/^feature_reader = .*$/m, '');
    writeFileSync(file, text);
    await feast.run(repositories.file, APPLY);
    second = readFile();
  });

  test.each(STORES)('is followed at %s, and no fault of it widens anything', async (store) => {
    const { put, remove } = OBJECTS[store];
    await put(first);
    const events: ReloadEvent[] = [];
    const authorizer = await loadAuthorizer(guarded(store), {
      env: env[store],
      pollSeconds: 0.1,
      rules: { unsecured: 'allow', whenNoPermissions: 'allow-named' },
      onReload: (event) => events.push(event),
    });
    const allowed = (): boolean => authorizer.can(READER, 'READ_ONLINE', VIEW);
    const stranger = (): boolean => authorizer.can({ username: 'x' }, 'READ_ONLINE', VIEW);
    const outcome = async (expected: ReloadEvent['outcome'], message = ''): Promise<void> => {
      const from = events.length;
      await vi.waitFor(
        () => {
          const found = events.slice(from).find((event) => event.outcome === expected);
          expect(found).toBeDefined();
          if (found?.outcome === 'failed') expect(String(found.error)).toContain(message);
        },
        { timeout: 20_000, interval: 50 },
      );
    };
    try {
      expect(empty.length).toBeLessThan(200);
      expect([allowed(), stranger()]).toEqual([true, false]);
      const withSecond = outcome('reloaded');
      await put(second);
      await withSecond;
      expect([allowed(), stranger()]).toEqual([false, false]);
      for (const [fault, message] of [
        [() => put(first.subarray(0, first.length / 2)), 'is cut off'],
        [() => put(new TextEncoder().encode('maintenance')), 'is a text file'],
        [() => put(empty), 'holds no project'],
        [remove, 'has no such object (404'],
      ] as const) {
        await fault();
        await outcome('failed', message);
        expect([allowed(), stranger()]).toEqual([false, false]);
      }
      const withFirst = outcome('reloaded');
      await put(first);
      await withFirst;
      expect([allowed(), stranger()]).toEqual([true, false]);
    } finally {
      authorizer.close();
    }
  });
});

/** The repository of a store, with callers that are known. */
function guarded(store: (typeof STORES)[number]): string {
  const file = path.join(repositories[store], 'feature_store.yaml');
  const config = JSON.parse(readFileSync(file, 'utf8')) as object;
  const guardedFile = path.join(repositories[store], 'guarded.yaml');
  writeFileSync(guardedFile, JSON.stringify({ ...config, auth: { type: 'kubernetes' } }));
  return guardedFile;
}

/** Makes an account that has these rights alone, and gives what uses it. */
async function accountWith(...actions: readonly string[]): Promise<() => void> {
  const iam = new IAMClient({ endpoint: moto.endpoint, region: 'us-east-1' });
  const UserName = actions.join('-').replaceAll(':', '');
  await iam.send(new CreateUserCommand({ UserName }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const Statement = [{ Effect: 'Allow', Action: actions, Resource: '*' }];
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'rights', PolicyDocument }));
  return () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', AccessKey?.AccessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', AccessKey?.SecretAccessKey);
  };
}

// The last one, since moto asks everybody for rights from then on.
test('an account at S3 needs the right to get the object, and no other', async () => {
  const lists = await accountWith('s3:ListBucket', 's3:PutObject');
  const gets = await accountWith('s3:GetObject');
  await moto.enforce();
  const load = (): Promise<unknown> => loadFeatureStore(repositories.s3, { env: env.s3 });
  gets();
  await expect(load()).resolves.toMatchObject({ contents: { projects: [PROJECT] } });
  lists();
  await expect(load()).rejects.toMatchObject({
    code: 'ERR_REGISTRY_UNAVAILABLE',
    reason: 'denied',
  });
});
