import { expect, it } from 'vitest';
import { runSwaps } from '../engine/support/swap-run.js';

const SEED = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31);

it(`decides by the version in force, through 1,000 swaps, with seed ${SEED}`, async () => {
  const decisions = await runSwaps({ swaps: 1000, decisionsPerSwap: 10_000, seed: SEED });
  expect(decisions).toBeGreaterThanOrEqual(10_000_000);
});
