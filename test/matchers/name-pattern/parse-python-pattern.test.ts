import { beforeAll, describe, expect, test } from 'vitest';
import { loadCharacterNames } from '../../../src/matchers/index.js';
import { ASCII_WORD_SET } from '../../../src/matchers/name-pattern/character-classes.js';
import { DEFAULT_DIALECT } from '../../../src/matchers/name-pattern/dialect.js';
import {
  MAX_GROUP_DEPTH,
  MAX_PATTERN_LENGTH,
  parsePythonPattern,
} from '../../../src/matchers/name-pattern/parse-python-pattern.js';
import type { PatternNode } from '../../../src/matchers/name-pattern/pattern-tree.js';
import { PatternUnsupportedError } from '../../../src/model/errors.js';

beforeAll(loadCharacterNames);

const ANYTHING: PatternNode = { type: 'set', set: [0, 9, 11, 0x10ffff] };

function literal(character: string): PatternNode {
  const codePoint = character.codePointAt(0) as number;
  return { type: 'set', set: [codePoint, codePoint] };
}

function sequence(...items: readonly PatternNode[]): PatternNode {
  return { type: 'sequence', items };
}

function refusal(pattern: string): PatternUnsupportedError {
  try {
    parsePythonPattern(pattern);
  } catch (error) {
    if (error instanceof PatternUnsupportedError) return error;
    throw error;
  }
  throw new Error(`${pattern} is accepted`);
}

describe('the tree', () => {
  test.each<[string, PatternNode]>([
    ['', { type: 'empty' }],
    ['(?:)', { type: 'empty' }],
    ['ab', sequence(literal('a'), literal('b'))],
    ['🚗', literal('🚗')],
    ['(?P<x>a)b', sequence(literal('a'), literal('b'))],
    ['a(?#note)b', sequence(literal('a'), literal('b'))],
    [
      'a.*',
      sequence(literal('a'), {
        type: 'repeat',
        body: ANYTHING,
        min: 0,
        max: Infinity,
        greedy: true,
      }),
    ],
    ['a{2,3}?', { type: 'repeat', body: literal('a'), min: 2, max: 3, greedy: false }],
    ['a{,}', { type: 'repeat', body: literal('a'), min: 0, max: Infinity, greedy: true }],
    [
      'a{4294967294}',
      { type: 'repeat', body: literal('a'), min: 4294967294, max: 4294967294, greedy: true },
    ],
    ['a{}', sequence(literal('a'), literal('{'), literal('}'))],
    [
      'a++',
      {
        type: 'atomic',
        body: { type: 'repeat', body: literal('a'), min: 1, max: Infinity, greedy: true },
      },
    ],
    ['(?>ab)', { type: 'atomic', body: sequence(literal('a'), literal('b')) }],
    ['a|b', { type: 'set', set: [97, 98] }],
    ['ab|ac', sequence(literal('a'), { type: 'set', set: [98, 99] })],
    ['ab|c', { type: 'choice', options: [sequence(literal('a'), literal('b')), literal('c')] }],
    ['a(?!b)', sequence(literal('a'), look('ahead', true, literal('b'), 1))],
    ['🚗(?<=b)', sequence(literal('🚗'), look('behind', false, literal('b'), 1))],
    ['^$', sequence(anchor('text-start'), anchor('text-end-or-final-newline'))],
    ['(?m)^$', sequence(anchor('line-start'), anchor('line-end'))],
    ['(?m)\\A\\Z', sequence(anchor('text-start'), anchor('text-end'))],
    ['(?a)\\b', { type: 'anchor', at: 'word-boundary', word: ASCII_WORD_SET }],
    [
      '(?a:\\b)\\B',
      sequence(
        { type: 'anchor', at: 'word-boundary', word: ASCII_WORD_SET },
        anchor('not-word-boundary'),
      ),
    ],
    ['(?s).', { type: 'set', set: [0, 0x10ffff] }],
    ['(?x) a b # c\n*', sequence(literal('a'), repeated('b'))],
    ['(?i:k)k', sequence({ type: 'set', set: [75, 75, 107, 107, 0x212a, 0x212a] }, literal('k'))],
    ['\\101\\0\\x41\\u0041\\U00000041', sequence(...['A', '\0', 'A', 'A', 'A'].map(literal))],
    ['\\N{kelvin sign}\\N{nbsp}', sequence(literal('\u212a'), literal('\u00a0'))],
    ['\ud83d\\ude97', sequence(literal('\ud83d'), literal('\ude97'))],
  ])('of %j', (pattern, tree) => {
    expect(parsePythonPattern(pattern)).toEqual(tree);
  });

  function look(
    direction: 'ahead' | 'behind',
    negative: boolean,
    body: PatternNode,
    position: number,
  ): PatternNode {
    return { type: 'look', direction, negative, body, position };
  }

  function anchor(
    at:
      | 'text-start'
      | 'text-end'
      | 'text-end-or-final-newline'
      | 'line-start'
      | 'line-end'
      | 'not-word-boundary',
  ): PatternNode {
    const word = at === 'not-word-boundary' ? DEFAULT_DIALECT.classes.word : undefined;
    return { type: 'anchor', at, word };
  }

  function repeated(character: string): PatternNode {
    return { type: 'repeat', body: literal(character), min: 0, max: Infinity, greedy: true };
  }
});

