import { RE2JS } from 're2js';
import { PatternUnsupportedError } from '../../model/errors.js';
import type { NamePatternSource } from '../../model/permission.js';
import { pythonStrip } from '../../model/python-strip.js';
import { DEFAULT_PYTHON, type PythonVersion } from '../../model/python-version.js';
import { compileBackwardTest } from './backward-matcher.js';
import {
  buildBackwardProgram,
  MAX_PATTERN_STATES,
  ProgramTooLargeError,
  TOO_MANY_STATES,
} from './backward-program.js';
import { singleCodePoint } from './code-point-set.js';
import { compileCountingTest } from './compile-counting-test.js';
import { countBits, hasCounts, isCountable } from './counting-program.js';
import { type Dialect, dialectOf } from './dialect.js';
import type { Formula } from './formula.js';
import { rewriteGlobLookalike } from './glob-lookalike.js';
import { literalShape } from './literal-shape.js';
import { compileShapeTest, type NameShape, type RequiredLiterals } from './name-shape.js';
import { compileOneWayTest } from './one-way-matcher.js';
import { parseGlob } from './parse-glob.js';
import { parsePythonPattern } from './parse-python-pattern.js';
import type { PatternNode } from './pattern-tree.js';
import { plainShape } from './plain-shape.js';
import { re2Size, re2Source } from './re2-source.js';
import {
  requiredByAll,
  requiredByAny,
  requiredByShape,
  requiredLiterals,
} from './required-literals.js';
import { simplifyPattern } from './simplify-pattern.js';
import { LookAroundError, splitLookAround } from './split-look-around.js';
import { rewriteTemperedDot } from './tempered-dot.js';

/** One name pattern, ready to be asked. */
export interface CompiledNamePattern {
  readonly source: NamePatternSource;
  readonly shape: NameShape;
  /**
   * What an engine may have to look at for each character of a name: the bound of a test's time is
   * this number times the name's length. 0 where the shape is all that has to be looked for, one
   * for each row of an alternation of plain rows.
   */
  readonly states: number;
  /** Whether the pattern matches the whole `name`. Exact, in time linear in the name. */
  test(name: string): boolean;
}

/**
 * Compiles a name pattern into an exact test that takes time linear in the name, whatever the
 * pattern.
 *
 * Shape: a string is a regular expression of Python's `re` and stripped as Python's `str.strip`
 * does. `python` is the version that reads it; globs mean the same to all.
 *
 * @throws {@link PatternUnsupportedError} `invalid` where Python refuses the pattern; `unsupported`
 * for back-references, conditionals, look-around at no fixed distance from an end, and patterns too
 * large to run
 * @source Feast matches names with `re.fullmatch`; same answers, other methods
 * @example
 * compileNamePattern('(?!secret_).*').test('driver_stats') // true
 */
export function compileNamePattern(
  source: NamePatternSource,
  python: PythonVersion = DEFAULT_PYTHON,
): CompiledNamePattern {
  const plain = typeof source === 'string' ? plainShape(pythonStrip(source)) : undefined;
  if (plain !== undefined)
    return { source, shape: plain, test: compileShapeTest(plain), states: 0 };
  return withFormula(source, python, (formula) => {
    const { shape, test, states } = compileFormula(formula);
    if (states > MAX_PATTERN_STATES) throw new ProgramTooLargeError(TOO_MANY_STATES);
    return { source, shape, test, states };
  });
}

/**
 * What a pattern matches, as a combination of trees without look-around.
 *
 * @throws {@link PatternUnsupportedError} as {@link compileNamePattern} does, but for patterns that
 *   are too large to run
 */
export function parseNamePattern(
  source: NamePatternSource,
  python: PythonVersion = DEFAULT_PYTHON,
): Formula {
  return withFormula(source, python, (formula) => formula);
}

/** @param use makes something of the pattern; what it cannot run, it throws */
function withFormula<T>(
  source: NamePatternSource,
  python: PythonVersion,
  use: (formula: Formula) => T,
): T {
  const dialect = dialectOf(python);
  const { text, tree } = parseTree(source, dialect);
  try {
    return use(splitLookAround(tree));
  } catch (error) {
    throw unsupportedError(error, text, tree, dialect);
  }
}

function parseTree(
  source: NamePatternSource,
  dialect: Dialect,
): {
  readonly text: string;
  readonly tree: PatternNode;
} {
  if (typeof source !== 'string') return { text: source.glob, tree: parseGlob(source.glob) };
  const text = pythonStrip(source);
  return { text, tree: parseRegularExpression(text, dialect) };
}

/** A pattern such as `*_raw` is refused at its star: it is a glob. */
function parseRegularExpression(pattern: string, dialect: Dialect): PatternNode {
  try {
    return parsePythonPattern(pattern, dialect);
  } catch (error) {
    const rewrite = rewriteGlobLookalike(pattern);
    if (!(error instanceof PatternUnsupportedError) || rewrite === undefined) throw error;
    throw new PatternUnsupportedError({ ...error, rewrite }, { cause: error.cause });
  }
}

