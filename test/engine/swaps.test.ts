import { expect, it } from 'vitest';
import { runSwaps } from './support/swap-run.js';

// `test/soak` runs it at length.
it('decides by the version in force, through dozens of swaps', async () => {
  const decisions = await runSwaps({ swaps: 60, decisionsPerSwap: 100, seed: 18 });
  expect(decisions).toBeGreaterThan(6000);
});
