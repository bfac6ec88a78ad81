import fc from 'fast-check';
import { RE2 } from 're2-wasm';
import { expect, test } from 'vitest';
import { compileNamePattern } from '../../../src/matchers/name-pattern/compile-name-pattern.js';
import { PROPERTY_TIMEOUT_MS, propertyRuns } from '../../support/property-runs.js';

/**
 * The subset that Python and RE2 read alike: literals, escaped punctuation, ASCII classes, `.`,
 * groups, alternatives, repeats up to 3, anchors of the text and lines, and flags `s`, `m` and `i`.
 * Not `$` without `(?m)` (a final newline), nor `\d`, `\w`, `\s` and `\b` on other than ASCII
 * names.
 */
const atom = fc.constantFrom(
  'a',
  'b',
  'C',
  '_',
  '1',
  '\\.',
  '\\-',
  '\\n',
  '.',
  '[ab]',
  '[^a]',
  '[a-z_]',
  '[^\\n1]',
  '\\d',
  '\\w',
  '\\W',
  '\\s',
  '[\\d_]',
  'é',
  '🚗',
);

const anchor = fc.constantFrom('^', '\\A', '(?m:$)', '(?m:^)', '\\b');

const { pattern } = fc.letrec<{ pattern: string; unit: string }>((tie) => ({
  unit: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'unit' },
    { weight: 5, arbitrary: atom },
    {
      weight: 2,
      arbitrary: fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `(?:${a}|${b})`),
    },
    { weight: 1, arbitrary: tie('pattern').map((inner) => `(?s:${inner})`) },
    { weight: 1, arbitrary: tie('pattern').map((inner) => `(?i:${inner})`) },
    { weight: 1, arbitrary: tie('pattern').map((inner) => `(${inner})`) },
  ),
  pattern: fc
    .array(
      fc.oneof(
        { weight: 4, arbitrary: tie('unit') },
        {
          weight: 3,
          arbitrary: fc
            .tuple(
              tie('unit'),
              fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '*?', '+?', '{0,2}?'),
            )
            .map(([unit, quantifier]) => unit + quantifier),
        },
        { weight: 1, arbitrary: anchor },
      ),
      { maxLength: 4 },
    )
    .map((units) => units.join('')),
}));

const ASCII = ['a', 'b', 'c', 'C', '_', '1', '.', '-', '\n', ' '];

const asciiName = fc
  .array(fc.constantFrom(...ASCII), { minLength: 1, maxLength: 8 })
  .map((characters) => characters.join(''));

const anyName = fc
  .array(fc.constantFrom(...ASCII, 'é', '🚗'), { minLength: 1, maxLength: 8 })
  .map((characters) => characters.join(''));

/** The classes and anchors that are ASCII in RE2 and Unicode in Python. */
const ASCII_ONLY = /\\[dwsWb]/;

test('random patterns get the answers of the real RE2', { timeout: PROPERTY_TIMEOUT_MS }, () => {
  let matches = 0;
  fc.assert(
    fc.property(
      pattern,
      fc.array(asciiName, { minLength: 4, maxLength: 8 }),
      fc.array(anyName, { minLength: 4, maxLength: 8 }),
      (source, ascii, other) => {
        const ours = compileNamePattern(source);
        const judge = new RE2(`^(?:${source})$`, 'u');
        for (const name of ASCII_ONLY.test(source) ? ascii : [...ascii, ...other]) {
          const expected = judge.test(name);
          if (expected) matches += 1;
          expect(ours.test(name)).toBe(expected);
        }
      },
    ),
    // The judge never frees a pattern, and aborts at some 2,900.
    propertyRuns(600, 1_400),
  );
  expect(matches).toBeGreaterThan(10);
});