function unsupportedError(
  error: unknown,
  pattern: string,
  tree: PatternNode,
  dialect: Dialect,
): unknown {
  if (error instanceof LookAroundError) {
    const rewrite = rewriteTemperedDot(simplifyPattern(tree), dialect);
    const { position } = error.look;
    return new PatternUnsupportedError({
      kind: 'unsupported',
      pattern,
      position,
      reason: error.message,
      rewrite,
    });
  }
  if (error instanceof ProgramTooLargeError) {
    return new PatternUnsupportedError({
      kind: 'unsupported',
      pattern,
      position: 0,
      reason: error.message,
    });
  }
  return error;
}

interface Compiled {
  readonly shape: NameShape;
  readonly test: (name: string) => boolean;
  readonly states: number;
  /** No regex engine runs. */
  readonly cheap: boolean;
}

function compileFormula(formula: Formula): Compiled {
  switch (formula.type) {
    case 'leaf':
      return compileTree(formula.tree);
    case 'not': {
      const { test, states, cheap } = compileFormula(formula.part);
      const shape: NameShape = { kind: 'expression', required: [] };
      return { shape, test: (name) => !test(name), states, cheap };
    }
    case 'and': {
      const parts = cheapFirst(formula.parts.map(compileFormula));
      const required = requiredByAll(parts.map((part) => requiredByShape(part.shape)));
      return combined(parts, required, (name) => parts.every((part) => part.test(name)));
    }
    case 'or': {
      const parts = cheapFirst(formula.parts.map(compileFormula));
      const required = requiredByAny(parts.map((part) => requiredByShape(part.shape)));
      return combined(parts, required, (name) => parts.some((part) => part.test(name)));
    }
  }
}

function cheapFirst(parts: readonly Compiled[]): readonly Compiled[] {
  return [...parts.filter((part) => part.cheap), ...parts.filter((part) => !part.cheap)];
}

function combined(
  parts: readonly Compiled[],
  required: readonly RequiredLiterals[],
  test: (name: string) => boolean,
): Compiled {
  return {
    shape: { kind: 'expression', required },
    test,
    states: parts.reduce((total, part) => total + part.states, 0),
    cheap: parts.every((part) => part.cheap),
  };
}

function compileTree(tree: PatternNode): Compiled {
  const shape = literalShape(tree);
  if (shape !== undefined) return { shape, test: compileShapeTest(shape), states: 0, cheap: true };
  const oneWay = compileOneWayTest(tree);
  if (oneWay !== undefined) {
    const required = requiredLiterals(tree);
    const states = tree.type === 'choice' ? tree.options.length : 1;
    return { shape: { kind: 'expression', required }, test: oneWay, states, cheap: true };
  }
  const items = tree.type === 'sequence' ? tree.items : [tree];
  const prefix = literalStart(items).join('');
  const suffix = literalStart(items.toReversed()).toReversed().join('');
  const { test, states } = compileEngineTest(tree);
  return {
    shape: { kind: 'expression', required: requiredLiterals(tree) },
    test: guardEnds(prefix, suffix, test),
    states,
    cheap: false,
  };
}

/**
 * States of an engine that goes through all that are live for each character: on a name of 256
 * characters that takes about 25 ms, which nothing can interrupt. Counters are passed over by the
 * word, and take less.
 */
const MAX_WALKED_STATES = 5000;

/**
 * Counters where counts are many, RE2 where it can say the rest, since it is fast; both are made at
 * the first use. What neither can say goes through the name from its end.
 *
 * @throws {@link ProgramTooLargeError} where a test could take too long
 */
function compileEngineTest(tree: PatternNode): Pick<Compiled, 'test' | 'states'> {
  const size = re2Size(tree);
  const bits = countBits(tree);
  const countable = bits <= MAX_PATTERN_STATES && isCountable(tree);
  if (countable && hasCounts(tree)) return { test: compileCountingTest(tree), states: bits };
  const source = re2Source(tree);
  if (source !== undefined && size <= MAX_WALKED_STATES)
    return { test: compileRe2Test(source), states: size };
  if (countable) return { test: compileCountingTest(tree), states: bits };
  const program = buildBackwardProgram(tree);
  if (program.states.length > MAX_WALKED_STATES) {
    throw new ProgramTooLargeError(`pattern that takes more than ${MAX_WALKED_STATES} states`);
  }
  return { test: compileBackwardTest(tree, program), states: program.states.length };
}

function compileRe2Test(source: string): (name: string) => boolean {
  let engine: RE2JS | undefined;
  return (name) => {
    engine ??= RE2JS.compile(source);
    return engine.testExact(name);
  };
}

/** Looks at the literal ends of a pattern before any engine runs. */
function guardEnds(
  prefix: string,
  suffix: string,
  test: (name: string) => boolean,
): (name: string) => boolean {
  if (prefix === '' && suffix === '') return test;
  return (name) => name.startsWith(prefix) && name.endsWith(suffix) && test(name);
}

/** The characters that `items` start with, up to the first that is not one character. */
function literalStart(items: readonly PatternNode[]): string[] {
  const characters: string[] = [];
  for (const item of items) {
    const codePoint = item.type === 'set' ? singleCodePoint(item.set) : undefined;
    if (codePoint === undefined || (codePoint >= 0xd800 && codePoint <= 0xdfff)) break;
    characters.push(String.fromCodePoint(codePoint));
  }
  return characters;
}
