import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RegistryInvalidError, RegistryUnavailableError } from '../../../src/model/index.js';
import { createObjectRegistry } from '../../../src/registry/object-store/create-object-registry.js';
import type { StoredObject } from '../../../src/registry/object-store/object-store.js';
import { registryBytes } from '../registry-bytes.js';

interface Held {
  bytes: Uint8Array;
  tag: string | undefined;
  length?: number | undefined;
  error?: unknown;
  /** Gives the content, in place of the bytes. */
  body?: (() => Readable) | undefined;
}

let held: Held;
let asked: (string | undefined)[];
let bodies: Readable[];
let object: StoredObject;
beforeEach(() => {
  held = { bytes: registryBytes(), tag: '"1"' };
  asked = [];
  bodies = [];
  object = {
    place: 's3://bucket/registry.db',
    store: 'Amazon S3',
    right: '`s3:GetObject` on the object',
    feastAfter: (kind) => (kind === 'credentials' ? '' : 'Feast writes an empty one'),
    get: async (known) => {
      asked.push(known);
      if (held.error !== undefined) throw held.error;
      if (known !== undefined && known === held.tag) throw httpError(304, 'NotModified');
      const body =
        held.body?.() ?? Readable.from([held.bytes.subarray(0, 5), held.bytes.subarray(5)]);
      bodies.push(body);
      return { tag: held.tag, length: held.length, body };
    },
  };
});

function httpError(status: number, name: string): Error {
  const error = new Error(`secret-in-message ${status}`);
  return Object.assign(error, { name, $metadata: { httpStatusCode: status } });
}

