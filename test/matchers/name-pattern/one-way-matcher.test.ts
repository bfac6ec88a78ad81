import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileBackwardTest } from '../../../src/matchers/name-pattern/backward-matcher.js';
import { compileOneWayTest } from '../../../src/matchers/name-pattern/one-way-matcher.js';
import { parsePythonPattern } from '../../../src/matchers/name-pattern/parse-python-pattern.js';
import { choiceOf } from '../../../src/matchers/name-pattern/pattern-builders.js';
import type { PatternNode } from '../../../src/matchers/name-pattern/pattern-tree.js';
import { PROPERTY_TIMEOUT_MS, propertyRuns } from '../../support/property-runs.js';

const oneWay = (pattern: string): ((name: string) => boolean) | undefined =>
  compileOneWayTest(parsePythonPattern(pattern));

describe('compileOneWayTest', () => {
  it.each([
    [
      'credit_v\\d+',
      ['credit_v1', 'credit_v12', 'credit_v٣'],
      ['credit_v', 'credit_v1x', 'xcredit_v1'],
    ],
    ['[a-z]+_raw', ['a_raw', 'abc_raw'], ['_raw', 'a_raw_', 'A_raw']],
    ['x?y{2,3}z*', ['yy', 'xyyyzz'], ['xy', 'yyyy', 'xxyy']],
    ['[🚗-🚙]{2}é+', ['🚗🚘é', '🚙🚙éé'], ['🚗é', '🚗\ud83dé', '🚗🚘']],
    ['a{4294967294}', [], ['aaa']],
    ['[^_]*', ['', 'a\nb'], ['a_']],
    ['[a-z]+_raw|user_\\d|x', ['a_raw', 'user_1', 'x'], ['user_raw1', 'user_', 'xx', '']],
    ['\ud83d+|a\ud83db', ['\ud83d', 'a\ud83db'], ['a\ud83d\ude97b', '\ud83d\ude97']],
  ])('runs %s', (pattern, matching, others) => {
    const test = oneWay(pattern);
    expect(matching.filter((name) => test?.(name) !== true)).toEqual([]);
    expect(others.filter((name) => test?.(name) !== false)).toEqual([]);
  });

  it.each([
    '[a-z_]+_raw',
    'a*b?a',
    '\\w+\\d',
    '(?:a|bc)+',
    'a(bc)*',
    '\\bx+',
    'x'.repeat(257),
    'a+|b*b',
    `a+${'|b+'.repeat(64)}`,
  ])('leaves %s to the engines', (pattern) => {
    expect(oneWay(pattern)).toBeUndefined();
  });

  it('reads a megabyte', () => {
    const name = `${'a'.repeat(1_000_000)}_1`;
    expect(oneWay('a+_\\d')?.(name)).toBe(true);
    expect(oneWay('a+_[a-z]')?.(name)).toBe(false);
  });

  it('answers as the backward matcher', { timeout: PROPERTY_TIMEOUT_MS }, () => {
    const set = fc.constantFrom(
      [0x61, 0x61],
      [0x62, 0x63],
      [0x61, 0x63],
      [0xe9, 0xe9],
      [0x1f697, 0x1f699],
      [0xd83d, 0xd83d],
    );
    const run: fc.Arbitrary<PatternNode> = fc
      .record({
        set,
        min: fc.nat(2),
        more: fc.constantFrom(0, 1, 2, Number.POSITIVE_INFINITY),
        greedy: fc.boolean(),
      })
      .map(({ set, min, more, greedy }) => ({
        type: 'repeat',
        body: { type: 'set', set },
        min,
        max: min + more,
        greedy,
      }));
    const name = fc
      .array(fc.constantFrom('a', 'b', 'c', 'é', '🚗', '\ud83d'), { maxLength: 8 })
      .map((characters) => characters.join(''));
    let compared = 0;
    fc.assert(
      fc.property(
        fc.array(fc.array(run, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 }),
        fc.array(name, { minLength: 5, maxLength: 10 }),
        (rows, names) => {
          const tree = choiceOf(rows.map((items) => ({ type: 'sequence', items })));
          const test = compileOneWayTest(tree);
          if (test === undefined) return;
          const expected = compileBackwardTest(tree);
          for (const tried of names) {
            compared++;
            expect(test(tried)).toBe(expected(tried));
          }
        },
      ),
      propertyRuns(3_000, 100_000),
    );
    expect(compared).toBeGreaterThan(1_000);
  });
});
