import fc from 'fast-check';
import { describe, it } from 'vitest';
import {
  canWhatProperty,
  principalProperty,
  whoCanProperty,
} from '../analysis/support/access-properties.js';
import { namesDiffProperty, registeredDiffProperty } from '../analysis/support/diff-properties.js';
import { mutantsProperty } from '../testing/policy-tests/mutants-property.js';

/** Each takes minutes at most, so that a part can be run alone with `-t`. */
const PARTS = 10;
const BASE = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31);

// Part N of seed S has the seed S + N: the parts of one base seed continue one another.
describe.each([
  { name: 'who-can', property: whoCanProperty, runs: 100_000 },
  { name: 'can-what, the review and the matrix', property: canWhatProperty, runs: 100_000 },
  { name: 'principals and searches', property: principalProperty, runs: 100_000 },
  { name: 'the registered part of diff', property: registeredDiffProperty, runs: 100_000 },
  { name: 'unregistered names of diff', property: namesDiffProperty, runs: 10_000 },
  { name: 'mutants of policy tests', property: mutantsProperty, runs: 100_000 },
])(`$name against the reference evaluator, base seed ${BASE}`, ({ property, runs }) => {
  it.each(Array.from({ length: PARTS }, (_, part) => part))('part %i', (part) => {
    fc.assert(property as fc.IProperty<unknown>, { numRuns: runs / PARTS, seed: BASE + part });
  });
});
