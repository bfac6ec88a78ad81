import fc from 'fast-check';
import { describe, it } from 'vitest';
import { PROPERTY_TIMEOUT_MS, propertyRuns } from '../support/property-runs.js';
import { namesDiffProperty, registeredDiffProperty } from './support/diff-properties.js';

// `test/soak` runs them at length.
describe('diffAccess against the reference evaluator', { timeout: PROPERTY_TIMEOUT_MS }, () => {
  it('tells every right on registered resources that was gained or lost, and no other', () => {
    fc.assert(registeredDiffProperty, propertyRuns(300, 20_000));
  });

  it('finds a name wherever brute force finds one, and each one that it finds is real', () => {
    fc.assert(namesDiffProperty, propertyRuns(60, 5_000));
  });
});
