import { getEventListeners } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHttpClient, HttpError } from '../../src/net/http-client.js';
import { retryRequest } from '../../src/net/retry-request.js';

let server: Server;
let origin: string;
const seen: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    if (request.url === '/hang') return;
    if (request.url === '/moved') response.writeHead(307, { location: '/' });
    if (request.url === '/busy') response.statusCode = 503;
    request.resume().on('end', () => response.end('{}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const client = createHttpClient({ timeoutSeconds: 5 });

describe('the method', () => {
  test.each([
    [undefined, undefined, 'GET'],
    [undefined, '{}', 'POST'],
    ['PUT', '{}', 'PUT'],
    ['PATCH', '{}', 'PATCH'],
    ['DELETE', undefined, 'DELETE'],
    ['POST', undefined, 'POST'],
  ] as const)('%s with the body %s is %s', async (method, body, sent) => {
    seen.length = 0;
    const answer = await client({ url: new URL(`${origin}/path`), method, body });
    expect(answer.status).toBe(200);
    expect(seen).toEqual([`${sent} /path`]);
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'] as const)(
    '%s follows no redirect',
    async (method) => {
      seen.length = 0;
      await expect(client({ url: new URL(`${origin}/moved`), method })).rejects.toThrow(
        `answers a ${method} with a redirect`,
      );
      expect(seen).toEqual([`${method} /moved`]);
    },
  );

  test('GET follows one within its origin', async () => {
    seen.length = 0;
    await client({ url: new URL(`${origin}/moved`) });
    expect(seen).toEqual(['GET /moved', 'GET /']);
  });

  test.each(['GET', 'POST'] as const)(
    '%s gets a redirect as its answer where none is followed',
    async (method) => {
      seen.length = 0;
      const direct = createHttpClient({ timeoutSeconds: 5, followRedirects: false });
      const { status, headers } = await direct({ url: new URL(`${origin}/moved`), method });
      expect({ status, location: headers?.location }).toEqual({ status: 307, location: '/' });
      expect(seen).toEqual([`${method} /moved`]);
    },
  );
});

test.each([0, -1, Number.NaN])('a timeout of %d s is refused', (timeoutSeconds) => {
  expect(() => createHttpClient({ timeoutSeconds })).toThrow(TypeError);
});

test('a file of certificates that cannot be read is named', () => {
  expect(() => createHttpClient({ timeoutSeconds: 5, caCertPath: '/no/such/file' })).toThrow(
    'the file of certificates `/no/such/file` cannot be read (ENOENT)',
  );
});

describe('a signal', () => {
  test('ends a request with its own reason', async () => {
    const controller = new AbortController();
    const answer = client({ url: new URL(`${origin}/hang`), signal: controller.signal });
    const reason = new Error('not needed any more');
    controller.abort(reason);
    await expect(answer).rejects.toBe(reason);
  });

  test('is let go of after the answer', async () => {
    const { signal } = new AbortController();
    for (const path of ['/path', '/busy', '/moved']) {
      await client({ url: new URL(`${origin}${path}`), signal });
    }
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    const early = client({ url: new URL(`${origin}/path`), signal: AbortSignal.abort('early') });
    await expect(early).rejects.toBe('early');
  });

  test('leaves the timeout as it is', async () => {
    const hasty = createHttpClient({ timeoutSeconds: 0.05 });
    const { signal } = new AbortController();
    await expect(hasty({ url: new URL(`${origin}/hang`), signal })).rejects.toThrow(
      'did not answer within 0.05 s',
    );
  });

  test('ends a pause between repetitions with its own reason', async () => {
    const controller = new AbortController();
    const reason = new Error('not needed any more');
    const answer = retryRequest(
      client,
      { url: new URL(`${origin}/busy`), signal: controller.signal },
      {
        attempts: 5,
        now: Date.now,
        sleep: (_, signal) => {
          const waiting = pause(60_000, undefined, { signal });
          controller.abort(reason);
          return waiting;
        },
      },
    );
    await expect(answer).rejects.toBe(reason);
  });

  test('ends the repetitions', async () => {
    const controller = new AbortController();
    let requests = 0;
    const answer = retryRequest(
      // Also where a client does not listen to it.
      async () => {
        requests += 1;
        return { status: 503, retryAfter: undefined, body: '' };
      },
      { url: new URL(origin), signal: controller.signal },
      {
        attempts: 5,
        now: Date.now,
        sleep: async () => controller.abort(new Error('enough')),
      },
    );
    await expect(answer).rejects.toThrow('enough');
    expect(requests).toBe(1);
  });
});

test.each([
  ['ECONNABORTED', 'ECONNABORTED'],
  ['Bearer s3cret', 'unknown error'],
  [14, 'unknown error'],
  [undefined, 'unknown error'],
])('of what another client fails with the code alone is kept: %j', async (code, reason) => {
  const config = { headers: { authorization: 'Bearer s3cret' } };
  const foreign = Object.assign(new Error('POST with s3cret'), { code, config });
  const options = { attempts: 2, now: Date.now, sleep: async () => {} };
  for (const [index, client] of [
    () => Promise.reject(foreign),
    () => {
      throw foreign;
    },
  ].entries()) {
    const url = new URL(`${origin}/path?token=s3cret#${index}`);
    const error = await retryRequest(client, { url }, options).catch((given: unknown) => given);
    expect(error).toBeInstanceOf(HttpError);
    expect((error as Error).message).toBe(`\`${origin}/path\` cannot be reached (${reason})`);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('s3cret');
  }
});

test.each([Number.NaN, 0, -1])('%d attempts are one', async (attempts) => {
  seen.length = 0;
  const options = { attempts, now: Date.now, sleep: async () => {} };
  expect((await retryRequest(client, { url: new URL(`${origin}/busy`) }, options)).status).toBe(
    503,
  );
  expect(seen).toHaveLength(1);
});

test('who repeats may say what passes by itself', async () => {
  const answers: unknown[] = [];
  const options = { attempts: 5, now: Date.now, sleep: async () => {} };
  const url = new URL(`${origin}/busy`);
  seen.length = 0;
  const answer = await retryRequest(
    client,
    { url },
    {
      ...options,
      isTransient: (given) => {
        answers.push(given instanceof HttpError ? 0 : given.status);
        return answers.length < 3;
      },
    },
  );
  expect(answer.status).toBe(503);
  expect(answers).toEqual([503, 503, 503]);
  expect(seen).toHaveLength(3);
});
