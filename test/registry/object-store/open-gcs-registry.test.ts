import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ConfigInvalidError, RegistryUnavailableError } from '../../../src/model/index.js';
import { openGcsRegistry } from '../../../src/registry/object-store/open-gcs-registry.js';
import type { RegistrySource } from '../../../src/registry/registry-source.js';
import { CREDIT_SCORING, fixtureBytes } from '../registry-bytes.js';
import { type FakeGcs, startFakeGcs } from './support/fake-gcs.js';

let store: FakeGcs;
beforeEach(async () => {
  store = await startFakeGcs(fixtureBytes(CREDIT_SCORING));
  vi.stubEnv('STORAGE_EMULATOR_HOST', store.origin);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await store.stop();
});

const open = (url = 'gs://Bucket/team/registry.db'): Promise<RegistrySource> =>
  openGcsRegistry({ type: 'file', url }, { env: { STORAGE_EMULATOR_HOST: store.origin } });

test('asks for the object alone', async () => {
  const source = await open();
  expect(source.describe()).toBe('registry gs://bucket/team/registry.db');
  expect((await source.read()).permissions).toHaveLength(18);
  expect(store.requests).toEqual([
    'GET /storage/v1/b/bucket/o/team%2Fregistry.db',
    'GET /storage/v1/b/bucket/o/team%2Fregistry.db content',
  ]);
});

test('transfers no content of a generation that it has', async () => {
  const source = await open();
  const contents = (): number => store.requests.filter((one) => one.endsWith('content')).length;
  const first = await source.read();
  expect(await source.read()).toBe(first);
  expect(contents()).toBe(1);
  store.state.generation = 2;
  await source.read();
  expect(contents()).toBe(2);
});

describe('an answer without content', () => {
  test.each([
    [403, 'denied', /refuses the request \(403.*storage\.objects\.get/],
    [404, 'missing', /has no such object \(404.*Feast takes a missing object/],
    [503, 'failing', /fails \(503/],
  ])(
    '%i is an error of its own',
    async (status, reason, message) => {
      store.state.status = status;
      const error = await (await open()).read().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(RegistryUnavailableError);
      const { message: text, reason: found } = error as RegistryUnavailableError;
      expect(found).toBe(reason);
      expect(text).toMatch(message);
      expect(text).not.toContain('secret');
    },
    30_000,
  );

  test('content that is cut off is refused', async () => {
    store.state.isCut = true;
    const reading = (await open()).read();
    await expect(reading).rejects.toBeInstanceOf(RegistryUnavailableError);
    const { length } = store.state.content;
    await expect(reading).rejects.toThrow(
      `${Math.floor(length / 2)} of its ${length} bytes arrived`,
    );
  });
});

test.each(['s3://bucket/registry.db', 'gs://bucket'])('%s is refused', async (url) => {
  await expect(open(url)).rejects.toBeInstanceOf(ConfigInvalidError);
});
