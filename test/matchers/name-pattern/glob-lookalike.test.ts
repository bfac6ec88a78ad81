import { describe, expect, it } from 'vitest';
import { compileNamePattern } from '../../../src/matchers/name-pattern/compile-name-pattern.js';
import { rewriteGlobLookalike } from '../../../src/matchers/name-pattern/glob-lookalike.js';
import { PatternUnsupportedError } from '../../../src/model/errors.js';

describe('rewriteGlobLookalike', () => {
  it.each([
    ['tide_*', 'tide_.*'],
    ['*tide', '.*tide'],
    [' *tide* ', '.*tide.*'],
    ['tide*v2', 'tide.*v2'],
    ['**', '.*'],
    ['v1.2-*', 'v1\\.2-.*'],
    ['gezeiten-ä*', 'gezeiten-ä.*'],
  ])('rewrites %s', (glob, expression) => {
    expect(rewriteGlobLookalike(glob)).toBe(expression);
    expect(compileNamePattern(expression).test(glob.trim().replaceAll('*', 'x'))).toBe(true);
  });

  it.each([
    '',
    'tide',
    'tide_.*',
    '.*',
    '[a-z]*',
    '(ab)*',
    'a\\d*',
    'a|b*',
    '^a*',
    'tide?',
    'a{2}*',
  ])('leaves %j alone', (pattern) => {
    expect(rewriteGlobLookalike(pattern)).toBeUndefined();
  });
});

it.each([
  [
    '*tide',
    'name pattern `*tide` is invalid: nothing to repeat at position 0; write `.*tide` instead',
  ],
  [
    'tide_**',
    'name pattern `tide_**` is invalid: repeat of a repeat at position 6; write `tide_.*` instead',
  ],
])('the refusal of %s says what to write', (pattern, message) => {
  expect(() => compileNamePattern(pattern)).toThrow(PatternUnsupportedError);
  expect(() => compileNamePattern(pattern)).toThrow(message);
});
