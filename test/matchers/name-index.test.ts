import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HitBuffer } from '../../src/matchers/hit-buffer.js';
import { compileNameIndex, type NameIndex } from '../../src/matchers/name-index.js';
import { foldText } from '../../src/matchers/name-pattern/case-folding.js';
import {
  type CompiledNamePattern,
  compileNamePattern,
} from '../../src/matchers/name-pattern/compile-name-pattern.js';
import {
  compileShapeTest,
  type ExpressionShape,
  type LiteralsShape,
  type NameShape,
} from '../../src/matchers/name-pattern/name-shape.js';

/** A pattern that counts how often it is asked. */
interface CountedPattern extends CompiledNamePattern {
  calls: number;
}

function countedPattern(shape: NameShape, test = shapeTest(shape)): CountedPattern {
  const pattern: CountedPattern = {
    source: 'counted',
    shape,
    states: 1,
    calls: 0,
    test(name) {
      pattern.calls++;
      return test(name);
    },
  };
  return pattern;
}

/**
 * An expression is what its required literals say and, so that they alone do not decide, names of
 * even length only.
 */
function shapeTest(shape: NameShape): (name: string) => boolean {
  if (shape.kind !== 'expression') return compileShapeTest(shape);
  return (name) =>
    name.length % 2 === 0 &&
    shape.required.every(({ anyOf, folded }) =>
      anyOf.some((literal) => (folded ? foldText(name) : name).includes(literal)),
    );
}

function literals(parts: readonly string[], options: Partial<LiteralsShape> = {}): LiteralsShape {
  const gapMin = parts.slice(1).map(() => 0 as const);
  return { kind: 'literals', parts, gapMin, newlines: false, folded: false, ...options };
}

function expression(...required: readonly (readonly string[])[]): ExpressionShape {
  return { kind: 'expression', required: required.map((anyOf) => ({ anyOf, folded: false })) };
}

function matched(patterns: readonly CompiledNamePattern[], name: string): readonly number[] {
  const hits = new HitBuffer();
  compileNameIndex(patterns).match(name, hits);
  return sortedValues(hits);
}

function sortedValues(hits: HitBuffer): readonly number[] {
  return Array.from({ length: hits.count }, (_, at) => hits.at(at)).sort((a, b) => a - b);
}

function asked(patterns: readonly CompiledNamePattern[], name: string): readonly number[] {
  return patterns.flatMap((pattern, position) => (pattern.test(name) ? [position] : []));
}

const alphabet = ['a', 'b', 'K', 's', 'ſ', '_', '\u{1F600}', '\n'];
const nameOf = fc.string({
  unit: fc.constantFrom(...alphabet, '\uD83D', '\uDE00'),
  maxLength: 14,
});
const partOf = (minLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength, maxLength: 3 });

const literalsShape: fc.Arbitrary<LiteralsShape> = fc
  .tuple(
    fc.array(partOf(0), { minLength: 1, maxLength: 4 }),
    fc.array(fc.constantFrom<0 | 1>(0, 0, 1), { minLength: 3, maxLength: 3 }),
    fc.boolean(),
    fc.boolean(),
  )
  .map(([parts, gapMin, newlines, folded]) => {
    const kept =
      newlines || parts.length === 1 ? parts : parts.map((part) => part.replaceAll('\n', ''));
    return {
      kind: 'literals',
      parts: folded ? kept.map(foldText) : kept,
      gapMin: gapMin.slice(0, parts.length - 1),
      newlines,
      folded,
    };
  });

const expressionShape: fc.Arbitrary<ExpressionShape> = fc
  .array(
    fc
      .tuple(fc.array(partOf(1), { minLength: 1, maxLength: 3 }), fc.boolean())
      .map(([anyOf, folded]) => ({ anyOf: folded ? anyOf.map(foldText) : anyOf, folded })),
    { maxLength: 3 },
  )
  .map((required) => ({ kind: 'expression', required }));

const anyShape: fc.Arbitrary<NameShape> = fc.oneof(
  { weight: 6, arbitrary: literalsShape },
  { weight: 3, arbitrary: expressionShape },
  {
    weight: 2,
    arbitrary: fc
      .array(literalsShape, { minLength: 2, maxLength: 4 })
      .map((options): NameShape => ({ kind: 'choice', options })),
  },
  { weight: 1, arbitrary: fc.constant<NameShape>({ kind: 'nothing' }) },
);

/** The hits of a name that is matched in steps, and how many pauses there were. */
function inSteps(index: NameIndex, name: string, pause = () => {}) {
  const steps = index.matchInSteps(name);
  for (let pauses = 0; ; pauses++) {
    const step = steps.next();
    if (step.done) return { hits: step.value, pauses };
    pause();
  }
}

