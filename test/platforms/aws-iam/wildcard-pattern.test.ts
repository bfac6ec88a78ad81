import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Extent, WildcardPattern } from '../../../src/platforms/aws-iam/wildcard-pattern.js';

function match(pattern: string, text: string, { open = false, variables = true } = {}): Extent {
  const read = WildcardPattern.read(pattern, variables);
  if (read === undefined) throw new Error('no pattern');
  return read.matches({ text, open });
}

describe('a pattern matches a text', () => {
  test.each<[pattern: string, text: string, expected: Extent]>([
    ['', '', 'all'],
    ['', 'a', 'none'],
    ['a', 'a', 'all'],
    ['a', 'A', 'none'],
    ['a', '', 'none'],
    ['?', 'a', 'all'],
    ['?', ':', 'none'],
    ['?', '', 'none'],
    ['*', '', 'all'],
    ['*', 'a:b:c', 'all'],
    ['**', 'a:b', 'all'],
    ['a*', 'a', 'all'],
    ['a*', 'a:b', 'all'],
    ['*b', 'ab', 'all'],
    ['*b', 'a:b', 'none'],
    ['a*:c', 'a:b:c', 'all'],
    ['a**:c', 'a:b:c', 'all'],
    ['a*b:c', 'a:b:c', 'none'],
    ['a*b:c', 'axxb:c', 'all'],
    ['*a*a*', 'banana', 'all'],
    ['a.c', 'abc', 'none'],
    ['a(b', 'a(b', 'all'],
    ['*:*:*', 'a:b', 'none'],
    ['*:*:*', 'a:b:c:d', 'all'],
    ['a/*/b', 'a/x/y/b', 'all'],
    ['${*}', '*', 'all'],
    ['${*}', 'a', 'none'],
    ['${?}', '?', 'all'],
    ['${$}{x}', '${x}', 'all'],
    ['a${aws:username}', 'ab', 'part'],
    ['a${aws:username}', 'b', 'none'],
    ["a${aws:PrincipalTag/t, 'x'}c", 'abc', 'part'],
    ['$a', '$a', 'all'],
  ])('%s on %s: %s', (pattern, text, expected) => {
    expect(match(pattern, text)).toBe(expected);
  });

  test('with variables as plain text', () => {
    expect(match('${x}', '${x}', { variables: false })).toBe('all');
    expect(match('${*}', '${abc}', { variables: false })).toBe('all');
    expect(match('${x}', 'y', { variables: false })).toBe('none');
  });
});

describe('a pattern matches all texts that begin with', () => {
  test.each<[pattern: string, start: string, expected: Extent]>([
    ['*', 't/', 'all'],
    ['t/*', 't/', 'all'],
    ['t*', 't/', 'all'],
    ['t/a', 't/', 'part'],
    ['t/a*', 't/', 'part'],
    ['t/*a', 't/', 'part'],
    ['t/?', 't/', 'part'],
    ['t/${x}', 't/', 'part'],
    ['u/*', 't/', 'none'],
    ['t', 't/', 'none'],
  ])('%s on %s…: %s', (pattern, start, expected) => {
    expect(match(pattern, start, { open: true })).toBe(expected);
  });
});

test.each(['${', '${}', 'a${b', '${aws:username'])('rejects the pattern %s', (source) => {
  expect(WildcardPattern.read(source, true)).toBeUndefined();
  expect(WildcardPattern.read(source, false)).toBeDefined();
});

/** Tries all splits: slow, and plain to see. */
function naive(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  const [first = '', second] = pattern;
  const rest = pattern.slice(1);
  if (first === '*') {
    const mayCross = second === undefined || second === ':';
    const end = mayCross ? -1 : text.indexOf(':');
    const longest = end === -1 ? text.length : end;
    return Array.from({ length: longest + 1 }, (_, length) => length).some((length) =>
      naive(rest, text.slice(length)),
    );
  }
  if (text === '' || (first === '?' ? text.startsWith(':') : !text.startsWith(first))) return false;
  return naive(rest, text.slice(1));
}

test('a pattern matches what a naive matcher matches', () => {
  const text = (characters: string): fc.Arbitrary<string> =>
    fc.string({ unit: fc.constantFrom(...characters), maxLength: 9 });
  fc.assert(
    fc.property(text('ab:*?'), text('ab:'), (pattern, subject) => {
      // What a run of asterisks crosses is what its last one crosses.
      const single = pattern.replaceAll(/\*+/g, '*');
      expect(match(pattern, subject) === 'all').toBe(naive(single, subject));
    }),
    { numRuns: 5000 },
  );
});

test.each([
  ['*a'.repeat(2000), 'a'.repeat(1999)],
  ['a*'.repeat(2000), `${'a'.repeat(2500)}b`],
  [`${'*a'.repeat(1000)}b`, 'a'.repeat(3000)],
  ['*'.repeat(30_000), 'a:'.repeat(1000)],
])('a pattern that is built to be slow is not', (pattern, text) => {
  // A matcher that tries again what it tried would not come back.
  expect(match(pattern, text)).toMatch(/all|none/);
});
