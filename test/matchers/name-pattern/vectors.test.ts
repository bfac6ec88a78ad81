import { beforeAll, describe, expect, test, vi } from 'vitest';
import { loadCharacterNames } from '../../../src/matchers/index.js';
import {
  type CompiledNamePattern,
  compileNamePattern,
} from '../../../src/matchers/name-pattern/compile-name-pattern.js';
import { PatternUnsupportedError } from '../../../src/model/errors.js';
import { readRecorded, readRecordedLines } from './recorded.js';

beforeAll(loadCharacterNames);

interface VectorLine {
  readonly id: string;
  readonly pattern: string;
  readonly name: string;
  readonly result?: boolean;
  readonly error?: { readonly message: string };
}

interface Divergence {
  readonly pattern: string;
  readonly reason: string;
}

interface SyntaxLine {
  readonly pattern: string;
  readonly names?: readonly (readonly [name: string, matches: boolean])[];
}

interface SemanticsHeader {
  readonly names: Readonly<Record<string, readonly string[]>>;
}

interface SemanticsLine {
  readonly family: string;
  readonly pattern: string;
  readonly answers: string;
}

/** What a pattern that Python accepts may be refused for. */
const UNSUPPORTED = /^(back-reference|conditional group|look-around .*|repeated look-around)$/;

/** All was recorded with CPython 3.11. */
function compile(pattern: string): CompiledNamePattern | PatternUnsupportedError {
  try {
    return compileNamePattern(pattern, '3.11');
  } catch (error) {
    if (error instanceof PatternUnsupportedError) return error;
    throw error;
  }
}

/** Patterns come in rows: each is compiled once. */
function compileOnce(): (pattern: string) => CompiledNamePattern | PatternUnsupportedError {
  const known = new Map<string, CompiledNamePattern | PatternUnsupportedError>();
  return (pattern) => {
    const compiled = known.get(pattern) ?? compile(pattern);
    known.set(pattern, compiled);
    return compiled;
  };
}

describe('names and patterns recorded from Python', () => {
  const lines = readRecordedLines<VectorLine>('name_patterns.jsonl.gz');
  const { name_patterns: divergences } = readRecorded<{
    readonly name_patterns: readonly Divergence[];
  }>('known-divergences.json');
  const diverging = new Map(divergences.map((row) => [row.pattern, row]));
  const compiled = compileOnce();

  test('get the recorded answer', () => {
    const wrong = lines.filter((line) => {
      if (diverging.has(line.pattern)) return false;
      const pattern = compiled(line.pattern);
      if (pattern instanceof PatternUnsupportedError) {
        return line.error === undefined || pattern.kind !== 'invalid';
      }
      return pattern.test(line.name) !== line.result;
    });
    expect(wrong).toEqual([]);
    expect(lines.length).toBe(2796);
  });

  test.each(divergences)('$pattern diverges: $reason', ({ pattern, reason }) => {
    const line = lines.find((candidate) => candidate.pattern === pattern) as VectorLine;
    const ours = compiled(pattern);
    if (reason.startsWith('stripped')) {
      expect(ours instanceof PatternUnsupportedError).toBe(line.error === undefined);
    } else {
      expect(line.error).toBeUndefined();
      expect(ours).toMatchObject({ kind: 'unsupported' });
    }
  });

  test('every divergence is of a recorded pattern', () => {
    const recorded = new Set(lines.map((line) => line.pattern));
    expect(divergences.filter(({ pattern }) => !recorded.has(pattern))).toEqual([]);
  });
});

describe('random patterns recorded from Python', () => {
  test('get the recorded answers', () => {
    const compiled = compileOnce();
    const wrong: unknown[] = [];
    let answers = 0;
    for (const { pattern, names } of readRecordedLines<SyntaxLine>('pattern_syntax.jsonl.gz')) {
      // These were recorded without stripping the pattern.
      if (names === undefined || pattern.trim() !== pattern) continue;
      const ours = compiled(pattern);
      if (ours instanceof PatternUnsupportedError) {
        if (ours.kind !== 'unsupported' || !UNSUPPORTED.test(ours.reason)) wrong.push(ours);
        continue;
      }
      for (const [name, matches] of names) {
        answers += 1;
        if (ours.test(name) !== matches) wrong.push({ pattern, name, matches });
      }
    }
    expect(wrong).toEqual([]);
    expect(answers).toBeGreaterThan(15_000);
  });
});

describe('atomic groups, look-around, anchors and high counts recorded from Python', () => {
  const [header, ...lines] = readRecordedLines<SemanticsHeader & SemanticsLine>(
    'pattern_semantics.jsonl.gz',
  );
  const names = (header as SemanticsHeader).names;

  function answersOf(pattern: CompiledNamePattern, family: string): string {
    return (names[family] ?? []).map((name) => (pattern.test(name) ? '1' : '0')).join('');
  }

  test.each(Object.keys(names))('%s', (family) => {
    const ofFamily = lines.filter((line) => line.family === family);
    const refused: PatternUnsupportedError[] = [];
    const wrong: unknown[] = [];
    for (const { pattern, answers } of ofFamily) {
      const ours = compile(pattern);
      if (ours instanceof PatternUnsupportedError) refused.push(ours);
      else if (answersOf(ours, family) !== answers) wrong.push({ pattern, answers });
    }
    expect(wrong).toEqual([]);
    expect(refused.filter((error) => !UNSUPPORTED.test(error.reason))).toEqual([]);
    expect(refused.length).toBeLessThan(ofFamily.length / 10);
  });

  test('a rewrite has the answers of the pattern', () => {
    const wrong: unknown[] = [];
    let rewrites = 0;
    for (const { family, pattern, answers } of lines) {
      const ours = compile(pattern);
      if (!(ours instanceof PatternUnsupportedError) || ours.rewrite === undefined) continue;
      rewrites += 1;
      if (answersOf(compileNamePattern(ours.rewrite), family) !== answers) {
        wrong.push({ pattern, rewrite: ours.rewrite });
      }
    }
    expect(wrong).toEqual([]);
    expect(rewrites).toBeGreaterThan(5);
  });
});

describe('patterns with repeats inside of repeats', () => {
  const READERS = ['charCodeAt', 'codePointAt', 'charAt', 'at'] as const;

  /** How often a match reads a character of anything: a count that no clock has a part in. */
  function readsFor(matches: (name: string) => boolean, name: string): number {
    const spies = READERS.map((reader) => vi.spyOn(String.prototype, reader));
    try {
      matches(name);
      return spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
  }

  test.each([
    ['(?:x+)+_v', 'xxxx_v', 'xxxx_w'],
    ['(?:x|x)*_v', 'xx_v', 'xx'],
    ['(?:x|xx)+', 'xxx', 'xxy'],
    ['(?:[a-z]+_?)+\\d', 'ride_day_1', 'ride_day_'],
    ['(?:x+)+(?<!y)', 'xxx', 'xxy'],
  ])('%s reads each character of a short name a few times', (pattern, matching, other) => {
    const { test: matches } = compileNamePattern(pattern);
    expect([matches(matching), matches(other)]).toEqual([true, false]);
    for (const length of [8, 16, 24]) {
      const reads = readsFor(matches, `${'x'.repeat(length)}!`);
      expect(reads).toBeGreaterThan(0);
      expect(reads).toBeLessThanOrEqual(4 * length);
    }
  });
});
