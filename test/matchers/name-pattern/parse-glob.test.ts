import fc from 'fast-check';
import picomatch from 'picomatch';
import { describe, expect, test } from 'vitest';
import { compileNamePattern } from '../../../src/matchers/name-pattern/compile-name-pattern.js';
import { PatternUnsupportedError } from '../../../src/model/errors.js';
import { propertyRuns } from '../../support/property-runs.js';

function matching(glob: string, names: readonly string[]): readonly string[] {
  const { test: matches } = compileNamePattern({ glob });
  return names.filter((name) => matches(name));
}

function refusal(glob: string): PatternUnsupportedError {
  try {
    compileNamePattern({ glob });
  } catch (error) {
    if (error instanceof PatternUnsupportedError) return error;
    throw error;
  }
  throw new Error(`${glob} is accepted`);
}

describe('a glob', () => {
  test.each<[glob: string, matches: readonly string[], others: readonly string[]]>([
    ['driver', ['driver'], ['driver_x', 'Driver', '']],
    [
      'sales_*',
      ['sales_', 'sales_eu', 'sales_a/b', 'sales_a\nb', 'sales_.x'],
      ['sales', 'xsales_'],
    ],
    ['*', ['', 'a', '.', '..', '.hidden', 'a/b'], []],
    ['**', ['', 'a/b'], []],
    ['**/**', ['/', 'a/b/c'], ['a']],
    ['*.v?', ['m.v1', '.v🚗'], ['m.v', 'm.v12', 'mv1']],
    ['[abc]x', ['ax', 'cx'], ['x', 'dx', '[abc]x']],
    ['[!a-c]', ['d', '/', '🚗', '!'], ['a', 'c', '']],
    ['[^a]', ['b', '^'], ['a']],
    ['[]a]', [']', 'a'], ['[', ']a]']],
    ['[a-]', ['a', '-'], ['b']],
    ['[\\]\\-a]', [']', '-', 'a'], ['\\']],
    ['[*?]', ['*', '?'], ['a']],
    ['{a,b{1,2}}_x', ['a_x', 'b1_x', 'b2_x'], ['b_x', 'a', '{a,b}_x']],
    ['a{,b}', ['a', 'ab'], ['b']],
    ['{a}', ['{a}'], ['a']],
    ['a}', ['a}'], ['a']],
    ['v{1..3}', ['v1', 'v2', 'v3'], ['v4', 'v13']],
    ['v{08..11}', ['v08', 'v09', 'v10', 'v11'], ['v8', 'v011']],
    ['v{3..1}', ['v1', 'v3'], ['v0']],
    ['v{-1..1}', ['v-1', 'v0', 'v1'], ['v-0']],
    ['v{0..10..5}', ['v0', 'v5', 'v10'], ['v1']],
    ['{a..c}', ['a', 'b', 'c'], ['d']],
    ['{e..a..2}', ['e', 'c', 'a'], ['d']],
    ['@(a|b)c', ['ac', 'bc'], ['c', 'abc']],
    ['?(a|b)c', ['c', 'ac'], ['aac']],
    ['*(ab)c', ['c', 'ababc'], ['ac']],
    ['+(ab)c', ['abc', 'ababc'], ['c']],
    ['(a|b)?', ['ax', 'b?'], ['a', 'ab1']],
    ['a|b*', ['a', 'bc'], ['ab']],
    ['!a*', ['', 'b'], ['a', 'ab']],
    ['!!a', ['a'], ['b']],
    ['!(a|b)', ['', 'c', 'ab'], ['a', 'b']],
    ['!(*_raw)', ['raw', 'a_raw_'], ['_raw', 'a_raw']],
    ['user_!(pii_*)', ['user_', 'user_x'], ['user_pii_', 'user_pii_x', 'x']],
    ['a!(b)c', ['ac', 'abbc', 'axc'], ['abc', 'a']],
    ['\\*\\.\\\\', ['*.\\'], ['a.\\']],
    ['\\{a,b\\}', ['{a,b}'], ['a']],
    ['"a*"', ['"a"', '"ab"'], ['a*']],
    ['a+b$c^d.e', ['a+b$c^d.e'], ['aabcde', 'a+b$c^dxe']],
    ['./a', ['./a'], ['a']],
    ['!./a', ['a'], ['./a']],
    ['a\0b', ['a\0b'], ['ab']],
    ['**(a)', ['', 'b', 'ba'], []],
    ['🚗?', ['🚗🚗', '🚗a'], ['🚗', '🚗ab']],
    ['__proto__', ['__proto__'], ['constructor']],
  ])('%s', (glob, matches, others) => {
    expect(matching(glob, [...matches, ...others])).toEqual(matches);
  });

  test.each<[glob: string, kind: string, position: number, reason: string]>([
    ['a\\', 'invalid', 1, 'backslash at the end'],
    ['ab[c', 'invalid', 2, '[ without its ]'],
    ['[]', 'invalid', 0, '[ without its ]'],
    ['[c-a]', 'invalid', 1, 'reversed range'],
    ['a(b', 'invalid', 1, '( without its end'],
    ['{a,b', 'invalid', 0, '{ without its end'],
    ['🚗a)', 'invalid', 2, ') without its ('],
    ['{(a}', 'invalid', 3, '} without its {'],
    ['[[:alpha:]]', 'unsupported', 1, 'POSIX class'],
    ['a(?:b)', 'unsupported', 1, '(? of a regular expression'],
    ['{a..}', 'unsupported', 0, 'brace range of other than two numbers or letters and a step'],
    ['{1..2000}', 'unsupported', 0, 'brace range of other than two numbers or letters and a step'],
    ['a*(b!(c))', 'unsupported', 4, '!(…) within a group'],
    ['!(a)*', 'unsupported', 0, '!(…) before text of no fixed length'],
    ['*!(a)', 'unsupported', 1, 'look-around at no fixed distance from the start or the end'],
    ['('.repeat(201), 'unsupported', 200, 'nested deeper than 200 brackets'],
    ['a'.repeat(65_537), 'unsupported', 0, 'longer than 65536 characters'],
    ['"'.repeat(30_000), 'unsupported', 0, 'longer than 65536 characters'],
    ['*a'.repeat(20_000), 'unsupported', 0, 'pattern that takes more than 20000 states'],
  ])('%s is refused', (glob, kind, position, reason) => {
    expect(refusal(glob)).toMatchObject({ kind, position, reason, pattern: glob });
  });

  test.each([
    '*a'.repeat(4_000),
    '?'.repeat(60_000),
    '{a,b}'.repeat(10_000),
    `${'+('.repeat(199)}a${')'.repeat(199)}`,
    '*(a|*(b))'.repeat(5_000),
    '*a*a*a*a*a*a*b',
    '+(+(a)*)b',
  ])('with many repeats finishes: %s', (glob) => {
    const { test: matches } = compileNamePattern({ glob });
    expect(matches(`${'a'.repeat(1_000)}c`)).toBe(glob === '?'.repeat(1_001));
  });
});

