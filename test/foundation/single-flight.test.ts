import { describe, expect, it } from 'vitest';
import { SingleFlight } from '../../src/foundation/single-flight.js';

describe('SingleFlight', () => {
  it('lets a thousand who ask at the same time share one run', async () => {
    const flight = new SingleFlight<number>();
    let runs = 0;
    const start = async (): Promise<number> => ++runs;
    const results = await Promise.all(Array.from({ length: 1000 }, () => flight.run(start)));
    expect(new Set(results)).toEqual(new Set([1]));
  });

  it('starts again after the end of a run, also of one that failed', async () => {
    const flight = new SingleFlight<string>();
    await expect(flight.run(() => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(await flight.run(async () => 'up')).toBe('up');
    expect(flight.size).toBe(0);
  });

  it('keeps keys apart, and counts what is on its way', async () => {
    const flight = new SingleFlight<string>();
    const runs = ['a', 'b'].map((key) => flight.run(async () => key, key));
    expect(flight.size).toBe(2);
    expect(flight.running('a')).toBe(runs[0]);
    expect(flight.running('c')).toBeUndefined();
    expect(await Promise.all(runs)).toEqual(['a', 'b']);
    expect(flight.running('a')).toBeUndefined();
  });

  it('turns what a start throws into a rejection', async () => {
    const flight = new SingleFlight<string>();
    const run = flight.run(() => {
      throw new Error('at once');
    });
    await expect(run).rejects.toThrow('at once');
    expect(flight.size).toBe(0);
  });
});
