import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  createTokenCache,
  type ExpiringToken,
  type TokenCache,
  type TokenCacheOptions,
} from '../../../../src/platforms/databricks/tokens/index.js';

const START = 1_800_000_000_000;
const HOUR = 3_600_000;
const MINUTE = 60_000;

let now: number;
let asked: number;
/** How the next requests go: a life in milliseconds, or an error. The last one stays. */
let outcomes: (number | Error)[];
let reported: unknown[];

beforeEach(() => {
  now = START;
  asked = 0;
  outcomes = [HOUR];
  reported = [];
});

function create(options: TokenCacheOptions = {}): TokenCache {
  return createTokenCache(
    async () => {
      asked += 1;
      const outcome = outcomes.length > 1 ? outcomes.shift() : outcomes[0];
      // Where a request takes a while.
      await Promise.resolve();
      if (typeof outcome !== 'number') throw outcome;
      return { token: `token ${asked}`, expiresAt: now + outcome };
    },
    { now: () => now, onRenewalError: (error) => reported.push(error), ...options },
  );
}

async function textOf(cache: TokenCache): Promise<string> {
  return (await cache.getToken()).token;
}

/** Lets what runs in the background end. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the life of a token', () => {
  test.each([
    ['an hour: 20 minutes', HOUR, 40 * MINUTE],
    ['10 minutes: half of it', 10 * MINUTE, 5 * MINUTE],
    ['40 minutes: both are the same', 40 * MINUTE, 20 * MINUTE],
    ['a second', 1000, 500],
  ])(
    'of %s, is stale from its middle or 20 minutes before its end on',
    async (_, life, staleAfter) => {
      outcomes = [life];
      const cache = create();
      expect(cache.state()).toBe('expired');
      await cache.getToken();
      now = START + staleAfter - 1;
      expect(cache.state()).toBe('fresh');
      now = START + staleAfter;
      expect(cache.state()).toBe('stale');
      now = START + life - 1;
      expect(cache.state()).toBe('stale');
      now = START + life;
      expect(cache.state()).toBe('expired');
    },
  );

  test('that never ends is fresh for ever', async () => {
    outcomes = [Number.POSITIVE_INFINITY];
    const cache = create();
    await cache.getToken();
    now += 1000 * HOUR;
    expect(cache.state()).toBe('fresh');
    expect(await textOf(cache)).toBe('token 1');
    expect(asked).toBe(1);
  });

  test.each([
    ['has ended on arrival', 0],
    ['ended before', -1],
    ['ends at no time that is known', Number.NaN],
  ])('that %s is refused', async (_, life) => {
    outcomes = [life];
    await expect(create().getToken()).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_UNAVAILABLE' });
  });
});

describe('a stale token', () => {
  test('is given while the next one is asked for, once', async () => {
    const cache = create();
    await cache.getToken();
    now += 45 * MINUTE;
    const given = await Promise.all(Array.from({ length: 1000 }, () => textOf(cache)));
    expect(new Set(given)).toEqual(new Set(['token 1']));
    await settle();
    expect(asked).toBe(2);
    expect(await textOf(cache)).toBe('token 2');
    expect(cache.state()).toBe('fresh');
  });

  test('outlives a failure of its renewal, which is tried again after a minute', async () => {
    const cache = create();
    await cache.getToken();
    outcomes = [new Error('down')];
    now += 45 * MINUTE;
    for (const [wait, requests] of [
      [0, 2],
      [MINUTE - 1, 2],
      [1, 3],
      [MINUTE, 4],
    ] as const) {
      now += wait;
      expect(await textOf(cache)).toBe('token 1');
      await settle();
      expect(asked).toBe(requests);
    }
    expect(reported).toHaveLength(3);
    outcomes = [HOUR];
    now += MINUTE;
    await cache.getToken();
    await settle();
    expect(await textOf(cache)).toBe('token 5');
  });

  test('reports a failure once, however many ask meanwhile', async () => {
    const cache = create();
    await cache.getToken();
    outcomes = [new Error('down')];
    now += 45 * MINUTE;
    await Promise.all(Array.from({ length: 10 }, () => cache.getToken()));
    await settle();
    expect(reported).toEqual([new Error('down')]);
  });

  test('is renewed at once where a token came after the failure', async () => {
    const cache = create();
    const first = await cache.getToken();
    outcomes = [new Error('down'), 20_000, HOUR];
    now += 45 * MINUTE;
    await cache.getToken();
    await settle();
    cache.discard(first);
    now += 2000;
    expect(await textOf(cache)).toBe('token 3');
    now += 10_000;
    expect(cache.state()).toBe('stale');
    await cache.getToken();
    await settle();
    expect(await textOf(cache)).toBe('token 4');
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('no log');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no log'))],
  ])('does not end the process where the report of a failure %s', async (_, onRenewalError) => {
    const unhandled: unknown[] = [];
    const listen = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', listen);
    const cache = create({ onRenewalError });
    await cache.getToken();
    outcomes = [new Error('down')];
    now += 45 * MINUTE;
    expect(await textOf(cache)).toBe('token 1');
    await settle();
    await settle();
    process.off('unhandledRejection', listen);
    expect(asked).toBe(2);
    expect(unhandled).toEqual([]);
  });

  test('is not handed out after its expiry, even if its renewal fails', async () => {
    const cache = create();
    await cache.getToken();
    outcomes = [new Error('down')];
    now += HOUR;
    await expect(cache.getToken()).rejects.toThrow('down');
  });
});

describe('without a token', () => {
  test('a thousand who ask cause one request', async () => {
    const cache = create();
    const given = await Promise.all(Array.from({ length: 1000 }, () => textOf(cache)));
    expect(asked).toBe(1);
    expect(new Set(given)).toEqual(new Set(['token 1']));
  });

  test('a thousand who ask share one failure, which answers for a second', async () => {
    outcomes = [new Error('down'), HOUR];
    const cache = create();
    const results = await Promise.allSettled(Array.from({ length: 1000 }, () => cache.getToken()));
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    now += 999;
    await expect(cache.getToken()).rejects.toThrow('down');
    expect(asked).toBe(1);
    now += 1;
    expect(await textOf(cache)).toBe('token 2');
  });
});

describe('the clock', () => {
  test('that is set back makes a token stale, not longer', async () => {
    const cache = create();
    await cache.getToken();
    now -= 24 * HOUR;
    expect(cache.state()).toBe('stale');
    expect(await textOf(cache)).toBe('token 1');
    await settle();
    expect(await textOf(cache)).toBe('token 2');
  });

  test('that is set back does not prolong a pause', async () => {
    outcomes = [new Error('down'), HOUR];
    const cache = create({ failurePauseSeconds: 60 });
    await expect(cache.getToken()).rejects.toThrow('down');
    now -= HOUR;
    expect(await textOf(cache)).toBe('token 2');
  });
});

describe('a token that is refused', () => {
  test('is not given again, and another one is left alone', async () => {
    const cache = create();
    const first = await cache.getToken();
    cache.discard(first);
    expect(cache.state()).toBe('expired');
    expect(await textOf(cache)).toBe('token 2');
    cache.discard(first);
    expect(await textOf(cache)).toBe('token 2');
    expect(asked).toBe(2);
  });
});

describe('a request', () => {
  test('that hangs has an end, and gets a signal to stop', async () => {
    let signal: AbortSignal | undefined;
    const cache = createTokenCache<ExpiringToken>(
      (given) => {
        signal = given;
        return new Promise(() => {});
      },
      { timeoutSeconds: 0.02 },
    );
    await expect(cache.getToken()).rejects.toMatchObject({
      code: 'ERR_CREDENTIAL_UNAVAILABLE',
      message: 'no token was available within 0.02 s',
    });
    expect(signal?.aborted).toBe(true);
  });

  test('goes on for the others when one of them leaves', async () => {
    const cache = create();
    const leaving = new AbortController();
    const [left, stayed] = [cache.getToken({ signal: leaving.signal }), cache.getToken()];
    leaving.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    await expect(stayed).resolves.toMatchObject({ token: 'token 1' });
    await expect(cache.getToken({ signal: leaving.signal })).rejects.toThrow('left');
  });

  test('may fail before it is a promise', async () => {
    const cache = createTokenCache<ExpiringToken>(() => {
      throw new Error('at once');
    });
    await expect(cache.getToken()).rejects.toThrow('at once');
  });
});

test.each(['staleSeconds', 'retryPauseSeconds', 'failurePauseSeconds', 'timeoutSeconds'])(
  '%s must be a number of seconds',
  (name) => {
    for (const value of [-1, Number.NaN, Number.POSITIVE_INFINITY, '1']) {
      expect(() => create({ [name]: value })).toThrow(TypeError);
    }
  },
);

test('whatever happens, what is given holds, and there is one request at a time', async () => {
  const step = fc.record({
    waitMs: fc.integer({ min: 0, max: 2 * HOUR }),
    outcome: fc.oneof(fc.integer({ min: 1, max: 2 * HOUR }), fc.constant(new Error('down'))),
    callers: fc.integer({ min: 1, max: 5 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      now = START;
      let running = 0;
      let outcome: number | Error = 1;
      const cache = createTokenCache(
        async () => {
          running += 1;
          expect(running).toBe(1);
          await Promise.resolve();
          running -= 1;
          if (typeof outcome !== 'number') throw outcome;
          return { token: 'token', expiresAt: now + outcome };
        },
        { now: () => now },
      );
      for (const { waitMs, callers, outcome: next } of steps) {
        now += waitMs;
        outcome = next;
        const asking = Array.from({ length: callers }, () => cache.getToken());
        for (const result of await Promise.allSettled(asking)) {
          if (result.status === 'fulfilled') expect(result.value.expiresAt).toBeGreaterThan(now);
          else expect(result.reason).toMatchObject({ message: 'down' });
        }
        await settle();
      }
    }),
    { numRuns: 100 },
  );
});
