import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createHttpClient, HttpError, type HttpResponse } from '../../src/net/http-client.js';
import { RetryLaterError, type RetryOptions, retryRequest } from '../../src/net/retry-request.js';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const url = new URL('https://server.example/path?secret=1');

/** Sends a request to a server that gives these answers in turn. */
async function run(
  answers: readonly (Partial<HttpResponse> | HttpError)[],
  options: Partial<RetryOptions> = {},
): Promise<{ readonly pauses: readonly number[]; readonly result: unknown }> {
  const left = [...answers];
  const pauses: number[] = [];
  const client = async (): Promise<HttpResponse> => {
    const next = left.shift() ?? {};
    if (next instanceof HttpError) throw next;
    return { status: 200, retryAfter: undefined, body: '', ...next };
  };
  const sleep = async (milliseconds: number): Promise<void> => void pauses.push(milliseconds);
  const retry = { attempts: 4, sleep, now: () => NOW, ...options };
  const result = await retryRequest(client, { url }, retry).catch((error: unknown) => error);
  return { pauses, result };
}

describe('a pause that the server asks for', () => {
  test.each([
    ['in seconds', { retryAfter: '3' }, 3000],
    ['as a date', { retryAfter: 'Thu, 01 Jan 2026 00:00:05 GMT' }, 5000],
    ['in milliseconds', { headers: { 'retry-after-ms': '1500' } }, 1500],
    ['in milliseconds of Azure', { headers: { 'x-ms-retry-after-ms': '20.5' } }, 20.5],
    ['in both', { retryAfter: '3', headers: { 'retry-after-ms': '2900' } }, 2900],
    ['of the most that is waited', { retryAfter: '10' }, 10_000],
  ])('%s is kept', async (_, asked, pause) => {
    const { pauses, result } = await run([{ status: 429, ...asked }]);
    expect(pauses).toEqual([pause]);
    expect(result).toMatchObject({ status: 200 });
  });

  test.each([
    ['in seconds', { retryAfter: '11' }, 11_000],
    ['as a date', { retryAfter: 'Thu, 01 Jan 2026 01:00:00 GMT' }, 3_600_000],
    ['in milliseconds', { headers: { 'retry-after-ms': '10001' } }, 10_001],
    ['in milliseconds of Azure', { headers: { 'x-ms-retry-after-ms': '86400000' } }, 86_400_000],
  ])('%s that is longer than a request waits ends it at once', async (_, asked, milliseconds) => {
    const { pauses, result } = await run([{ status: 503, ...asked }]);
    expect(pauses).toEqual([]);
    expect(result).toBeInstanceOf(RetryLaterError);
    expect(result).toMatchObject({ status: 503, retryAfterMs: milliseconds });
    expect((result as Error).message).toContain('longer than the 10 s that a request waits');
    expect((result as Error).message).not.toContain('secret');
  });

  test.each(['soon', '-1', '1e9', ''])('that is %j is ignored', async (text) => {
    const { pauses } = await run([{ status: 429, headers: { 'retry-after-ms': text } }]);
    expect(pauses).toHaveLength(1);
    expect(pauses[0]).toBeLessThanOrEqual(250);
  });

  test('of an answer that is final is not looked at', async () => {
    const { result } = await run([{ status: 403, retryAfter: '3600' }]);
    expect(result).toMatchObject({ status: 403 });
  });
});

test('a schedule takes the place of the number of attempts', async () => {
  const schedule = (): readonly number[] => [1, 2, 3, 4, 5, 6];
  const { pauses, result } = await run(new Array(9).fill({ status: 503 }), { schedule });
  expect(pauses).toEqual([1, 2, 3, 4, 5, 6]);
  expect(result).toMatchObject({ status: 503 });
});

describe('an error says whether the request was sent', () => {
  const client = createHttpClient({ timeoutSeconds: 5 });
  const failureAt = async (address: string): Promise<unknown> =>
    client({ url: new URL(address) }).catch((error: unknown) => error);

  test('not where no connection could be made', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    expect(await failureAt(`http://127.0.0.1:${port}/`)).toMatchObject({ notSent: true });
  });

  test('where the connection broke after it was made', async () => {
    const server = createServer((_, response) => response.destroy()).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await failureAt(`http://127.0.0.1:${port}/`)).toMatchObject({ notSent: false });
    await new Promise((resolve) => server.close(resolve));
  });
});