describe('picomatch', () => {
  const text = fc.constantFrom('a', 'b', 'c', '_', '-', 'ab');
  const { glob } = fc.letrec<{ glob: string; part: string }>((tie) => ({
    part: fc.oneof(
      { maxDepth: 2, depthIdentifier: 'part' },
      { weight: 4, arbitrary: text },
      {
        weight: 4,
        arbitrary: fc.constantFrom(
          '*',
          '?',
          '**',
          '[ab]',
          '[!a]',
          '[a-c]',
          '[^bc]',
          '{1..3}',
          '{a..c}',
        ),
      },
      { weight: 2, arbitrary: fc.tuple(tie('glob'), tie('glob')).map(([a, b]) => `{${a},${b}}`) },
      {
        weight: 3,
        arbitrary: fc
          .tuple(fc.constantFrom('@', '*', '+', '?'), tie('glob'), tie('glob'))
          .map(([operator, a, b]) => `${operator}(${a}|${b})`),
      },
    ),
    glob: fc.array(tie('part'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('')),
  }));
  const negatable = fc
    .tuple(fc.constantFrom('', '', '', '!'), glob, fc.constantFrom('', '', '', '!(a)', '!(b*|?)'))
    .map(
      ([start, middle, end]) =>
        start + (end === '' ? middle : `${end === '!(a)' ? 'a' : '[ab]'}${end}`),
    );
  const name = fc
    .array(fc.constantFrom('a', 'b', 'c', '_', '-', '1', '2'), { minLength: 1, maxLength: 7 })
    .map((characters) => characters.join(''));

  const options: picomatch.PicomatchOptions & { readonly maxExtglobRecursion: false } = {
    dot: true,
    expandRange: (first: string, last: string) => `[${first}-${last}]`,
    fastpaths: false,
    literalBrackets: false,
    maxExtglobRecursion: false,
    posix: true,
    regex: false,
    strictSlashes: true,
  };

  test('answers the same for names without `/` and `.`', () => {
    fc.assert(
      fc.property(negatable, fc.array(name, { minLength: 8, maxLength: 8 }), (source, names) => {
        // To picomatch a `?` after a bracket makes it optional; here it is any character, as
        // everywhere. It also loses a star before the stars of `**(`.
        fc.pre(!/\)\?|\(\?|\*\*\(/.test(source));
        const judge = picomatch(source, options);
        const { test: matches } = compileNamePattern({ glob: source });
        for (const tried of names) expect(matches(tried)).toBe(judge(tried));
      }),
      propertyRuns(1_500, 100_000),
    );
  });
});
