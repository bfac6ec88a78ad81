import { foldText } from './case-folding.js';

/**
 * What an index over many patterns may know of one pattern. It is never more than `test` says, and
 * never less.
 */
export type NameShape = NothingShape | LiteralsShape | ChoiceShape | ExpressionShape;

/** Matches no name at all. */
export interface NothingShape {
  readonly kind: 'nothing';
}

/**
 * Literal parts with gaps between them; no regex engine runs.
 *
 * `['x']` is that name, `['x', '']` a prefix, `['', 'x']` a suffix, `['', 'x', '']` an infix, `['',
 * '']` anything. Parts hold no surrogates that could meet half of a character.
 */
export interface LiteralsShape {
  readonly kind: 'literals';
  /** At least one; n parts have n - 1 gaps. Already folded where `folded`. */
  readonly parts: readonly string[];
  /** Least number of code points of each gap: 0 for `.*`, 1 for `.+`. */
  readonly gapMin: readonly (0 | 1)[];
  /** Whether gaps may hold a newline. Where they may not, only the first and the last part may. */
  readonly newlines: boolean;
  /** Whether the parts are compared with `foldText(name)`. */
  readonly folded: boolean;
}

/** Matches what any of its options matches; two options or more. */
export interface ChoiceShape {
  readonly kind: 'choice';
  readonly options: readonly LiteralsShape[];
}

/** Anything else: `test` has to be asked. */
export interface ExpressionShape {
  readonly kind: 'expression';
  /** Each entry holds for every name that matches; none: nothing is known. */
  readonly required: readonly RequiredLiterals[];
}

/** A matching name contains at least one of these. */
export interface RequiredLiterals {
  /** One or more strings, none empty; at most 1,024. Already folded where `folded`. */
  readonly anyOf: readonly string[];
  /** Whether the strings are looked for in `foldText(name)`. */
  readonly folded: boolean;
}

/**
 * Compiles the exact test of a shape that needs no regex engine.
 *
 * Time of a test: linear in the name for each literal; exact names cost one hash look-up however
 * many there are.
 */
export function compileShapeTest(
  shape: NothingShape | LiteralsShape | ChoiceShape,
): (name: string) => boolean {
  switch (shape.kind) {
    case 'nothing':
      return () => false;
    case 'literals':
      return compileLiterals(shape);
    case 'choice':
      return compileChoice(shape.options);
  }
}

function compileChoice(options: readonly LiteralsShape[]): (name: string) => boolean {
  const exact = new Set(
    options.filter((option) => isExact(option) && !option.folded).map(firstPart),
  );
  const foldedExact = new Set(
    options.filter((option) => isExact(option) && option.folded).map(firstPart),
  );
  const others = options.filter((option) => !isExact(option)).map(compileLiterals);
  return (name) =>
    exact.has(name) ||
    (foldedExact.size > 0 && foldedExact.has(foldText(name))) ||
    others.some((test) => test(name));
}

function isExact(shape: LiteralsShape): boolean {
  return shape.parts.length === 1;
}

function firstPart(shape: LiteralsShape): string {
  return shape.parts[0] as string;
}

function compileLiterals(shape: LiteralsShape): (name: string) => boolean {
  if (!shape.folded) return compileParts(shape);
  const test = compileParts(shape);
  return (name) => test(foldText(name));
}

function compileParts(shape: LiteralsShape): (text: string) => boolean {
  const { parts, gapMin, newlines } = shape;
  if (parts.length === 1) {
    const only = firstPart(shape);
    return (text) => text === only;
  }
  if (newlines) return (text) => partsFit(text, parts, gapMin);
  const before = firstPart(shape).length;
  const after = parts.at(-1)?.length ?? 0;
  return (text) => {
    const newline = text.indexOf('\n', before);
    return (newline < 0 || newline >= text.length - after) && partsFit(text, parts, gapMin);
  };
}

/**
 * The leftmost place of every part leaves the most room for the parts after it, so no other place
 * need be tried.
 */
function partsFit(text: string, parts: readonly string[], gapMin: readonly (0 | 1)[]): boolean {
  const first = parts[0] as string;
  const last = parts[parts.length - 1] as string;
  if (!text.startsWith(first)) return false;
  let end = first.length;
  for (let i = 1; i < parts.length - 1; i += 1) {
    const part = parts[i] as string;
    const start = text.indexOf(part, end + (gapMin[i - 1] as number));
    if (start < 0) return false;
    end = start + part.length;
  }
  return (
    text.length - last.length >= end + (gapMin[gapMin.length - 1] as number) && text.endsWith(last)
  );
}
