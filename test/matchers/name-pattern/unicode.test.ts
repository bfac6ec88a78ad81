import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  caseClass,
  foldCodePoint,
  foldText,
} from '../../../src/matchers/name-pattern/case-folding.js';
import {
  IDENTIFIER_PART_SET,
  IDENTIFIER_START_SET,
} from '../../../src/matchers/name-pattern/character-classes.js';
import {
  characterNames,
  lookupCharacterName,
} from '../../../src/matchers/name-pattern/character-names.js';
import { setContains } from '../../../src/matchers/name-pattern/code-point-set.js';
import { parsePythonPattern } from '../../../src/matchers/name-pattern/parse-python-pattern.js';
import { MAX_CODE_POINT } from '../../../src/matchers/name-pattern/pattern-tree.js';
import {
  isPythonIdentifier,
  parsePythonInteger,
} from '../../../src/matchers/name-pattern/python-text.js';
import { pythonStrip } from '../../../src/model/python-strip.js';
import { readRecorded } from './recorded.js';

interface RecordedUnicode {
  readonly classes: readonly {
    readonly pattern: string;
    readonly ranges: number;
    readonly sha256: string;
  }[];
  readonly caseClasses: { readonly count: number; readonly sha256: string };
  readonly identifiers: { readonly start: string; readonly part: string };
  readonly names: { readonly count: number; readonly sha256: string };
  readonly lookUps: readonly (readonly [name: string, codePoint: number | null])[];
  readonly strips: readonly (readonly [text: string, stripped: string])[];
  readonly integers: readonly (readonly [text: string, value: number | null])[];
}

const recorded = readRecorded<RecordedUnicode>('unicode.json');

function digest(lines: readonly string[]): string {
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

describe('sets, over all code points', () => {
  test.each(recorded.classes)('$pattern', ({ pattern, ranges, sha256 }) => {
    const tree = parsePythonPattern(pattern);
    if (tree.type !== 'set') throw new Error(`${pattern} is no set`);
    expect(tree.set.length / 2).toBe(ranges);
    expect(digest([tree.set.join(',')])).toBe(sha256);
  });

  test('identifiers', () => {
    expect(digest([IDENTIFIER_START_SET.join(',')])).toBe(recorded.identifiers.start);
    expect(digest([IDENTIFIER_PART_SET.join(',')])).toBe(recorded.identifiers.part);
    expect(['a1', '_', 'é', '1a', '', 'a-b', '変数'].map(isPythonIdentifier)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      true,
    ]);
  });
});

describe('case', () => {
  test('classes are those of Python', () => {
    const lines: string[] = [];
    for (let codePoint = 0; codePoint <= MAX_CODE_POINT; codePoint += 1) {
      const set = caseClass(codePoint);
      if (set[0] === set.at(-1)) continue;
      const members: number[] = [];
      for (let i = 0; i < set.length; i += 2) {
        for (let member = set[i] as number; member <= (set[i + 1] as number); member += 1)
          members.push(member);
      }
      lines.push(`${codePoint}: ${members.join(' ')}`);
    }
    expect(lines.length).toBe(recorded.caseClasses.count);
    expect(digest(lines)).toBe(recorded.caseClasses.sha256);
  });

  test('folding names one member of each class', () => {
    const wrong: number[] = [];
    for (let codePoint = 0; codePoint <= MAX_CODE_POINT; codePoint += 1) {
      const folded = foldCodePoint(codePoint);
      const set = caseClass(codePoint);
      const alike =
        setContains(set, folded) && set.every((member) => foldCodePoint(member) === folded);
      if (!alike) wrong.push(codePoint);
    }
    expect(wrong).toEqual([]);
  });

  test('folding keeps the number of code points', () => {
    expect(foldText('SALES_KſİI')).toBe('sales_ksii');
    expect(foldText('ẞ𐐀🚗\ud83d')).toBe('ß𐐨🚗\ud83d');
    expect(foldText('')).toBe('');
  });
});

describe('character names', () => {
  test('are all there', () => {
    const lines = [...characterNames()].map(([name, codePoint]) => `${name} ${codePoint}`).sort();
    expect(lines.length).toBe(recorded.names.count);
    expect(digest(lines)).toBe(recorded.names.sha256);
  });

  test.each(recorded.lookUps)('%j', (name, codePoint) => {
    expect(lookupCharacterName(name)).toBe(codePoint ?? undefined);
  });
});

test.each(recorded.strips)('%j is stripped', (text, stripped) => {
  expect(pythonStrip(text)).toBe(stripped);
});

test.each(recorded.integers)('%j as an integer', (text, value) => {
  expect(parsePythonInteger(text) ?? null).toEqual(value === 0 ? expect.closeTo(0) : value);
});
