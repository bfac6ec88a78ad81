import { afterAll, beforeAll, vi } from 'vitest';
import { openRegistry, type RegistryLocation } from '../../../src/registry/index.js';
import { describeRegistrySource, type RegistryPlace } from '../support/source-contract.js';
import { startFakeGcs } from './support/fake-gcs.js';
import { startFakeStore } from './support/fake-store.js';

const SECRET = Buffer.from('the secret key of the account').toString('base64');

beforeAll(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', SECRET);
  for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) {
    vi.stubEnv(name, '/nonexistent');
  }
});
afterAll(() => {
  vi.unstubAllEnvs();
});

/** @param locate the section, and the variables, of a registry in the store at `origin` */
async function inFakeStore(
  locate: (origin: string) => {
    readonly location: RegistryLocation;
    readonly env: Readonly<Record<string, string>>;
  },
): Promise<RegistryPlace> {
  const store = await startFakeStore((status) => `<Error><Code>E${status}</Code></Error>`);
  const { location, env } = locate(store.origin);
  let version = 0;
  return {
    open: () => openRegistry(location, { env }),
    write: async (bytes) => {
      version += 1;
      Object.assign(store.answer, { content: bytes, tag: `"${version}"`, status: undefined });
    },
    breakDown: async () => {
      store.answer.status = 403;
    },
    close: store.stop,
    secret: SECRET,
  };
}

describeRegistrySource('Amazon S3', () =>
  inFakeStore((origin) => ({
    location: { type: 'file', url: `s3://user:${SECRET}@bucket/registry.db` },
    env: { FEAST_S3_ENDPOINT_URL: origin },
  })),
);

describeRegistrySource('Azure Blob Storage', () =>
  inFakeStore((origin) => ({
    location: {
      type: 'file',
      url: `${origin}/account/container/registry.db`,
      options: { registry_store_type: 'AzureRegistryStore' },
    },
    env: { REGISTRY_BLOB_KEY: SECRET },
  })),
);

describeRegistrySource('Google Cloud Storage', async () => {
  const store = await startFakeGcs(new Uint8Array());
  vi.stubEnv('STORAGE_EMULATOR_HOST', store.origin);
  return {
    open: () =>
      openRegistry(
        { type: 'file', url: 'gs://bucket/registry.db' },
        { env: { STORAGE_EMULATOR_HOST: store.origin } },
      ),
    write: async (content) => {
      const generation = store.state.generation + 1;
      Object.assign(store.state, { content, generation, status: undefined });
    },
    breakDown: async () => {
      store.state.status = 403;
    },
    close: store.stop,
  };
});
