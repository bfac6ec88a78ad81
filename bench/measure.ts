import { Bench } from 'tinybench';
import type { Engine } from './engines.js';
import type { GeneratedRequest } from './generate-store.js';

/** Nanoseconds of one decision. */
export interface Measured {
  readonly name: string;
  readonly nsPerDecision: number;
}

/** Rounds of all engines in turn: what else the machine does meets all of them alike. */
const ROUNDS = 5;
const ROUND_MS = 120;
/**
 * Decisions in one sample, where an engine is fast enough. One alone would be lost in the clock's
 * resolution.
 */
const BLOCK = 1024;

/**
 * Measures engines side by side on the same requests: the median sample of each round, and of those
 * the median.
 *
 * @param engines by name
 */
export async function measureDecisions(
  engines: ReadonlyMap<string, Engine>,
  requests: readonly GeneratedRequest[],
): Promise<Measured[]> {
  const rounds = new Map<string, number[]>([...engines.keys()].map((name) => [name, []]));
  const prepared = new Map([...engines].map(([name, engine]) => [name, prepare(engine, requests)]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, { run, decisions }] of prepared) {
      const bench = new Bench({ time: ROUND_MS, warmup: round === 0, iterations: 1 });
      bench.add(name, run);
      await bench.run();
      const result = bench.tasks[0]?.result;
      if (result === undefined || !('latency' in result)) throw new Error(`no result for ${name}`);
      rounds.get(name)?.push((result.latency.p50 * 1e6) / decisions);
    }
  }
  return [...rounds].map(([name, samples]) => ({ name, nsPerDecision: median(samples) }));
}

/**
 * A function that makes a block of decisions, each time the next one, and the length of a block.
 */
function prepare(
  engine: Engine,
  requests: readonly GeneratedRequest[],
): { readonly run: () => void; readonly decisions: number } {
  const all = requests.map((request) => engine.prepare(request));
  const start = performance.now();
  let tried = 0;
  for (; tried < 64 && performance.now() - start < 20; tried++)
    engine.decide(all[tried % all.length]);
  const msPerDecision = (performance.now() - start) / tried;
  const decisions = Math.max(1, Math.min(BLOCK, Math.floor(10 / msPerDecision)));
  let next = 0;
  let granted = 0;
  return {
    decisions,
    run: () => {
      for (let count = 0; count < decisions; count++) {
        if (engine.decide(all[next])) granted++;
        next = next + 1 === all.length ? 0 : next + 1;
      }
      // What is never used may be optimised away.
      if (granted < 0) throw new Error('unreachable');
    },
  };
}

export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
