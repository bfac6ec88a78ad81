import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, test } from 'vitest';
import { compileBackwardTest } from '../../../src/matchers/name-pattern/backward-matcher.js';
import { foldText } from '../../../src/matchers/name-pattern/case-folding.js';
import { compileCountingTest } from '../../../src/matchers/name-pattern/compile-counting-test.js';
import { hasCounts, isCountable } from '../../../src/matchers/name-pattern/counting-program.js';
import { DEFAULT_DIALECT } from '../../../src/matchers/name-pattern/dialect.js';
import type { Formula } from '../../../src/matchers/name-pattern/formula.js';
import { literalShape } from '../../../src/matchers/name-pattern/literal-shape.js';
import { compileShapeTest } from '../../../src/matchers/name-pattern/name-shape.js';
import { parsePythonPattern } from '../../../src/matchers/name-pattern/parse-python-pattern.js';
import type { PatternNode } from '../../../src/matchers/name-pattern/pattern-tree.js';
import { pythonSource } from '../../../src/matchers/name-pattern/python-source.js';
import { re2Source } from '../../../src/matchers/name-pattern/re2-source.js';
import { requiredLiterals } from '../../../src/matchers/name-pattern/required-literals.js';
import { simplifyPattern } from '../../../src/matchers/name-pattern/simplify-pattern.js';
import {
  LookAroundError,
  splitLookAround,
} from '../../../src/matchers/name-pattern/split-look-around.js';
import { PROPERTY_TIMEOUT_MS, propertyRuns } from '../../support/property-runs.js';
import { arbitraryName, arbitraryPattern } from './arbitrary-pattern.js';
import { matchesNaively, TooManySteps } from './naive-matcher.js';

const names = fc.array(arbitraryName, { minLength: 4, maxLength: 8 });

/** The answer of the backtracking matcher; a case that takes it too long is left out. */
function naiveAnswer(tree: PatternNode, name: string): boolean {
  try {
    return matchesNaively(tree, name);
  } catch (error) {
    fc.pre(!(error instanceof TooManySteps));
    throw error;
  }
}

function answerOf(formula: Formula, name: string): boolean {
  switch (formula.type) {
    case 'leaf':
      return naiveAnswer(formula.tree, name);
    case 'not':
      return !answerOf(formula.part, name);
    case 'and':
      return formula.parts.every((part) => answerOf(part, name));
    case 'or':
      return formula.parts.some((part) => answerOf(part, name));
  }
}

function property(
  pattern: fc.Arbitrary<PatternNode>,
  check: (tree: PatternNode, name: string) => void,
): void {
  fc.assert(
    fc.property(pattern, names, (tree, tried) => {
      for (const name of tried) check(tree, name);
    }),
    propertyRuns(1_000, 50_000),
  );
}

const everything = arbitraryPattern({ anchors: true, atomic: true, looks: true });
const withoutLooks = arbitraryPattern({ anchors: true, atomic: true });
const plain = arbitraryPattern({});

describe('random trees', { timeout: PROPERTY_TIMEOUT_MS }, () => {
  test('match the same names when simplified', () => {
    property(everything, (tree, name) => {
      expect(naiveAnswer(simplifyPattern(tree), name)).toBe(naiveAnswer(tree, name));
    });
  });

  test('match the same names read backward as in the order of Python', () => {
    property(withoutLooks, (tree, name) => {
      const simple = simplifyPattern(tree);
      expect(compileBackwardTest(simple)(name)).toBe(naiveAnswer(simple, name));
    });
  });

  test('match the same names when look-around is split off', () => {
    let split = 0;
    property(everything, (tree, name) => {
      let formula: Formula;
      try {
        formula = splitLookAround(tree);
      } catch (error) {
        if (error instanceof LookAroundError) return;
        throw error;
      }
      if (formula.type !== 'leaf') split += 1;
      expect(answerOf(formula, name)).toBe(naiveAnswer(tree, name));
    });
    expect(split).toBeGreaterThan(0);
  });

  test('match the same names in RE2 as read backward', () => {
    const anchored = arbitraryPattern({ anchors: true });
    let compiled = 0;
    property(anchored, (tree, name) => {
      const simple = simplifyPattern(tree);
      const source = re2Source(simple);
      if (source === undefined) return;
      compiled += 1;
      expect(RE2JS.compile(source).testExact(name)).toBe(compileBackwardTest(simple)(name));
    });
    expect(compiled).toBeGreaterThan(0);
  });

  test('match the same names by counters as in the order of Python', () => {
    let counted = 0;
    property(plain, (tree, name) => {
      const simple = simplifyPattern(tree);
      if (!isCountable(simple)) return;
      if (hasCounts(simple)) counted += 1;
      expect(compileCountingTest(simple)(name)).toBe(naiveAnswer(simple, name));
    });
    expect(counted).toBeGreaterThan(0);
  });

  test('match the same names by shape as read backward', () => {
    let shaped = 0;
    property(plain, (tree, name) => {
      const simple = simplifyPattern(tree);
      const shape = literalShape(simple);
      if (shape === undefined) return;
      shaped += 1;
      expect(compileShapeTest(shape)(name)).toBe(compileBackwardTest(simple)(name));
    });
    expect(shaped).toBeGreaterThan(0);
  });

  test('match only names with the required literals', () => {
    let required = 0;
    property(withoutLooks, (tree, name) => {
      const simple = simplifyPattern(tree);
      if (!compileBackwardTest(simple)(name)) return;
      for (const { anyOf, folded } of requiredLiterals(simple)) {
        required += 1;
        const text = folded ? foldText(name) : name;
        expect(anyOf.some((literal) => text.includes(literal))).toBe(true);
        expect(anyOf.every((literal) => literal !== '')).toBe(true);
      }
    });
    expect(required).toBeGreaterThan(0);
  });

  test('match the same names when written down for Python and read again', () => {
    property(everything, (tree, name) => {
      const source = pythonSource(tree, DEFAULT_DIALECT, 10_000) as string;
      expect(naiveAnswer(parsePythonPattern(source), name)).toBe(naiveAnswer(tree, name));
    });
  });
});
