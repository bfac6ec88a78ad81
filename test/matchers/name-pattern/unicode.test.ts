import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  CaseFolding,
  caseClass,
  foldCodePoint,
  foldText,
} from '../../../src/matchers/name-pattern/case-folding.js';
import {
  characterNames,
  lookupCharacterName,
} from '../../../src/matchers/name-pattern/character-names.js';
import { setContains } from '../../../src/matchers/name-pattern/code-point-set.js';
import { dialectOf } from '../../../src/matchers/name-pattern/dialect.js';
import { parsePythonPattern } from '../../../src/matchers/name-pattern/parse-python-pattern.js';
import { MAX_CODE_POINT } from '../../../src/matchers/name-pattern/pattern-tree.js';
import {
  isPythonIdentifier,
  parsePythonInteger,
} from '../../../src/matchers/name-pattern/python-text.js';
import { pythonStrip } from '../../../src/model/python-strip.js';
import { PYTHON_VERSIONS } from '../../../src/model/python-version.js';
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

function digest(lines: readonly string[]): string {
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

describe.each(PYTHON_VERSIONS)('Python %s', (python) => {
  const recorded = readRecorded<RecordedUnicode>(`unicode/${python}.json`);
  const dialect = dialectOf(python);

  test.each(recorded.classes)('$pattern, over all code points', ({ pattern, ranges, sha256 }) => {
    const tree = parsePythonPattern(pattern, dialect);
    if (tree.type !== 'set') throw new Error(`${pattern} is no set`);
    expect(tree.set.length / 2).toBe(ranges);
    expect(digest([tree.set.join(',')])).toBe(sha256);
  });

  test('takes the same characters for those of identifiers', () => {
    expect(digest([dialect.classes.identifierStart.join(',')])).toBe(recorded.identifiers.start);
    expect(digest([dialect.classes.identifierPart.join(',')])).toBe(recorded.identifiers.part);
  });

  test('has the same classes of case', () => {
    const lines: string[] = [];
    for (let codePoint = 0; codePoint <= MAX_CODE_POINT; codePoint += 1) {
      const set = dialect.cases.classOf(codePoint);
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

  test('folds each class of case to one of its members', () => {
    const cases = new CaseFolding(python);
    const wrong: number[] = [];
    for (let codePoint = 0; codePoint <= MAX_CODE_POINT; codePoint += 1) {
      const folded = cases.fold(codePoint);
      const set = cases.classOf(codePoint);
      const alike = setContains(set, folded) && set.every((one) => cases.fold(one) === folded);
      if (!alike) wrong.push(codePoint);
    }
    expect(wrong).toEqual([]);
  });

  test('knows the same character names', () => {
    const lines = [...characterNames()]
      .filter(([name]) => lookupCharacterName(name, python) !== undefined)
      .map(([name, codePoint]) => `${name} ${codePoint}`)
      .sort();
    expect(lines.length).toBe(recorded.names.count);
    expect(digest(lines)).toBe(recorded.names.sha256);
  });

  test('looks the same code points up', () => {
    const found = recorded.lookUps.map(([name]) => [
      name,
      lookupCharacterName(name, python) ?? null,
    ]);
    expect(found).toEqual(recorded.lookUps);
  });

  test.each(recorded.strips)('%j is stripped', (text, stripped) => {
    expect(pythonStrip(text)).toBe(stripped);
  });

  test.each(recorded.integers)('%j as an integer', (text, value) => {
    const ours = parsePythonInteger(text, dialect.classes) ?? null;
    expect(ours).toEqual(value === 0 ? expect.closeTo(0) : value);
  });
});

test('identifiers are letters and digits of any script, not starting with a digit', () => {
  const { classes } = dialectOf('3.12');
  const texts = ['a1', '_', 'é', '1a', '', 'a-b', '変数'];
  expect(texts.filter((text) => isPythonIdentifier(text, classes))).toEqual([
    'a1',
    '_',
    'é',
    '変数',
  ]);
});

describe('the folding of the index', () => {
  test('keeps the number of code points', () => {
    expect(foldText('SALES_KſİI')).toBe('sales_ksii');
    expect(foldText('ẞ𐐀🚗\ud83d')).toBe('ß𐐨🚗\ud83d');
    expect(foldText('')).toBe('');
  });

  test('names the class of each character', () => {
    expect(caseClass(0x6b)).toEqual([0x4b, 0x4b, 0x6b, 0x6b, 0x212a, 0x212a]);
    expect(caseClass(0x212a).map(foldCodePoint)).toEqual(Array(6).fill(0x6b));
  });
});
