import { RE2JS } from 're2js';
import { PatternUnsupportedError } from '../../model/errors.js';
import { compileBackwardTest } from './backward-matcher.js';
import { ProgramTooLargeError } from './backward-program.js';
import { singleCodePoint } from './code-point-set.js';
import type { Formula } from './formula.js';
import { literalShape } from './literal-shape.js';
import { compileShapeTest, type NameShape } from './name-shape.js';
import { parseGlob } from './parse-glob.js';
import { parsePythonPattern } from './parse-python-pattern.js';
import { re2Source } from './pattern-source.js';
import type { PatternNode } from './pattern-tree.js';
import { pythonStrip } from './python-strip.js';
import { requiredByAll, requiredByAny, requiredByShape, requiredLiterals } from './required-literals.js';
import { simplifyPattern } from './simplify-pattern.js';
import { LookAroundError, splitLookAround } from './split-look-around.js';
import { rewriteTemperedDot } from './tempered-dot.js';

/** A Python regular expression, which has to match the whole name, or a glob. */
export type NamePatternSource = string | { readonly glob: string };

/** One name pattern, ready to be asked. */
export interface CompiledNamePattern {
  readonly source: NamePatternSource;
  readonly shape: NameShape;
  /** Whether the pattern matches the whole `name`. Exact, in time linear in the name. */
  test(name: string): boolean;
}

/**
 * Compiles a name pattern into an exact test that takes time linear in the name, whatever the pattern.
 *
 * Shape: a string is a regular expression of Python's `re` and stripped as Python's `str.strip` does.
 *
 * @throws {@link PatternUnsupportedError} `invalid` where Python refuses the pattern; `unsupported` for back-references,
 * conditionals, look-around at no fixed distance from an end, and patterns too large to run
 * @source Feast matches names with `re.fullmatch`; same answers, other methods
 * @example
 * compileNamePattern('(?!secret_).*').test('driver_stats') // true
 */
export function compileNamePattern(source: NamePatternSource): CompiledNamePattern {
  const text = typeof source === 'string' ? pythonStrip(source) : source.glob;
  const tree = typeof source === 'string' ? parsePythonPattern(text) : parseGlob(text);
  try {
    const { shape, test } = compileFormula(splitLookAround(tree));
    return { source, shape, test };
  } catch (error) {
    throw unsupportedError(error, text, tree);
  }
}

function unsupportedError(error: unknown, pattern: string, tree: PatternNode): unknown {
  if (error instanceof LookAroundError) {
    const rewrite = rewriteTemperedDot(simplifyPattern(tree));
    const { position } = error.look;
    return new PatternUnsupportedError({ kind: 'unsupported', pattern, position, reason: error.message, rewrite });
  }
  if (error instanceof ProgramTooLargeError) {
    return new PatternUnsupportedError({ kind: 'unsupported', pattern, position: 0, reason: error.message });
  }
  return error;
}

type Compiled = Pick<CompiledNamePattern, 'shape' | 'test'>;

function compileFormula(formula: Formula): Compiled {
  switch (formula.type) {
    case 'leaf':
      return compileTree(formula.tree);
    case 'not': {
      const part = compileFormula(formula.part);
      return { shape: { kind: 'expression', required: [] }, test: (name) => !part.test(name) };
    }
    case 'and': {
      const parts = cheapestFirst(formula.parts.map(compileFormula));
      const required = requiredByAll(parts.map((part) => requiredByShape(part.shape)));
      return { shape: { kind: 'expression', required }, test: (name) => parts.every((part) => part.test(name)) };
    }
    case 'or': {
      const parts = cheapestFirst(formula.parts.map(compileFormula));
      const required = requiredByAny(parts.map((part) => requiredByShape(part.shape)));
      return { shape: { kind: 'expression', required }, test: (name) => parts.some((part) => part.test(name)) };
    }
  }
}

/** What runs no regex engine comes first. */
function cheapestFirst(parts: readonly Compiled[]): readonly Compiled[] {
  const isCheap = (part: Compiled): boolean => part.shape.kind !== 'expression';
  return [...parts.filter(isCheap), ...parts.filter((part) => !isCheap(part))];
}

function compileTree(tree: PatternNode): Compiled {
  const shape = literalShape(tree);
  if (shape !== undefined) return { shape, test: compileShapeTest(shape) };
  const items = tree.type === 'sequence' ? tree.items : [tree];
  const prefix = literalStart(items);
  const suffix = literalStart(items.toReversed()).toReversed();
  const test = compileEngineTest(tree);
  return {
    shape: { kind: 'expression', required: requiredLiterals(tree) },
    test: guardEnds(prefix.join(''), suffix.join(''), test),
  };
}

/** RE2 where it can say the pattern, since it is many times faster; it is compiled at the first use. */
function compileEngineTest(tree: PatternNode): (name: string) => boolean {
  const source = re2Source(tree);
  if (source === undefined) return compileBackwardTest(tree);
  let engine: RE2JS | undefined;
  return (name) => {
    engine ??= RE2JS.compile(source);
    return engine.testExact(name);
  };
}

/** Looks at the literal ends of a pattern before any engine runs. */
function guardEnds(prefix: string, suffix: string, test: (name: string) => boolean): (name: string) => boolean {
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