describe('refused as unsupported', () => {
  test.each([
    ['a(b)\\1', 'back-reference', 4],
    ['🚗(b)\\1', 'back-reference', 4],
    ['(?P<x>a)(?P=x)', 'back-reference', 8],
    ['(a)(?(1)b|c)(d)\\2', 'conditional group', 3],
    ['()()()()()()()()()()\\10', 'back-reference', 20],
  ])('%s: %s at %i', (pattern, reason, position) => {
    expect(refusal(pattern)).toMatchObject({ kind: 'unsupported', reason, position, pattern });
  });

  test('is an error of Python first', () => {
    expect(refusal('(a)\\1(')).toMatchObject({ kind: 'invalid', position: 5 });
    expect(refusal('(a)\\1(?<=b*)')).toMatchObject({ kind: 'invalid', position: 5 });
  });
});

describe('hostile input', () => {
  const long = MAX_PATTERN_LENGTH;

  test('the longest pattern is parsed, a longer one is not', () => {
    expect(parsePythonPattern('a'.repeat(long))).toMatchObject({ type: 'sequence' });
    expect(parsePythonPattern('🚗'.repeat(long))).toMatchObject({ type: 'sequence' });
    const error = { kind: 'unsupported', position: long, reason: 'longer than 65536 code points' };
    expect(refusal('a'.repeat(long + 1))).toMatchObject(error);
    expect(refusal('🚗'.repeat(long + 1))).toMatchObject(error);
    expect(refusal('('.repeat(8_000_000))).toMatchObject(error);
  });

  test('the deepest nesting is parsed, a deeper one is not', () => {
    const nested = (depth: number): string => `${'('.repeat(depth)}a${')'.repeat(depth)}`;
    expect(parsePythonPattern(nested(MAX_GROUP_DEPTH))).toEqual(literal('a'));
    expect(refusal(nested(MAX_GROUP_DEPTH + 1))).toMatchObject({
      kind: 'unsupported',
      position: MAX_GROUP_DEPTH,
      reason: 'nested deeper than 200 groups',
    });
    expect(refusal('(?:'.repeat(20_000))).toMatchObject({ kind: 'unsupported' });
    expect(refusal('(?='.repeat(20_000))).toMatchObject({ kind: 'unsupported' });
    expect(refusal(`(a)${'(?(1)'.repeat(10_000)}`)).toMatchObject({ kind: 'unsupported' });
  });

  test.each([
    ['many groups', '(a)'.repeat(long / 4)],
    ['many options', 'ab|'.repeat(long / 4)],
    ['many options with a common start', `${'a'.repeat(200)}b|`.repeat(300)],
    ['many empty options', '|'.repeat(long)],
    ['many repeats', 'a{1,2}'.repeat(long / 8)],
    ['braces that are none', '{1,'.repeat(long / 4)],
    ['many classes', '(?i)'.concat('[\\wa]'.repeat(long / 8))],
    [
      'a large class',
      `(?i)[${Array.from({ length: long / 2 }, (_, i) => String.fromCodePoint(0x10000 + 2 * i)).join('')}]`,
    ],
    ['many ranges over all characters', `(?i)[${'\\0-\u{10ffff}'.repeat(long / 8)}]`],
    [
      'many different ranges over all characters',
      `(?i)[${Array.from({ length: long / 4 }, (_, i) => `${String.fromCodePoint(0x100 + i)}-\u{10ffff}`).join('')}]`,
    ],
    [
      'all characters one by one',
      `[${Array.from({ length: long - 4 }, (_, i) => String.fromCodePoint(0x20000 + i)).join('')}]`,
    ],
    ['many names', '\\N{nbsp}'.repeat(long / 16)],
    ['a group name of its own length', `(?P<${'a'.repeat(long / 2)}>b)`],
    ['names of the prototype', '(?P<__proto__>a)(?P<constructor>b)(?P<hasOwnProperty>c)'],
    ['nested options', `${'(?:a|'.repeat(200)}b${')'.repeat(200)}`],
  ])('%s', (_, pattern) => {
    expect(parsePythonPattern(pattern)).toHaveProperty('type');
  });

  test.each([
    ['many large classes', (i: number): string => `[\\w${String.fromCodePoint(0x4e00 + i)}~]`],
    [
      'many classes over all characters',
      (i: number): string => `[\0-\u{10000}${String.fromCodePoint(0x20000 + i)}]`,
    ],
  ])('%s are refused', (_, classAt) => {
    const pattern = `(?i)${Array.from({ length: long / 8 }, (__, i) => classAt(i)).join('')}`;
    expect(refusal(pattern)).toMatchObject({
      kind: 'unsupported',
      reason: 'more character ranges than are supported',
    });
  });

  test('a name of the prototype is not a group', () => {
    expect(refusal('(?P=__proto__)')).toMatchObject({ kind: 'invalid', position: 4 });
    expect(refusal('(?(constructor)a)')).toMatchObject({ kind: 'invalid', position: 3 });
    expect(refusal('\\N{__proto__}')).toMatchObject({ kind: 'invalid', position: 0 });
  });

  test('a long count is an error', () => {
    expect(refusal(`a{${'9'.repeat(60_000)}}`)).toMatchObject({ kind: 'invalid', position: 2 });
    expect(refusal(`a{${'0'.repeat(4_301)}}`)).toMatchObject({ kind: 'invalid', position: 2 });
  });
});
