import fc from 'fast-check';
import { describe, it } from 'vitest';
import {
  canWhatProperty,
  principalProperty,
  whoCanProperty,
} from '../analysis/support/access-properties.js';
import { namesDiffProperty, registeredDiffProperty } from '../analysis/support/diff-properties.js';
import { mutantsProperty } from '../testing/policy-tests/mutants-property.js';

/** A part takes a minute, and runs alone with `-t 'diff.*part 3'` and its base seed in FC_SEED. */
const PARTS = 10;
const BASE = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31);

// Part N of seed S has the seed S + N: the parts of one base seed continue one another.
describe.each([
  ['who-can', whoCanProperty, 100_000],
  ['can-what, review and matrix', canWhatProperty, 100_000],
  ['principals and searches', principalProperty, 100_000],
  ['registered part of diff', registeredDiffProperty, 100_000],
  ['unregistered names of diff', namesDiffProperty, 10_000],
  ['mutants of policy tests', mutantsProperty, 100_000],
] as const)('%s against the reference evaluator', (_, property, runs) => {
  it.each(Array.from({ length: PARTS }, (__, part) => part))(
    `part %i of base seed ${BASE}`,
    (part) => {
      fc.assert(property as fc.IProperty<unknown>, { numRuns: runs / PARTS, seed: BASE + part });
    },
  );
});
