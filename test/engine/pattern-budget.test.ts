import { describe, expect, it } from 'vitest';
import { ADVERSARIES, CLASSES_ALONE } from '../../bench/adversaries.js';
import { PatternUnsupportedError } from '../../src/errors.js';
import { createAuthorizer, type PermissionInput } from '../../src/index.js';
import { compileNamePattern } from '../../src/matchers/index.js';

/** Patterns of more than 10,000 states each, all different. */
function costlyPermissions(count: number): PermissionInput[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `p${index}`,
    namePatterns: [`(?:[a-z]{1,90}_){1,96}x${index}`],
    actions: ['READ_ONLINE'],
    policy: { type: 'RoleBasedPolicy', roles: ['reader'] },
  }));
}

const reader = { username: 'u', roles: ['reader'] };

describe('the states that all patterns of a snapshot take together', () => {
  it('refuses the pattern that takes too many', () => {
    expect(() => createAuthorizer({ permissions: costlyPermissions(100) })).not.toThrow();
    expect(() => createAuthorizer({ permissions: costlyPermissions(300) })).toThrow(
      PatternUnsupportedError,
    );
    expect(() => createAuthorizer({ permissions: costlyPermissions(300) })).toThrow(
      /all patterns together take more than 2000000/,
    );
  });

  it('leaves out the permissions beyond, which then grant nothing and deny', () => {
    const permissions = costlyPermissions(300);
    const authorizer = createAuthorizer({ permissions, onUnsupportedPattern: 'exclude' });
    const ask = (name: string): boolean =>
      authorizer.can(reader, 'READ_ONLINE', { type: 'FeatureView', name });
    expect(ask('ab_x0')).toBe(true);
    expect(ask('ab_x299')).toBe(false);
    expect(authorizer.snapshot.warnings.some((text) => text.includes('`p299` is excluded'))).toBe(
      true,
    );
  });

  it.each([...ADVERSARIES, CLASSES_ALONE])('admits 10,000 permissions: $name', ({ make }) => {
    // One in fifty, at the places that they have among all.
    const patterns = make(10_000, 2000).permissions.filter((_, index) => index % 50 === 0);
    const states = patterns
      .flatMap(({ namePatterns }) => namePatterns ?? [])
      .map((pattern) => compileNamePattern(pattern).states);
    expect(Math.max(...states)).toBeLessThan(2000);
    expect(50 * states.reduce((total, one) => total + one, 0)).toBeLessThan(1_000_000);
  });
});
