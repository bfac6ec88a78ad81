import { describe, expect, it, vi } from 'vitest';
import { TimedCache, type TimedCacheOptions } from '../../src/foundation/timed-cache.js';

class Outage extends Error {}

function create(options: Partial<TimedCacheOptions<string>> = {}) {
  const clock = { now: 1000 };
  const cache = new TimedCache<string>({
    timeToLive: 100,
    maxEntries: 2,
    maxLoads: 2,
    tooManyLoads: () => new Error('too many'),
    isOutage: (error) => error instanceof Outage,
    now: () => clock.now,
    ...options,
  });
  return { cache, clock };
}

const gives = (value: string) => vi.fn<(isKnown: boolean) => Promise<string>>(async () => value);

describe('TimedCache', () => {
  it('gives a value for its time, and not longer', async () => {
    const { cache, clock } = create();
    const load = gives('a');
    await cache.get('key', load);
    clock.now += 74;
    await cache.get('key', load);
    expect(load).toHaveBeenCalledTimes(1);
    clock.now += 26;
    await cache.get('key', load);
    expect(load.mock.calls).toEqual([[false], [true]]);
  });

  it('ends a value with its own end, and when the clock was set back', async () => {
    const { cache, clock } = create({ endOf: () => 1010 });
    const load = gives('a');
    await cache.get('key', load);
    clock.now = 1010;
    await cache.get('key', load);
    expect(load).toHaveBeenCalledTimes(2);
    clock.now = 900;
    await cache.get('key', load);
    expect(load).toHaveBeenCalledTimes(3);
  });

  it('renews in the background a value that is used towards its end', async () => {
    const { cache, clock } = create();
    await cache.get('key', gives('old'));
    clock.now += 80;
    expect(await cache.get('key', gives('new'))).toBe('old');
    await vi.waitFor(async () => expect(await cache.get('key', gives('x'))).toBe('new'));
  });

  it('drops a value whose renewal says no, and keeps one whose renewal cannot be had', async () => {
    const { cache, clock } = create();
    await cache.get('key', gives('held'));
    clock.now += 80;
    const out = vi.fn<() => Promise<string>>(() => Promise.reject(new Outage()));
    expect(await cache.get('key', out)).toBe('held');
    await vi.waitFor(() => expect(out).toHaveBeenCalled());
    expect(await cache.get('key', gives('x'))).toBe('held');
    const refused = create();
    await refused.cache.get('key', gives('held'));
    refused.clock.now += 80;
    const no = vi.fn<() => Promise<string>>(() => Promise.reject(new Error('no')));
    await refused.cache.get('key', no);
    await vi.waitFor(async () => expect(await refused.cache.get('key', gives('x'))).toBe('x'));
  });

  it('bounds its entries and its loads', async () => {
    const { cache } = create();
    const hanging = [0, 1].map((key) => cache.get(`${key}`, () => new Promise<string>(() => {})));
    await expect(cache.get('third', gives('x'))).rejects.toThrow('too many');
    expect(hanging).toHaveLength(2);
    const small = create();
    for (const key of ['a', 'b', 'c']) await small.cache.get(key, gives(key));
    const load = gives('again');
    expect(await small.cache.get('c', load)).toBe('c');
    expect(await small.cache.get('a', load)).toBe('again');
    expect(load).toHaveBeenCalledWith(false);
  });
});