describe('matching in steps', () => {
  const patterns = Array.from({ length: 40 }, (_, index) => ({
    ...countedPattern(expression(index % 2 === 0 ? ['a'] : ['b'])),
    states: 100,
  }));

  test('pauses the more often the more states are tried on longer names', () => {
    const index = compileNameIndex(patterns);
    const [short, long] = [inSteps(index, 'ab').pauses, inSteps(index, 'ab'.repeat(200)).pauses];
    expect(short).toBeGreaterThan(2);
    expect(long).toBeGreaterThan(4 * short);
    expect(inSteps(index, 'x'.repeat(200)).pauses).toBe(0);
  });

  test('is not disturbed by names that are matched during its pauses', () => {
    const index = compileNameIndex(patterns);
    const hits = new HitBuffer();
    const found = inSteps(index, 'aa', () => index.match('bb', hits)).hits;
    expect(sortedValues(found)).toEqual(asked(patterns, 'aa'));
    expect(sortedValues(hits)).toEqual(asked(patterns, 'bb'));
  });
});

describe('the answer', () => {
  test('is that of asking every pattern, each at most once', () => {
    fc.assert(
      fc.property(
        fc.array(anyShape, { maxLength: 25 }),
        fc.array(nameOf, { minLength: 1, maxLength: 8 }),
        (shapes, names) => {
          const patterns = shapes.map((shape) => countedPattern(shape));
          const index = compileNameIndex(patterns);
          const hits = new HitBuffer();
          for (const name of names) {
            for (const pattern of patterns) pattern.calls = 0;
            index.match(name, hits);
            expect(Math.max(0, ...patterns.map(({ calls }) => calls))).toBeLessThanOrEqual(1);
            expect(sortedValues(hits)).toEqual(asked(patterns, name));
            expect(sortedValues(inSteps(index, name).hits)).toEqual(asked(patterns, name));
          }
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('is that of asking every pattern where many share their literals', () => {
    const shared = fc.constantFrom('a', 'b', 'ab', '_');
    const shape: fc.Arbitrary<NameShape> = fc.oneof(
      fc
        .array(fc.array(shared, { minLength: 1, maxLength: 2 }), { maxLength: 3 })
        .map((required): NameShape => expression(...required)),
      fc
        .array(fc.oneof(shared, fc.constant('')), { minLength: 1, maxLength: 4 })
        .map((parts): NameShape => literals(parts)),
    );
    fc.assert(
      fc.property(
        fc.array(shape, { minLength: 20, maxLength: 60 }),
        fc.array(fc.string({ unit: shared, maxLength: 6 }), { minLength: 1, maxLength: 8 }),
        (shapes, names) => {
          const patterns = shapes.map((each) => countedPattern(each));
          for (const name of names) {
            expect(matched(patterns, name)).toEqual(asked(patterns, name));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('is empty without patterns', () => {
    expect(compileNameIndex([]).patternCount).toBe(0);
    expect(matched([], 'a')).toEqual([]);
  });

  test('treats names such as __proto__ like any other', () => {
    const patterns = ['__proto__', 'constructor', ''].flatMap((name) => [
      countedPattern(literals([name])),
      countedPattern(literals([name, ''])),
    ]);
    expect(matched(patterns, '__proto__')).toEqual([0, 1, 5]);
    expect(matched(patterns, 'constructor')).toEqual([2, 3, 5]);
    expect(matched(patterns, 'toString')).toEqual([5]);
    expect(matched(patterns, '')).toEqual([4, 5]);
  });

  test('keeps names with a newline from the gaps that hold none', () => {
    const shapes = [
      ['a', ''],
      ['', 'a'],
      ['', 'a', ''],
      ['', ''],
    ];
    const patterns = [false, true].flatMap((newlines) =>
      shapes.map((parts) => countedPattern(literals(parts, { newlines }))),
    );
    expect(matched(patterns, 'a\na')).toEqual([4, 5, 6, 7]);
    expect(matched(patterns, 'aa')).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('is exact for literals longer than the index looks for', () => {
    const long = 'ab'.repeat(2000);
    const patterns = [['', `${long}x`], [`x${long}`, ''], ['', `y${long}y`, ''], [long]].map(
      (parts) => countedPattern(literals(parts)),
    );
    expect(matched(patterns, `${long}x`)).toEqual([0]);
    expect(matched(patterns, `x${long}`)).toEqual([1]);
    expect(matched(patterns, `xy${long}yx`)).toEqual([2]);
    expect(matched(patterns, long)).toEqual([3]);
    expect(matched(patterns, `x${long.slice(0, -1)}`)).toEqual([]);
  });
});

describe('patterns as people write them', () => {
  const sources = [
    'user_features',
    'user_.*',
    'user_.+',
    '.*_raw',
    '.*merchant.*',
    '(?i)MERCHANT_.*',
    '(?i).*[kſ]_raw',
    '.*',
    '(?s).*',
    '.+',
    '[a-z]+_v\\d',
    'user_(daily|hourly)_v[0-9]+',
    'user_features|merchant_raw|.*_v1',
    '(?!user_).*',
    'user_.*(?<!_raw)',
    '(?!.*secret).*_v1',
    '.*_.*_.*',
    'a?',
    '',
    '[^\\W\\d_]+',
    'user\\s.*',
    '\u{1F600}.*',
    '(?i)straße.*',
  ];
  const patterns = sources.map((source) => compileNamePattern(source));
  const index = compileNameIndex(patterns);
  const hits = new HitBuffer();

  test('are found as asking each of them finds them', () => {
    const words = ['user', 'User', 'merchant', 'secret', 'daily', 'straße', 'a', 'K', 'ſ'];
    const endings = ['_', '_raw', '_v1', '_v٣', '.agg', '\n', ' ', '\u{1F600}'];
    const word = fc.constantFrom(...words, ...endings);
    const name = fc.array(word, { maxLength: 6 }).map((words) => words.join(''));
    fc.assert(
      fc.property(name, (value) => {
        index.match(value, hits);
        expect(sortedValues(hits)).toEqual(asked(patterns, value));
      }),
      { numRuns: 3000 },
    );
  });

  test('each match one of some names', () => {
    const names = [
      'user_features',
      'merchant_raw',
      'user_daily_v1',
      'USER_K_RAW',
      'user .raw',
      'Merchant_1',
      'driver_v2',
      '',
      '\u{1F600}',
      'straße',
    ];
    const matchedOnce = new Set<number>();
    for (const name of names) {
      index.match(name, hits);
      for (const position of sortedValues(hits)) matchedOnce.add(position);
    }
    expect(sources.filter((_, position) => !matchedOnce.has(position))).toEqual([]);
  });
});

describe('the work', () => {
  test('asks no pattern that is an exact name, a prefix, a suffix or an infix', () => {
    const patterns = [['user_raw'], ['user_', ''], ['', '_raw'], ['', 'er_r', ''], ['raw', '']].map(
      (parts) => countedPattern(literals(parts)),
    );
    expect(matched(patterns, 'user_raw')).toEqual([0, 1, 2, 3]);
    expect(patterns.map(({ calls }) => calls)).toEqual([0, 0, 0, 0, 0]);
  });

  test('tells patterns that share a literal apart by their others', () => {
    const patterns = Array.from({ length: 10_000 }, (_, i) =>
      countedPattern(expression(['_features'], [`team${i}_`], ['_features', '_labels'])),
    );
    expect(matched(patterns, 'team77_daily_features_x')).toEqual([]);
    expect(matched(patterns, 'team77_daily_features')).toEqual([]);
    expect(matched(patterns, 'team7777_hourly_features')).toEqual([7777]);
    expect(patterns.reduce((sum, { calls }) => sum + calls, 0)).toBe(3);
  });

  test('tells patterns apart by two literals where each one is shared', () => {
    const patterns = Array.from({ length: 10_000 }, (_, i) =>
      countedPattern(
        i % 2 === 0
          ? expression([`team${i % 100}_`], [`_v${Math.trunc(i / 100)}_`])
          : literals([`team${i % 100}_`, `_v${Math.trunc(i / 100)}_`, '']),
      ),
    );
    const index = compileNameIndex(patterns);
    const hits = new HitBuffer();
    const names = [
      'team42_daily_v17_a',
      'team43_daily_v17_a',
      'team43_daily_v_17',
      'team42_',
      'v17_',
    ];
    const found = names.map((name) => {
      index.match(name, hits);
      return sortedValues(hits);
    });
    expect(found).toEqual([[1742], [1743], [], [], []]);
    expect(patterns.reduce((sum, { calls }) => sum + calls, 0)).toBe(2);
  });

  test('prefers a longer literal where nothing else tells them apart', () => {
    const pattern = countedPattern(expression(['_'], ['merchant']));
    expect(matched([pattern], 'a_b_c')).toEqual([]);
    expect(pattern.calls).toBe(0);
  });

  test('asks a pattern once, however often a name of a megabyte holds its literals', () => {
    const patterns = [
      countedPattern(expression(['ab', 'ba', 'a'])),
      countedPattern(literals(['a', 'b', 'a', ''])),
      countedPattern({
        kind: 'choice',
        options: [literals(['', 'ab', '', 'b']), literals(['b', 'b', ''])],
      }),
    ];
    expect(matched(patterns, 'ab'.repeat(1 << 19))).toEqual([0, 1, 2]);
    expect(patterns.map(({ calls }) => calls)).toEqual([1, 1, 1]);
  });

  test('stays linear where 2,000 literals lie inside each other', () => {
    const patterns = Array.from({ length: 2000 }, (_, i) =>
      countedPattern(literals(['', 'a'.repeat(i + 1), ''])),
    );
    expect(matched(patterns, 'a'.repeat(1 << 20))).toHaveLength(2000);
    expect(matched(patterns, `${'a'.repeat(1500)}b`)).toHaveLength(1500);
  });
});
