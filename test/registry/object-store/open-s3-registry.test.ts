import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ConfigInvalidError, RegistryUnavailableError } from '../../../src/model/index.js';
import { openS3Registry } from '../../../src/registry/object-store/open-s3-registry.js';
import type { RegistrySource } from '../../../src/registry/registry-source.js';
import { CREDIT_SCORING, fixtureBytes } from '../registry-bytes.js';
import { type FakeStore, startFakeStore } from './support/fake-store.js';

const SECRET = 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY';
const CODES: Readonly<Record<number, string>> = {
  403: 'AccessDenied',
  404: 'NoSuchKey',
  503: 'SlowDown',
};

let store: FakeStore;
beforeEach(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', SECRET);
  for (const name of ['AWS_REGION', 'AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_ENDPOINT_URL']) {
    vi.stubEnv(name, undefined);
  }
  vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent');
  store = await startFakeStore(
    (status) =>
      `<Error><Code>${CODES[status] ?? 'Other'}</Code><Message>of ${SECRET}</Message></Error>`,
  );
  store.answer.content = fixtureBytes(CREDIT_SCORING);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await store.stop();
});

const open = (
  options: Readonly<Record<string, unknown>> = {},
  url = 's3://Key:pa55@Bucket/team/registry.db',
): Promise<RegistrySource> =>
  openS3Registry({ type: 'file', url, options }, { env: { FEAST_S3_ENDPOINT_URL: store.origin } });

test('asks for the object alone, by path, and signs the request', async () => {
  const source = await open();
  expect(source.describe()).toBe('registry s3://bucket/team/registry.db');
  expect((await source.read()).permissions).toHaveLength(18);
  expect(store.requests).toEqual(['GET /bucket/team/registry.db?x-id=GetObject']);
  expect(store.headers[0]?.authorization).toMatch(/^AWS4-HMAC-SHA256 .*us-east-1/);
});

test('transfers no content of a version that it has', async () => {
  const source = await open();
  const first = await source.read();
  expect(await source.read()).toBe(first);
  expect(store.headers.map((headers) => headers['if-none-match'])).toEqual([undefined, '"1"']);
});

test('uses the region of `AWS_DEFAULT_REGION`', async () => {
  const env = { FEAST_S3_ENDPOINT_URL: store.origin, AWS_DEFAULT_REGION: 'eu-central-1' };
  const source = await openS3Registry({ type: 'file', url: 's3://bucket/r' }, { env });
  await source.read();
  expect(store.headers[0]?.authorization).toContain('/eu-central-1/s3/');
});

test('sends the key that the object was encrypted with, and nothing that is for writing', async () => {
  const source = await open({
    s3_additional_kwargs: {
      SSECustomerAlgorithm: 'AES256',
      SSECustomerKey: '01234567890123456789012345678901',
      ServerSideEncryption: 'aws:kms',
      ACL: 'private',
    },
  });
  await source.read();
  const [headers = {}] = store.headers;
  const prefix = 'x-amz-server-side-encryption';
  expect(headers[`${prefix}-customer-algorithm`]).toBe('AES256');
  expect(headers[`${prefix}-customer-key`]).toBe(
    Buffer.from('01234567890123456789012345678901').toString('base64'),
  );
  expect(headers[`${prefix}-customer-key-md5`]).toBeDefined();
  expect(headers[prefix]).toBeUndefined();
  expect(headers['x-amz-acl']).toBeUndefined();
});

describe('an answer without content', () => {
  test.each([
    [403, 'denied', /refuses the request \(403 AccessDenied\).*s3:GetObject/],
    [404, 'missing', /has no such object \(404 NoSuchKey\)/],
    [503, 'failing', /fails \(503 SlowDown\)/],
  ])('%i is an error of its own, which says what Feast does', async (status, reason, message) => {
    store.answer.status = status;
    const source = await open();
    const error = await source.read().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RegistryUnavailableError);
    const { message: text, reason: found } = error as RegistryUnavailableError;
    expect(found).toBe(reason);
    expect(text).toMatch(message);
    expect(text).toContain('Feast takes this failure as a registry that does not exist yet');
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain('pa55');
  });

  test('content that is cut off is refused', async () => {
    store.answer.isCut = true;
    const error = await (await open()).read().catch((thrown: unknown) => thrown);
    expect((error as RegistryUnavailableError).reason).toBe('unreachable');
  });

  test('an endpoint that is down cannot be reached', async () => {
    const source = await openS3Registry(
      { type: 'file', url: 's3://bucket/r' },
      { env: { FEAST_S3_ENDPOINT_URL: 'http://127.0.0.1:9' } },
    );
    await expect(source.read()).rejects.toThrow('the S3 endpoint cannot be reached (ECONNREFUSED)');
  });

  test('a read that is called off fails with the reason', async () => {
    store.answer.isStalled = true;
    const source = await open();
    const controller = new AbortController();
    const reading = source.read({ signal: controller.signal });
    await vi.waitFor(() => expect(store.requests).toHaveLength(1));
    const reason = new Error('called off');
    controller.abort(reason);
    await expect(reading).rejects.toBe(reason);
  });
});

test.each([
  ['gs://bucket/registry.db', {}, 'must start with `s3://`'],
  ['s3://bucket', {}, 'names no object'],
  ['s3://bucket/r', { s3_additional_kwargs: 'x' }, 'must be a mapping'],
  ['s3://bucket/r', { s3_additional_kwargs: { SSECustomerKey: 5 } }, '`SSECustomerKey` of'],
])('%s with %j is refused', async (url, options, message) => {
  await expect(open(options, url)).rejects.toBeInstanceOf(ConfigInvalidError);
  await expect(open(options, url)).rejects.toThrow(message);
});
