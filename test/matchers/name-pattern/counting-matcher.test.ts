import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileBackwardTest } from '../../../src/matchers/name-pattern/backward-matcher.js';
import { ProgramTooLargeError } from '../../../src/matchers/name-pattern/backward-program.js';
import { compileCountingTest } from '../../../src/matchers/name-pattern/compile-counting-test.js';
import { compileNamePattern } from '../../../src/matchers/name-pattern/compile-name-pattern.js';
import {
  buildCountingProgram,
  countBits,
  isCountable,
} from '../../../src/matchers/name-pattern/counting-program.js';
import { parsePythonPattern } from '../../../src/matchers/name-pattern/parse-python-pattern.js';
import type { PatternNode } from '../../../src/matchers/name-pattern/pattern-tree.js';
import { simplifyPattern } from '../../../src/matchers/name-pattern/simplify-pattern.js';
import { PROPERTY_TIMEOUT_MS, propertyRuns } from '../../support/property-runs.js';

function treeOf(pattern: string): PatternNode {
  return simplifyPattern(parsePythonPattern(pattern));
}

/**
 * The matcher that writes counts out; undefined where it would take too many states, which the
 * counters do not.
 */
function writtenOut(tree: PatternNode): ((name: string) => boolean) | undefined {
  try {
    return compileBackwardTest(tree);
  } catch (error) {
    if (error instanceof ProgramTooLargeError) return undefined;
    throw error;
  }
}

describe('a pattern with counted repeats', { timeout: PROPERTY_TIMEOUT_MS }, () => {
  test.each([
    ['(?:ab?){2,40}', ['abab', 'a'.repeat(40), 'ab'.repeat(40)], ['a', 'ab', 'a'.repeat(41)]],
    [
      '(?:[ab]{2,3}_){33}c',
      [`${'ab_aba_'.repeat(16)}ab_c`],
      [`${'ab_'.repeat(32)}c`, `${'ab_'.repeat(34)}c`],
    ],
    ['(?:x{31,33}y){1,33}', [`${'x'.repeat(32)}y`.repeat(33)], ['y', `${'x'.repeat(34)}y`]],
    ['(?:(?:a{2}|b){3,}c){2,5}', ['aabbbcbbbc', 'bbbcbbbc'.repeat(2)], ['bbbc', 'abbbcbbbc']],
    ['(?:ab){31,}', ['ab'.repeat(31), 'ab'.repeat(500)], ['ab'.repeat(30), `${'ab'.repeat(31)}a`]],
    ['(?:a|🚗b){2,3}', ['🚗ba', 'a🚗b🚗b'], ['🚗b', '🚗🚗']],
    ['(?:a*b*){3}c', ['c', 'bac', 'babc', 'abababc'], ['ababababc']],
  ])('%s matches what Python matches', (pattern, matching, others) => {
    const matches = compileCountingTest(treeOf(pattern));
    // Twice: nothing may be left over from the name before.
    for (let round = 0; round < 2; round++) {
      for (const name of matching) expect([name, matches(name)]).toEqual([name, true]);
      for (const name of others) expect([name, matches(name)]).toEqual([name, false]);
    }
  });

  test('answers as the matcher does that writes counts out', () => {
    const counts = fc.tuple(fc.nat(4), fc.nat(36)).map(([min, more]) => ({ min, max: min + more }));
    const leaf: fc.Arbitrary<string> = fc.constantFrom(
      'a',
      'b',
      '[ab]',
      '(?:ab|a)',
      '(?:a|)',
      'c?',
    );
    const body = fc.array(fc.tuple(leaf, fc.option(counts)), { minLength: 1, maxLength: 3 });
    const repeats = fc.array(fc.tuple(body, fc.option(counts)), { minLength: 1, maxLength: 3 });
    const written = (text: string, count: { min: number; max: number } | null): string =>
      count === null ? text : `(?:${text}){${count.min},${count.max % 7 === 0 ? '' : count.max}}`;
    const names = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 60 }), {
      minLength: 4,
      maxLength: 8,
    });
    const start = fc.constantFrom('', '.*', '.*ab', '[ab]*c', '[ab]*aab');
    const end = fc.constantFrom('', '.*', 'c[ab]*', 'b');
    fc.assert(
      fc.property(start, repeats, end, names, (first, parts, last, tried) => {
        const middle = parts
          .map(([inner, count]) =>
            written(inner.map(([text, many]) => written(text, many)).join(''), count),
          )
          .join('');
        const tree = treeOf(`${first}${middle}${last}`);
        fc.pre(isCountable(tree) && countBits(tree) < 5000);
        const counting = compileCountingTest(tree);
        const backward = writtenOut(tree);
        fc.pre(backward !== undefined);
        for (const name of tried) expect([name, counting(name)]).toEqual([name, backward?.(name)]);
      }),
      propertyRuns(300, 20_000),
    );
  });

  test('takes memory for the counts, and its body once', () => {
    const program = buildCountingProgram(treeOf('(?:[a-z]{1,30}_){1,40}[a-z0-9]*'));
    // 30 x 64 bits for the letters, 40 for what stands around them, each with room to work in.
    expect(program?.words).toBeLessThan(200);
  });

  test('says how many states it takes', () => {
    expect(compileNamePattern('(?:[a-z]{1,30}_){1,40}[a-z0-9]*').states).toBeLessThan(3000);
    expect(compileNamePattern('[a-z]{1,30}_[a-z0-9]{1,9}').states).toBeLessThan(60);
    expect(compileNamePattern('user_.*').states).toBe(0);
    expect(compileNamePattern('user_[0-9]+|item_[0-9]+').states).toBe(2);
  });
});
