import { describe, expect, it } from 'vitest';
import { wouldPass } from '../../../src/adapters/flight/flight-rules.js';
import { createAuthorizer, definePermission, roles } from '../../../src/index.js';
import { RequestInvalidError } from '../../../src/model/index.js';
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
const ample = () => ({ leftMs: Number.POSITIVE_INFINITY });

describe('wouldPass', () => {
  it('decides on many unknown names in slices', async () => {
    const names = slowNames(20);
    const { result, slices } = await countSlices(() => wouldPass(caller, needsOn(names), ample()));
    expect(result).toBe(true);
    expect(slices).toBeGreaterThan(names.length);
  });

  it('refuses if one of several requirements is refused', async () => {
    const needs = [needsOn(slowNames(2)), needsOn(['other'])];
    expect(await wouldPass(caller, needs, ample())).toBe(false);
    expect(await wouldPass(caller, [], ample())).toBe(false);
  });

  it('fails when several flights have spent their time together', async () => {
    const time = { leftMs: 20 };
    const list = () => countSlices(() => wouldPass(caller, needsOn(slowNames(40).slice(20)), time));
    await expect(Promise.resolve().then(list)).rejects.toThrow(RequestInvalidError);
    expect(time.leftMs).toBeLessThan(0);
    const another = async () => wouldPass(caller, needsOn(['never_seen_1']), time);
    await expect(another()).rejects.toThrow('takes too long');
  });
});
