import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ConfigInvalidError, RegistryUnavailableError } from '../../../src/model/index.js';
import { openAzureRegistry } from '../../../src/registry/object-store/open-azure-registry.js';
import type { RegistrySource } from '../../../src/registry/registry-source.js';
import { CREDIT_SCORING, fixtureBytes } from '../registry-bytes.js';
import { type FakeStore, startFakeStore } from './support/fake-store.js';

const KEY = Buffer.from('the key of the account').toString('base64');

let store: FakeStore;
beforeEach(async () => {
  store = await startFakeStore(
    (status) =>
      `<?xml version="1.0"?><Error><Code>Code${status}</Code><Message>${KEY}</Message></Error>`,
  );
  store.answer.content = fixtureBytes(CREDIT_SCORING);
});
afterEach(() => store.stop());

const open = (
  key: string,
  url = `${store.origin}/account/container/team/registry.db`,
): Promise<RegistrySource> =>
  openAzureRegistry({ type: 'file', url }, { env: { REGISTRY_BLOB_KEY: key } });

test('asks for the blob alone, signed with the key of the account', async () => {
  const source = await open(KEY);
  expect(source.describe()).toBe(`registry ${store.origin}/account/container/team/registry.db`);
  expect((await source.read()).permissions).toHaveLength(18);
  expect(store.requests).toEqual(['GET /account/container/team/registry.db?timeout=60']);
  expect(store.headers[0]?.authorization).toMatch(/^SharedKey account:/);
});

test('transfers no content of a version that it has', async () => {
  const source = await open(KEY);
  const first = await source.read();
  expect(await source.read()).toBe(first);
  expect(store.headers.map((headers) => headers['if-none-match'])).toEqual([undefined, '"1"']);
});

test.each(['sv=2025-01-01&sig=abc%3D', '?sv=2025-01-01&sig=abc%3D'])(
  'takes the shared access signature %s in place of a key',
  async (signature) => {
    await (await open(signature)).read();
    expect(store.requests).toEqual([
      'GET /account/container/team/registry.db?sv=2025-01-01&sig=abc%3D&timeout=60',
    ]);
    expect(store.headers[0]?.authorization).toBeUndefined();
  },
);

describe('an answer without content', () => {
  test.each([
    [403, 'denied', /refuses the request \(403 Code403\).*Storage Blob Data Reader/],
    [404, 'missing', /has no such object \(404 Code404\).*Feast takes a missing blob/],
    [503, 'failing', /fails \(503 Code503\)/],
  ])('%i is an error of its own', async (status, reason, message) => {
    store.answer.status = status;
    const error = await (await open(KEY)).read().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RegistryUnavailableError);
    const { message: text, reason: found } = error as RegistryUnavailableError;
    expect(found).toBe(reason);
    expect(text).toMatch(message);
    expect(text).not.toContain(KEY);
  });

  test('content that is cut off is refused', async () => {
    store.answer.isCut = true;
    const error = await (await open(KEY)).read().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RegistryUnavailableError);
  });

  test('a read that is called off fails with the reason', async () => {
    store.answer.isStalled = true;
    const source = await open(KEY);
    const controller = new AbortController();
    const reading = source.read({ signal: controller.signal });
    await vi.waitFor(() => expect(store.requests).toHaveLength(1));
    const reason = new Error('called off');
    controller.abort(reason);
    await expect(reading).rejects.toBe(reason);
  });
});

test.each([
  'https://account.blob.core.windows.net/container',
  'https://account.blob.core.windows.net/container/',
  'http://127.0.0.1/account/container',
  'abfs://container/registry.db',
  'https://account.blob.core.windows.net/container/a;b',
])('%s is refused', async (url) => {
  await expect(open(KEY, url)).rejects.toBeInstanceOf(ConfigInvalidError);
});

test('a host names its account', async () => {
  const source = await open(KEY, 'https://Account.blob.core.windows.net/container/registry.db');
  expect(source.describe()).toBe(
    'registry https://account.blob.core.windows.net/container/registry.db',
  );
});