describe('reading', () => {
  test('decodes the content, and describes where it is', async () => {
    const source = createObjectRegistry(object);
    expect(source.describe()).toBe('registry s3://bucket/registry.db');
    expect((await source.read()).projects).toEqual(['p']);
    expect(asked).toEqual([undefined]);
  });

  test('transfers nothing for a version that it has', async () => {
    const source = createObjectRegistry(object);
    const first = await source.read();
    expect(await source.read()).toBe(first);
    expect(asked).toEqual([undefined, '"1"']);
    expect(bodies).toHaveLength(1);
  });

  test('does not decode the same content again under another tag', async () => {
    const source = createObjectRegistry(object);
    const first = await source.read();
    held.tag = '"2"';
    expect(await source.read()).toBe(first);
  });

  test('reads anew from a store that says no tags', async () => {
    held.tag = undefined;
    const source = createObjectRegistry(object);
    const first = await source.read();
    held.bytes = registryBytes({ versionId: 'v2' });
    expect((await source.read()).version).toBe('v2');
    expect((await source.read()).version).not.toBe(first.version);
  });

  test('asks for a refused version again, and refuses it again', async () => {
    held.bytes = new TextEncoder().encode('<!DOCTYPE html><html></html>');
    const source = createObjectRegistry(object);
    for (let time = 0; time < 2; time += 1) {
      const reading = source.read();
      await expect(reading).rejects.toBeInstanceOf(RegistryInvalidError);
      await expect(reading).rejects.toThrow(
        'registry `s3://bucket/registry.db` is an HTML page, not a registry',
      );
    }
    expect(asked).toEqual([undefined, undefined]);
  });

  test('refuses content that is shorter than announced', async () => {
    held.length = held.bytes.length + 1;
    const reading = createObjectRegistry(object).read();
    await expect(reading).rejects.toBeInstanceOf(RegistryUnavailableError);
    await expect(reading).rejects.toThrow(
      `${held.bytes.length} of its ${held.length} bytes arrived`,
    );
  });

  test('refuses an object that is too large, announced or not, and ends the transfer', async () => {
    const limits = { maxBytes: 20, timeoutMs: 5000, idleMs: 5000 };
    for (const length of [held.bytes.length, undefined]) {
      held.length = length;
      const reading = createObjectRegistry(object, limits).read();
      await expect(reading).rejects.toBeInstanceOf(RegistryInvalidError);
      await expect(reading).rejects.toThrow('is larger than 20 bytes');
    }
    expect(bodies.every(({ destroyed }) => destroyed)).toBe(true);
  });

  test('ends a transfer that takes too long', async () => {
    held.body = () => new Readable({ read: () => {} });
    const source = createObjectRegistry(object, { maxBytes: 1000, timeoutMs: 20, idleMs: 1000 });
    await expect(source.read()).rejects.toThrow('Amazon S3 took more than 0.02 s');
    expect(bodies[0]?.destroyed).toBe(true);
  });

  test('ends a transfer of which nothing more arrives', async () => {
    held.body = () => new Readable({ read: () => {} });
    const source = createObjectRegistry(object, { maxBytes: 1000, timeoutMs: 5000, idleMs: 20 });
    const reading = source.read();
    await expect(reading).rejects.toBeInstanceOf(RegistryUnavailableError);
    await expect(reading).rejects.toThrow('Amazon S3 sent nothing for 0.02 s');
    expect(bodies[0]?.destroyed).toBe(true);
  });

  test('fails with the reason of its signal, before and during the transfer', async () => {
    const source = createObjectRegistry(object);
    const reason = new Error('called off');
    await expect(source.read({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(asked).toEqual([]);
    const controller = new AbortController();
    held.body = () => new Readable({ read: () => controller.abort(reason) });
    await expect(source.read({ signal: controller.signal })).rejects.toBe(reason);
    await vi.waitFor(() => expect(bodies[0]?.destroyed).toBe(true));
  });

  test('refuses unknown options', async () => {
    await expect(createObjectRegistry(object).read({ sginal: 1 } as never)).rejects.toThrow(
      'option `sginal` is unknown',
    );
  });
});

describe('a store that gives no content', () => {
  test.each([
    [
      httpError(403, 'AccessDenied'),
      'denied',
      'Amazon S3 refuses the request (403 AccessDenied). Grant this account `s3:GetObject` on the object. Feast writes an empty one',
    ],
    [
      httpError(404, 'NoSuchKey'),
      'missing',
      'Amazon S3 has no such object (404 NoSuchKey). Check the name',
    ],
    [httpError(503, 'SlowDown'), 'failing', 'Amazon S3 fails (503 SlowDown). Try again later'],
    [httpError(429, 'SlowDown'), 'failing', 'Amazon S3 fails (429 SlowDown)'],
    [
      Object.assign(new Error('x'), { code: 'ECONNREFUSED' }),
      'unreachable',
      'Amazon S3 cannot be reached (ECONNREFUSED). Check the endpoint',
    ],
    [
      Object.assign(new Error('x'), { cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } }),
      'unreachable',
      '(DEPTH_ZERO_SELF_SIGNED_CERT)',
    ],
    [
      Object.assign(new Error('x'), { name: 'CredentialsProviderError' }),
      'credentials',
      'no credentials for Amazon S3 were found (CredentialsProviderError). Give this process',
    ],
    [
      Object.assign(new Error('x'), { statusCode: 403, code: 'AuthorizationFailure' }),
      'denied',
      '(403 AuthorizationFailure)',
    ],
    [Object.assign(new Error('x'), { code: 404 }), 'missing', '(404 unknown error)'],
    ['a thrown text', 'unreachable', '(unknown error)'],
    [Object.assign(new Error('x'), { code: 'secret in a code' }), 'unreachable', '(unknown error)'],
  ])('%s is %s', async (error, reason, message) => {
    held.error = error;
    const failure = await createObjectRegistry(object)
      .read()
      .catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(RegistryUnavailableError);
    const { message: text, reason: found, cause } = failure as RegistryUnavailableError;
    expect(found).toBe(reason);
    expect(text).toContain(`registry \`s3://bucket/registry.db\` cannot be read: `);
    expect(text).toContain(message);
    expect(text).not.toContain('secret');
    expect(cause).toBeUndefined();
  });

  test('a transfer that breaks is an error without the words of its library', async () => {
    held.body = () =>
      Readable.from(
        (async function* () {
          yield held.bytes.subarray(0, 5);
          throw Object.assign(new Error('secret'), { code: 'ECONNRESET' });
        })(),
      );
    await expect(createObjectRegistry(object).read()).rejects.toThrow(
      /cannot be reached \(ECONNRESET\)(?!.*secret)/,
    );
  });
});

describe('the watch', () => {
  let watching: AbortController;
  beforeEach(() => {
    watching = new AbortController();
  });
  afterEach(() => watching.abort());

  test('calls once the object has another tag, and not before', async () => {
    const source = createObjectRegistry(object);
    await source.read();
    const onChange = vi.fn<() => unknown>(() => source.read());
    source.watch?.(onChange, { signal: watching.signal, pollSeconds: 0.005 });
    await vi.waitFor(() => expect(asked.length).toBeGreaterThan(3));
    expect(onChange).not.toHaveBeenCalled();
    held.tag = '"2"';
    held.bytes = registryBytes({ versionId: 'v2' });
    await vi.waitFor(() => expect(onChange).toHaveBeenCalled());
    expect((await source.read()).version).toBe('v2');
    const calls = onChange.mock.calls.length;
    const looks = asked.length;
    await vi.waitFor(() => expect(asked.length).toBeGreaterThan(looks + 3));
    expect(onChange.mock.calls.length).toBe(calls);
  });

  test('does not call for content that was refused', async () => {
    held.bytes = new TextEncoder().encode('nothing');
    const source = createObjectRegistry(object);
    await expect(source.read()).rejects.toThrow(RegistryInvalidError);
    const onChange = vi.fn<() => unknown>();
    source.watch?.(onChange, { signal: watching.signal, pollSeconds: 0.005 });
    await vi.waitFor(() => expect(asked.length).toBeGreaterThan(3));
    expect(onChange).not.toHaveBeenCalled();
  });

  test('calls while the store cannot be asked', async () => {
    const source = createObjectRegistry(object);
    await source.read();
    const onChange = vi.fn<() => unknown>(() => source.read());
    source.watch?.(onChange, { signal: watching.signal, pollSeconds: 0.005 });
    held.error = httpError(503, 'SlowDown');
    await vi.waitFor(() => expect(onChange.mock.calls.length).toBeGreaterThan(3));
    held.error = undefined;
    expect((await source.read()).projects).toEqual(['p']);
  });

  test('ends the transfer of a look', async () => {
    const source = createObjectRegistry(object);
    await source.read();
    held.tag = '"2"';
    source.watch?.(() => {}, { signal: watching.signal, pollSeconds: 0.005 });
    await vi.waitFor(() => expect(bodies.length).toBeGreaterThan(1));
    watching.abort();
    await vi.waitFor(() => expect(bodies.every(({ destroyed }) => destroyed)).toBe(true));
  });
});
