import fc from 'fast-check';
import { describe, it } from 'vitest';
import { PROPERTY_TIMEOUT_MS, propertyRuns } from '../support/property-runs.js';
import { canWhatProperty, principalProperty, whoCanProperty } from './support/access-properties.js';

// `test/soak` runs them at length.
describe('against the reference evaluator', { timeout: PROPERTY_TIMEOUT_MS }, () => {
  it('who-can names exactly the allowed subjects', () => {
    fc.assert(whoCanProperty, propertyRuns(300, 20_000));
  });

  it('can-what, the review and the matrix give every right on registered resources, and no other', () => {
    fc.assert(canWhatProperty, propertyRuns(300, 20_000));
  });

  it('can-what of a principal, and the searches, agree with a user who has that principal alone', () => {
    fc.assert(principalProperty, propertyRuns(300, 20_000));
  });
});
