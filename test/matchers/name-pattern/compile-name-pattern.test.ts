import { describe, expect, test } from 'vitest';
import { compileNamePattern } from '../../../src/matchers/name-pattern/compile-name-pattern.js';
import type { LiteralsShape, NameShape } from '../../../src/matchers/name-pattern/name-shape.js';
import { PatternUnsupportedError } from '../../../src/model/errors.js';

function refusal(pattern: string): PatternUnsupportedError {
  try {
    compileNamePattern(pattern);
  } catch (error) {
    if (error instanceof PatternUnsupportedError) return error;
    throw error;
  }
  throw new Error(`${pattern} is accepted`);
}

function literals(parts: readonly string[], details: Partial<LiteralsShape> = {}): LiteralsShape {
  const gapMin = parts.slice(1).map(() => 0 as const);
  const newlines = parts.length === 1;
  return { kind: 'literals', parts, gapMin, newlines, folded: false, ...details };
}

function choice(...options: readonly LiteralsShape[]): NameShape {
  return { kind: 'choice', options };
}

describe('the shape', () => {
  test.each<[pattern: string, shape: NameShape]>([
    ['driver', literals(['driver'])],
    ['^driver$', literals(['driver'])],
    ['\\Adriver\\Z', literals(['driver'])],
    [' driver ', literals(['driver'])],
    ['(d)[r](?:iver)', literals(['driver'])],
    ['driver|driver', literals(['driver'])],
    ['a{3}', literals(['aaa'])],
    ['(?>ab)c', literals(['abc'])],
    ['', literals([''])],
    ['a\\nb', literals(['a\nb'])],
    ['🚗', literals(['🚗'])],
    ['user_.*', literals(['user_', ''])],
    ['.*_raw', literals(['', '_raw'])],
    ['.*risky.*', literals(['', 'risky', ''])],
    ['user_.*_features', literals(['user_', '_features'])],
    ['user_.+', literals(['user_', ''], { gapMin: [1] })],
    ['user_.*.+', literals(['user_', ''], { gapMin: [1] })],
    ['(.*)*', literals(['', ''])],
    ['(?:a|.*).*', choice(literals(['a', '']), literals(['', '']))],
    ['(?s).*', literals(['', ''], { newlines: true })],
    ['a.*_raw\\n', literals(['a', '_raw\n'])],
    ['(?i)DRIVER_.*', literals(['driver_', ''], { folded: true })],
    ['(?i)ſ', literals(['s'], { folded: true })],
    ['(?i)123', literals(['123'])],
    ['driver|customer', choice(literals(['driver']), literals(['customer']))],
    ['[Dd]river.*', choice(literals(['Driver', '']), literals(['driver', '']))],
    ['a(_v[12])?', choice(literals(['a']), literals(['a_v1']), literals(['a_v2']))],
    ['.*(?!_x)', literals(['', ''])],
    ['.*(?=$)', literals(['', ''])],
    ['(?!)', { kind: 'nothing' }],
    ['a(?<!a)', { kind: 'expression', required: [{ anyOf: ['a'], folded: false }] }],
    ['a{4294967294}', { kind: 'nothing' }],
    ['(?:ab){4000000000}', { kind: 'nothing' }],
    ['.*\\n.*', { kind: 'expression', required: [{ anyOf: ['\n'], folded: false }] }],
    ['.{2,}', { kind: 'expression', required: [] }],
    ['\\uD83D\\uDE97', { kind: 'expression', required: [] }],
    ['a[0-9]+_x', { kind: 'expression', required: [{ anyOf: ['_x'], folded: false }] }],
    ['(?i)sales[0-9]+', { kind: 'expression', required: [{ anyOf: ['sales'], folded: true }] }],
    [
      '[a-z]+_(?:eu|us)[0-9]*',
      { kind: 'expression', required: [{ anyOf: ['_eu', '_us'], folded: false }] },
    ],
    ['user_(?!pii_).*', { kind: 'expression', required: [{ anyOf: ['user_'], folded: false }] }],
    ['(?!secret_).*', { kind: 'expression', required: [] }],
    [
      '(?!a)[a-z]+_eu|(?!b)[a-z]+_(?:us|ca)',
      { kind: 'expression', required: [{ anyOf: ['_eu', '_us', '_ca'], folded: false }] },
    ],
    ['(?!a)[a-z]+_eu|(?!b).*', { kind: 'expression', required: [] }],
  ])('of %s', (pattern, shape) => {
    expect(compileNamePattern(pattern).shape).toEqual(shape);
  });

  test('has required literals of bearable length, cut where no character is halved', () => {
    const { shape } = compileNamePattern(`[0-9]+${'🚗'.repeat(31)}a🚗[0-9]+`);
    expect(shape).toEqual({
      kind: 'expression',
      required: [{ anyOf: [`${'🚗'.repeat(31)}a`], folded: false }],
    });
  });

  test('has no more literals than an index can bear', () => {
    const { shape } = compileNamePattern('[a-p]{3}_x');
    expect(shape).toEqual({ kind: 'expression', required: [{ anyOf: ['_x'], folded: false }] });
    const many = Array.from({ length: 2_000 }, (_, i) => `${i}name`).join('|');
    expect(compileNamePattern(many).shape).toEqual({ kind: 'expression', required: [] });
    expect(compileNamePattern(many).test('1999name')).toBe(true);
  });
});

