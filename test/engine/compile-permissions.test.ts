import { describe, expect, it, vi } from 'vitest';
import { createAuthorizer } from '../../src/engine/index.js';

vi.mock('../../src/matchers/index.js', async (original) => ({
  ...(await original<object>()),
  compileNamePattern: (): never => {
    throw new RangeError('not about the pattern');
  },
}));

describe('an error of the matcher that is not about the pattern', () => {
  it.each(['throw', 'exclude'] as const)('is let through with %s', (onUnsupportedPattern) => {
    const permissions = [{ name: 'p', namePatterns: 'a' }];
    expect(() => createAuthorizer({ permissions, onUnsupportedPattern })).toThrow(RangeError);
  });
});
