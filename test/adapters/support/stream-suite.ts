/**
 * Cases for answers over HTTP that go on while the token of their request expires, for every
 * adapter on Node.js.
 *
 * `start` builds an app with the adapter under test, with the options `streams`, listening on
 * 127.0.0.1 port 0. Its route `GET /views/:name` requires READ_ONLINE on the FeatureView `name` and
 * answers with what `openBody` gives.
 */
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ExpiredStream, StreamOptions } from '../../../src/adapters/support/stream-options.js';
import type { Gate } from '../../../src/gate/index.js';
import { countCalls, createCaseGates } from './case-gate.js';

const NOW = 1_800_000_000_000;
const SECOND = 1000;
const VIEW = '/views/transaction_features';
const OPERATION = 'GET /views/:name';

export interface StreamApp {
  readonly gate: Gate;
  readonly streams: StreamOptions;
  readonly openBody: () => Readable;
}

interface StreamSuite {
  readonly name: string;
  readonly start: (app: StreamApp) => Promise<{ readonly url: string; close(): Promise<void> }>;
}

/** An answer whose first part has arrived. */
interface OpenedAnswer {
  readonly body: PassThrough;
  readonly isReused: boolean;
  /** What has arrived at the end, and whether that was all. */
  readonly ended: Promise<{ readonly text: string; readonly isWhole: boolean }>;
  hangUp(): void;
}