describe('all but', () => {
  test.each<[pattern: string, matches: readonly string[], others: readonly string[]]>([
    ['(?!secret_).*', ['', 'secret', 'xsecret_'], ['secret_', 'secret_x', 'a\nb']],
    ['(?!.*_raw$).*', ['raw', '_rawx'], ['_raw', 'a_raw']],
    ['.*(?<!_raw)', ['raw', '_raw_'], ['_raw', 'a_raw']],
    ['(?s).*(?<!_raw)', ['a\nb'], ['a\n_raw']],
    ['^(?!secret|hidden).*$', ['a', 'hid'], ['secret', 'hidden_x']],
    ['user_(?!pii_).*', ['user_', 'user_x'], ['user_pii_', 'user_pii_x', 'pii_']],
    ['(?:user|team)_(?!pii_).*', ['user_x', 'team_'], ['team_pii_x']],
    ['.*(?<!_raw)_v2', ['a_v2'], ['a_raw_v2', 'a']],
    ['(?=.*eu)(?!.*raw).*', ['eu', 'x_eu'], ['eu_raw', 'us']],
    ['(?:(?!secret).*|secret_ok)', ['a', 'secret_ok'], ['secret', 'secret_x']],
    ['(?!a(?!b)).*', ['', 'ab', 'b'], ['a', 'ac']],
    ['(?i)(?!SECRET).*', ['a'], ['secret', 'Secret_x', 'ſecret']],
    ['model_v\\d+(?!_x)', ['model_v1'], ['model_v1_x', 'model_v']],
    ['(?<=a)b', [], ['b', 'ab']],
    ['(?=a)+a', ['a'], ['', 'aa']],
  ])('%s', (pattern, matches, others) => {
    const compiled = compileNamePattern(pattern);
    expect([...matches, ...others].filter((name) => compiled.test(name))).toEqual(matches);
  });
});

describe('what is refused', () => {
  test.each<[pattern: string, position: number, reason: string, rewrite: string | undefined]>([
    ['(?:(?!risky).)*', 3, 'repeated look-around', '(?!.*risky).*'],
    ['(?:(?!risky).)+', 3, 'repeated look-around', '(?!.*risky).+'],
    ['p_(?:(?!risky).)*', 5, 'repeated look-around', 'p_(?!.*risky).*'],
    ['(?:(?!risky).)*_v2', 3, 'repeated look-around', '(?!.*risky).*_v2'],
    ['(?:(?!a|b\\.c)[a-z_.])*', 3, 'repeated look-around', '(?![\\._a-z]*(?:a|b\\.c))[\\._a-z]*'],
    ['(?s:(?:(?!é\\n).)*)', 7, 'repeated look-around', '(?![\\s\\S]*\\xe9\\x0a)[\\s\\S]*'],
    ['(?:(?!raw).)*_raw', 3, 'repeated look-around', undefined],
    ['(?:(?!a*).)*', 3, 'repeated look-around', undefined],
    ['(?:(?!a).){3}', 3, 'repeated look-around', undefined],
    ['(?:(?=a).)*', 3, 'repeated look-around', undefined],
    ['(?>(?:a|b)(?!c).*)x', 10, 'look-around in an atomic group', undefined],
    ['.*(?!a).*', 2, 'look-around at no fixed distance from the start or the end', undefined],
    ['🚗*(?=a)b*', 2, 'look-around at no fixed distance from the start or the end', undefined],
    [`${'(?!a)'.repeat(65)}.*`, 0, 'look-around that takes more than 64 matches', undefined],
    ['(?:ab|c){9999}$x', 0, 'pattern that takes more than 20000 states', undefined],
    [
      '(?>a|ab)'.repeat(33),
      0,
      'pattern with more than 32 atomic groups and high counts',
      undefined,
    ],
    ['(a)\\1', 3, 'back-reference', undefined],
  ])('%s', (pattern, position, reason, rewrite) => {
    const error = refusal(pattern);
    expect(error).toMatchObject({ kind: 'unsupported', pattern, position, reason, rewrite });
    if (rewrite !== undefined) expect(compileNamePattern(rewrite).test('x')).toBeTypeOf('boolean');
  });
});

describe('a large pattern', () => {
  const names = ['a'.repeat(1_024), 'ab_'.repeat(341), `${'x'.repeat(1_023)}\n`, 'é_'.repeat(512)];

  test.each([
    '(a{1,1000}){1,1000}',
    '\\w'.repeat(30_000),
    '(?:\\w_){900}',
    '[a-z]+'.repeat(10_000),
    'a|'.repeat(30_000),
    `${'(?:'.repeat(199)}a${')*'.repeat(199)}`,
    `${'(?:a*'.repeat(199)}${')*'.repeat(199)}\\b`,
    'x'.repeat(65_536),
    `(?i)${'i'.repeat(60_000)}`,
    '(?>a|b)'.repeat(9_000),
    'a{2000}'.repeat(9_000),
    '[^a]'.repeat(16_000),
    '(?:(?:a{0,65}){0,65}){0,65}',
    '(\\w{1000}){1000}',
    '(?:.*\\w){1000}x',
    'x{0,2147483648}\\b',
  ])('%s has an answer', (pattern) => {
    const compiled = compileNamePattern(pattern);
    for (const name of names) expect(compiled.test(name)).toBeTypeOf('boolean');
    expect(compiled.test('a'.repeat(1_000_000))).toBeTypeOf('boolean');
  });

  test.each([
    'a'.repeat(65_537),
    'a'.repeat(1_000_000),
    '('.repeat(1_000_000),
    '(?:(?!a)b|c)'.repeat(4_000),
    '\\w*\\d*'.repeat(9_000),
    '((ab){1000}){1000}',
    '(?>(a?){4294967294})b',
    '(?>a{0,4294967294}b){1000}',
  ])('%s is refused', (pattern) => {
    expect(() => compileNamePattern(pattern)).toThrow(PatternUnsupportedError);
  });
});

test('a pattern says what it was made of', () => {
  const glob = { glob: 'a*' };
  expect(compileNamePattern(' a.* ').source).toBe(' a.* ');
  expect(compileNamePattern(glob).source).toBe(glob);
});
