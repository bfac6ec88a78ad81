import type { Parameters } from 'fast-check';

/**
 * How often a property is tried: a few thousand times in all by `npm test`, and `large` times with FC_RUNS=large.
 * FC_SEED repeats a run: fast-check prints the seed of every failure.
 */
export function propertyRuns<T>(small: number, large: number): Parameters<T> {
  const { FC_RUNS, FC_SEED } = process.env;
  const numRuns = FC_RUNS === 'large' ? large : small;
  return FC_SEED === undefined ? { numRuns } : { numRuns, seed: Number(FC_SEED) };
}

/** The time that a large run may take. */
export const PROPERTY_TIMEOUT_MS = 1_200_000;