/** Registers the cases. */
export function runStreamCases({ name, start }: StreamSuite): void {
  /** Milliseconds after the start at which a token expires. Tokens that are not here do not say. */
  const expiries = new Map<string, number>();
  let gates: Awaited<ReturnType<typeof createCaseGates>>;
  let server: Awaited<ReturnType<StreamSuite['start']>>;
  let agent: Agent;
  let expired: Omit<ExpiredStream, 'time'>[] = [];
  const bodies: PassThrough[] = [];

  beforeAll(async () => {
    gates = await createCaseGates();
  });
  afterAll(() => gates.close());
  beforeEach(() => {
    agent = new Agent({ keepAlive: true, maxSockets: 1 });
    vi.useFakeTimers({ now: NOW, toFake: ['setInterval', 'clearInterval', 'Date'] });
  });
  afterEach(async () => {
    vi.useRealTimers();
    for (const body of bodies.splice(0)) body.destroy();
    agent.destroy();
    await server.close();
    expiries.clear();
    expired = [];
  });

  async function begin(streams: StreamOptions): Promise<void> {
    const expiryOf = (authorization: unknown): number | undefined => {
      const after = expiries.get(String(authorization).replace('Bearer ', ''));
      return after === undefined ? undefined : NOW + after;
    };
    server = await start({
      gate: { ...countCalls(gates.gate), expiryOf },
      streams: {
        onStreamExpired: ({ operation, outcome }) => {
          expired.push({ operation, outcome });
          throw new Error('no log');
        },
        ...streams,
      },
      openBody: () => {
        const body = new PassThrough();
        body.write('begun ');
        bodies.push(body);
        return body;
      },
    });
  }

  function open(token: string): Promise<OpenedAnswer> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}` };
      const outgoing = httpRequest(`${server.url}${VIEW}`, { headers, agent });
      outgoing.on('error', reject);
      outgoing.on('response', (response) => {
        const ended = collect(response);
        response.once('data', () =>
          resolve({
            body: bodies.at(-1) as PassThrough,
            isReused: outgoing.reusedSocket,
            ended,
            hangUp: () => outgoing.destroy(),
          }),
        );
      });
      outgoing.end();
    });
  }

  const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * SECOND);

  describe(`answers whose token expires: ${name}`, () => {
    test('are cut off when the time is over that they may go on', async () => {
      expiries.set('reader-token', 10 * SECOND);
      await begin({ streamGraceSeconds: 20 });
      const { ended, body } = await open('reader-token');
      await pass(9);
      expect(expired).toEqual([]);
      await pass(20);
      expect(expired).toEqual([{ operation: OPERATION, outcome: 'continues' }]);
      expect(body.destroyed).toBe(false);
      await pass(2);
      expect(expired.slice(1)).toEqual([{ operation: OPERATION, outcome: 'ended' }]);
      expect(await ended).toEqual({ text: 'begun ', isWhole: false });
      await pass(60);
      expect(expired).toHaveLength(2);
      expect(vi.getTimerCount()).toBe(0);
    });

    test('may end by themselves before that', async () => {
      expiries.set('reader-token', 10 * SECOND);
      await begin({ streamGraceSeconds: 20 });
      const { ended, body } = await open('reader-token');
      await pass(15);
      body.end('and ended');
      expect(await ended).toEqual({ text: 'begun and ended', isWhole: true });
      await pass(60);
      expect(expired).toEqual([{ operation: OPERATION, outcome: 'continues' }]);
      expect(vi.getTimerCount()).toBe(0);
    });

    test('do not take the next request of their connection with them', async () => {
      expiries.set('reader-token', 3 * SECOND);
      expiries.set('analyst-token', 100 * SECOND);
      await begin({ streamGraceSeconds: 0 });
      const first = await open('reader-token');
      await pass(1);
      first.body.end();
      expect((await first.ended).isWhole).toBe(true);
      const second = await open('analyst-token');
      expect(second.isReused).toBe(true);
      await pass(60);
      expect(expired).toEqual([]);
      second.body.end('and ended');
      expect(await second.ended).toEqual({ text: 'begun and ended', isWhole: true });
    });

    test('end with the token where no time is given', async () => {
      expiries.set('reader-token', 10 * SECOND);
      await begin({ streamGraceSeconds: 0 });
      const { ended } = await open('reader-token');
      await pass(11);
      expect(expired).toEqual([{ operation: OPERATION, outcome: 'ended' }]);
      expect((await ended).isWhole).toBe(false);
    });

    test('go on for as long as they take with `Infinity`', async () => {
      expiries.set('reader-token', 10 * SECOND);
      await begin({ streamGraceSeconds: Number.POSITIVE_INFINITY });
      const { ended, body } = await open('reader-token');
      await pass(100_000);
      expect(expired).toEqual([{ operation: OPERATION, outcome: 'continues' }]);
      expect(vi.getTimerCount()).toBe(0);
      body.end();
      expect((await ended).isWhole).toBe(true);
    });

    test('go on where the token does not say when it expires', async () => {
      await begin({ streamGraceSeconds: 0 });
      const { ended, body } = await open('reader-token');
      await pass(5);
      expect(vi.getTimerCount()).toBe(0);
      body.end();
      expect((await ended).isWhole).toBe(true);
      expect(expired).toEqual([]);
    });

    test('are forgotten when the client hangs up', async () => {
      expiries.set('reader-token', 10 * SECOND);
      await begin({ streamGraceSeconds: 0 });
      const { hangUp, ended } = await open('reader-token');
      await pass(5);
      hangUp();
      await ended;
      await vi.waitFor(async () => {
        await pass(1);
        expect(vi.getTimerCount()).toBe(0);
      });
      await pass(60);
      expect(expired).toEqual([]);
    });

    test.each([
      { streamGraceSeconds: -1 },
      { streamGraceSeconds: Number.NaN },
      { onStreamExpired: 1 },
    ])('are not watched by options that are wrong: %j', async (options) => {
      await expect(begin(options as never)).rejects.toThrow(TypeError);
      await begin({});
    });
  });
}

async function collect(
  response: IncomingMessage,
): Promise<{ readonly text: string; readonly isWhole: boolean }> {
  let text = '';
  try {
    for await (const chunk of response) text += String(chunk);
  } catch {
    // Cut off.
  }
  return { text, isWhole: response.complete };
}
