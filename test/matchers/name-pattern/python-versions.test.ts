import { isDeepStrictEqual } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadCharacterNames } from '../../../src/matchers/index.js';
import { setContains } from '../../../src/matchers/name-pattern/code-point-set.js';
import {
  type CompiledNamePattern,
  compileNamePattern,
} from '../../../src/matchers/name-pattern/compile-name-pattern.js';
import { dialectOf } from '../../../src/matchers/name-pattern/dialect.js';
import { parsePythonPattern } from '../../../src/matchers/name-pattern/parse-python-pattern.js';
import { MAX_CODE_POINT } from '../../../src/matchers/name-pattern/pattern-tree.js';
import {
  mayDependOnVersion,
  readByAllVersions,
} from '../../../src/matchers/name-pattern/version-differences.js';
import { PatternUnsupportedError } from '../../../src/model/errors.js';
import { PYTHON_VERSIONS, type PythonVersion } from '../../../src/model/python-version.js';
import { readRecordedLines } from './recorded.js';

type Answer = string | { readonly error: string; readonly pos: number | null };

/** What is left out is what 3.11 says of the same pattern in another recording. */
interface Row extends Readonly<Partial<Record<PythonVersion, Answer>>> {
  readonly pattern: string;
  readonly names: readonly string[];
}

interface SyntaxLine {
  readonly pattern: string;
  readonly names?: readonly (readonly [name: string, matches: boolean])[];
}

/** What a pattern that Python accepts may be refused for. */
const UNSUPPORTED = /^(back-reference|conditional group|look-around .*|repeated look-around)$/;

const [header, ...rows] = readRecordedLines<Row & { readonly same: number }>(
  'pattern_versions.jsonl.gz',
);
const differing = new Set(rows.map((row) => row.pattern));
const shared = readRecordedLines<SyntaxLine>('pattern_syntax.jsonl.gz').filter(
  ({ pattern }) => !differing.has(pattern),
);
let refusedBy311: readonly boolean[] = [];

beforeAll(async () => {
  await loadCharacterNames();
  refusedBy311 = shared.map(({ pattern }) => isRefused(pattern, '3.11'));
});

function attempt<T>(action: () => T): T | PatternUnsupportedError {
  try {
    return action();
  } catch (error) {
    if (error instanceof PatternUnsupportedError) return error;
    throw error;
  }
}

function isRefused(pattern: string, python: PythonVersion): boolean {
  const parsed = attempt(() => parsePythonPattern(pattern, dialectOf(python)));
  return parsed instanceof PatternUnsupportedError;
}

/**
 * What we make of a pattern, in the terms of the recording; undefined: refused for one of the known
 * reasons.
 */
function answerOf({ pattern, names, ...recorded }: Row, python: PythonVersion): unknown {
  const wanted = recorded[python];
  const compiled = attempt(() => compileNamePattern(pattern, python));
  if (!(compiled instanceof PatternUnsupportedError)) return answersOn(compiled, names);
  if (compiled.kind === 'unsupported')
    return UNSUPPORTED.test(compiled.reason) ? undefined : compiled.reason;
  const pos = typeof wanted === 'object' ? wanted.pos : undefined;
  return { error: pos === null ? null : compiled.position };
}

/** Without the words of the error, which are ours. */
function place(answer: Answer): unknown {
  return typeof answer === 'string' ? answer : { error: answer.pos };
}

function answersOn(pattern: CompiledNamePattern, names: readonly string[]): string {
  return names.map((name) => (pattern.test(name) ? '1' : '0')).join('');
}

describe.each(PYTHON_VERSIONS)('Python %s', (python) => {
  test('gives the recorded answers, and refuses what it refuses, at the same place', () => {
    let refused = 0;
    const wrong: unknown[] = [];
    for (const row of rows) {
      const wanted = row[python];
      // Patterns are stripped before they are read.
      if (wanted === undefined || row.pattern.trim() !== row.pattern) continue;
      const ours = answerOf(row, python);
      if (ours === undefined && typeof wanted === 'string') refused += 1;
      else if (!isDeepStrictEqual(ours, place(wanted))) wrong.push({ row, wanted, ours });
    }
    expect(wrong).toEqual([]);
    expect(refused).toBeLessThan(rows.length / 10);
  });

  test('reads all other recorded patterns as 3.11 does', () => {
    const wrong = shared.filter(
      ({ pattern }, index) => isRefused(pattern, python) !== refusedBy311[index],
    );
    expect(wrong).toEqual([]);
    expect(shared.length).toBeGreaterThan(3000);
  });
});

test('most recorded patterns mean the same to all versions', () => {
  expect(header?.same).toBeGreaterThan(6000);
});

test('names for which versions disagree are told beforehand', () => {
  const missed: unknown[] = [];
  let disagreements = 0;
  for (const { pattern, names, ...answers } of rows) {
    const texts = PYTHON_VERSIONS.map((python) => answers[python]).filter(
      (answer) => typeof answer === 'string',
    );
    for (const [index, name] of names.entries()) {
      if (new Set(texts.map((text) => text[index])).size < 2) continue;
      disagreements += 1;
      const isTold =
        readByAllVersions(pattern, [name]) !== undefined && mayDependOnVersion(pattern, name);
      if (!isTold) missed.push({ pattern, name });
    }
  }
  expect(missed).toEqual([]);
  expect(disagreements).toBeGreaterThan(200);
});

test('a code point that two versions class differently is told beforehand', () => {
  const [oldest, newest] = [PYTHON_VERSIONS[0], PYTHON_VERSIONS.at(-1) ?? '3.14'].map(dialectOf);
  if (oldest === undefined || newest === undefined) throw new TypeError('no versions');
  const isSame = (codePoint: number): boolean => {
    const before = oldest.cases.classOf(codePoint);
    const after = newest.cases.classOf(codePoint);
    return (
      setContains(oldest.classes.word, codePoint) === setContains(newest.classes.word, codePoint) &&
      setContains(oldest.classes.digit, codePoint) ===
        setContains(newest.classes.digit, codePoint) &&
      (before === after || String(before) === String(after))
    );
  };
  const missed: number[] = [];
  for (let codePoint = 0; codePoint <= MAX_CODE_POINT; codePoint++) {
    if (isSame(codePoint)) continue;
    if (!mayDependOnVersion('[^a]', String.fromCodePoint(codePoint))) missed.push(codePoint);
  }
  expect(missed).toEqual([]);
});

test('patterns that only some versions accept are told beforehand', () => {
  const missed = rows.filter(({ pattern, names: _names, ...answers }) => {
    const kinds = new Set(Object.values(answers).map((answer) => typeof answer));
    return (
      kinds.has('string') && kinds.has('object') && readByAllVersions(pattern, []) === undefined
    );
  });
  expect(missed).toEqual([]);
});
