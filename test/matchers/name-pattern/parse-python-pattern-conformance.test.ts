import { beforeAll, describe, expect, test } from 'vitest';
import { loadCharacterNames } from '../../../src/matchers/index.js';
import { dialectOf } from '../../../src/matchers/name-pattern/dialect.js';
import { parsePythonPattern } from '../../../src/matchers/name-pattern/parse-python-pattern.js';
import type { PatternNode } from '../../../src/matchers/name-pattern/pattern-tree.js';
import { PatternUnsupportedError } from '../../../src/model/errors.js';
import { matchesNaively } from './naive-matcher.js';
import { readRecordedLines } from './recorded.js';

beforeAll(loadCharacterNames);

interface SyntaxLine {
  readonly pattern: string;
  readonly error?: { readonly message: string; readonly pos: number | null };
  readonly names?: readonly (readonly [name: string, matches: boolean])[];
}

interface VectorLine {
  readonly id: string;
  readonly pattern: string;
  readonly name: string;
  readonly result?: boolean;
  readonly error?: { readonly class: string; readonly message: string };
}

/** Reasons for which a pattern that Python accepts may be refused. */
const UNSUPPORTED = ['back-reference', 'conditional group'];

/** All was recorded with CPython 3.11. */
function parse(pattern: string): PatternNode | PatternUnsupportedError {
  try {
    return parsePythonPattern(pattern, dialectOf('3.11'));
  } catch (error) {
    if (error instanceof PatternUnsupportedError) return error;
    throw error;
  }
}

/** What the parser says of a pattern, in the terms of the recording. */
function verdict(parsed: PatternNode | PatternUnsupportedError, known: boolean): string {
  if (!(parsed instanceof PatternUnsupportedError)) return 'accepted';
  if (parsed.kind === 'unsupported')
    return UNSUPPORTED.includes(parsed.reason) ? 'accepted' : parsed.reason;
  return known ? `error at ${parsed.position}` : 'error';
}

describe('random patterns that Python was asked about', () => {
  const lines = readRecordedLines<SyntaxLine>('pattern_syntax.jsonl.gz');

  test('are accepted and refused alike, at the same position', () => {
    const known = (line: SyntaxLine): boolean => typeof line.error?.pos === 'number';
    const wrong = lines.flatMap((line) => {
      const python =
        line.error === undefined
          ? 'accepted'
          : known(line)
            ? `error at ${line.error.pos}`
            : 'error';
      const ours = verdict(parse(line.pattern), known(line));
      return ours === python ? [] : [{ pattern: line.pattern, python, ours }];
    });
    expect(wrong).toEqual([]);
    expect(lines.filter((line) => line.error !== undefined).length).toBeGreaterThan(1_000);
  });

  test('give trees that match the same names', () => {
    let matches = 0;
    const wrong: unknown[] = [];
    for (const { pattern, names = [] } of lines) {
      const tree = parse(pattern);
      if (tree instanceof PatternUnsupportedError) continue;
      for (const [name, expected] of names) {
        if (matchesNaively(tree, name) !== expected) wrong.push({ pattern, name, expected });
        if (expected) matches += 1;
      }
    }
    expect(wrong).toEqual([]);
    expect(matches).toBeGreaterThan(3_000);
  });
});

describe('the vectors of Feast', () => {
  const lines = readRecordedLines<VectorLine>('name_patterns.jsonl.gz');

  test.each(lines.filter((line) => line.error !== undefined))(
    '$id: $pattern is an error',
    ({ pattern, error }) => {
      const position = / at position (\d+)/.exec(error?.message ?? '')?.[1];
      const parsed = parse(pattern);
      expect(verdict(parsed, position !== undefined)).toBe(
        position === undefined ? 'error' : `error at ${position}`,
      );
    },
  );

  test('that are valid are parsed, and the trees match the same names', () => {
    const valid = lines.filter((line) => line.error === undefined);
    const wrong = valid.filter(({ pattern, name, result }) => {
      const parsed = parse(pattern);
      if (parsed instanceof PatternUnsupportedError) return verdict(parsed, true) !== 'accepted';
      return matchesNaively(parsed, name) !== result;
    });
    expect(wrong).toEqual([]);
    expect(valid.length).toBeGreaterThan(2_500);
  });
});
