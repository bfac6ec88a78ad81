import { describe, expect, it } from 'vitest';
import { wouldPass } from '../../../src/adapters/flight/flight-rules.js';
import { createAuthorizer, definePermission, roles } from '../../../src/index.js';
import { countSlices, SLOW_PATTERNS, slowNames } from '../../support/count-slices.js';

const authorizer = createAuthorizer({
  permissions: SLOW_PATTERNS.map((namePatterns, index) =>
    definePermission({
      name: `permission-${index}`,
      types: ['FeatureView'],
      namePatterns: [namePatterns],
      actions: ['READ_OFFLINE'],
      policy: roles('analyst'),
    }),
  ),
});
const caller = authorizer.for({ username: 'ann', roles: ['analyst'] });
const needsOn = (names: readonly string[]) => ({
  actions: 'READ_OFFLINE' as const,
  resources: names.map((name) => ({ type: 'FeatureView' as const, name })),
});

describe('wouldPass', () => {
  it('decides on many unknown names in slices', async () => {
    const names = slowNames(20);
    const { result, slices } = await countSlices(() => wouldPass(caller, needsOn(names)));
    expect(result).toBe(true);
    expect(slices).toBeGreaterThan(names.length);
  });

  it('refuses if one of several requirements is refused', async () => {
    const needs = [needsOn(slowNames(2)), needsOn(['other'])];
    expect(await wouldPass(caller, needs)).toBe(false);
    expect(await wouldPass(caller, [])).toBe(false);
  });
});
