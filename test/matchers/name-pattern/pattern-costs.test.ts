import { describe, expect, it } from 'vitest';
import { compileNamePattern } from '../../../src/matchers/name-pattern/compile-name-pattern.js';
import { PatternUnsupportedError } from '../../../src/model/index.js';

const many = (part: (index: number) => string): string =>
  Array.from({ length: 1200 }, (_, index) => part(index)).join('|');

describe('a pattern that an engine would walk for long', () => {
  it('runs on counters where they can say it', () => {
    const { test, states } = compileNamePattern(many((index) => `[a-z]*(?:ab|cd)+${index}`));
    expect(states).toBeLessThan(20_000);
    for (const [name, matches] of [
      ['xab7', true],
      ['xabcd1199', true],
      ['xabcd1200', false],
      ['x7', false],
    ] as const) {
      expect(test(name), name).toBe(matches);
    }
  });

  it('is refused where they cannot', () => {
    expect(() => compileNamePattern(many((index) => `[a-z]+\\b_[a-z]+${index}`))).toThrow(
      PatternUnsupportedError,
    );
  });

  it('is accepted when it is shorter', () => {
    expect(compileNamePattern('[a-z]+\\b-[a-z]+').test('a-b')).toBe(true);
  });
});
