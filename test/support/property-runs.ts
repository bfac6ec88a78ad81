import type { Parameters } from 'fast-check';

/**
 * How often a property is tried: a few thousand times in all by `npm test`, and `large` times with
 * FC_RUNS=large. FC_SEED repeats a run: fast-check prints the seed of every failure.
 *
 * @param fixed the seed without FC_SEED. Default: a random one.
 */
export function propertyRuns<T>(small: number, large: number, fixed?: number): Parameters<T> {
  const { FC_RUNS, FC_SEED } = process.env;
  const numRuns = FC_RUNS === 'large' ? large : small;
  const seed = FC_SEED === undefined ? fixed : Number(FC_SEED);
  return seed === undefined ? { numRuns } : { numRuns, seed };
}

/** The time that a large run may take. */
export const PROPERTY_TIMEOUT_MS = 1_200_000;
