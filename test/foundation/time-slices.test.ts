import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runAtOnce, runInSlices } from '../../src/foundation/time-slices.js';
import { RequestInvalidError } from '../../src/model/index.js';

/** Milliseconds of a clock that only steps move. */
let now = 0;

function* steps(count: number, ms: number, done: string[] = [], name = ''): Generator<undefined> {
  for (let step = 0; step < count; step++) {
    now += ms;
    done.push(`${name}${step}`);
    yield;
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

beforeEach(async () => {
  await turn();
  now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => vi.restoreAllMocks());

describe('runInSlices', () => {
  it('ends at once what fits into a slice', () => {
    const done: string[] = [];
    expect(runInSlices(steps(9, 1, done), 1000)).toBeUndefined();
    expect(done).toHaveLength(9);
  });

  it('gives way to the event loop after each slice', async () => {
    const done: string[] = [];
    const seen: number[] = [];
    const later = runInSlices(steps(35, 1, done), 1000);
    expect(done).toHaveLength(10);
    let isRunning = true;
    const watch = (async () => {
      for (; isRunning; await turn()) seen.push(done.length);
    })();
    await later;
    isRunning = false;
    await watch;
    expect(seen).toEqual(expect.arrayContaining([10, 20, 30]));
    expect(done).toHaveLength(35);
  });

  it('shares a slice between the requests of one turn of the event loop', async () => {
    const done: string[] = [];
    const all = ['a', 'b', 'c'].map((name) => runInSlices(steps(8, 2, done, name), 1000));
    expect(done).toEqual(['a0', 'a1', 'a2', 'a3', 'a4']);
    const seen = [5];
    for (; done.length < 24; await turn()) seen.push(done.length);
    for (const one of all) await one;
    const perTurn = seen.map((count, at) => count - (seen[at - 1] ?? 0));
    expect(Math.max(...perTurn)).toBe(5);
  });

  it('refuses what takes longer than it may, waits not counted', async () => {
    await expect(runInSlices(steps(100, 1), 30)).rejects.toThrow(RequestInvalidError);
    const later = runInSlices(steps(30, 1), 30);
    now += 5000;
    await expect(later).resolves.toBeUndefined();
  });

  it('throws or rejects with what a step throws', async () => {
    function* failing(count: number): Generator<undefined> {
      yield* steps(count, 1);
      throw new TypeError('a step failed');
    }
    expect(() => runInSlices(failing(3), 1000)).toThrow('a step failed');
    await turn();
    await expect(runInSlices(failing(30), 1000)).rejects.toThrow('a step failed');
  });
});

describe('runAtOnce', () => {
  it('runs all steps without a break', () => {
    const done: string[] = [];
    runAtOnce(steps(500, 1, done), 1000);
    expect(done).toHaveLength(500);
  });

  it('refuses what takes longer than it may', () => {
    expect(() => runAtOnce(steps(500, 1), 100)).toThrow(
      'the request takes too long to decide on: ask for fewer names at a time',
    );
  });
});
