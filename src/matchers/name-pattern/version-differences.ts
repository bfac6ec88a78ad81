import { PatternUnsupportedError } from '../../model/errors.js';
import { PYTHON_VERSIONS, type PythonVersion } from '../../model/python-version.js';
import { newlyCased } from './case-folding.js';
import { newInClasses } from './character-classes.js';
import { setContains } from './code-point-set.js';
import { type CompiledNamePattern, compileNamePattern } from './compile-name-pattern.js';
import type { CodePointSet } from './pattern-tree.js';

/** What one version of Python makes of a pattern. */
export type PatternReading = CompiledNamePattern | PatternUnsupportedError;

/** What each version of Python makes of one pattern. */
export type PatternByVersion = ReadonlyMap<PythonVersion, PatternReading>;

/** Without any of these, all versions understand a pattern, or none does. */
const MAY_BE_REFUSED = /\\[zN]|\(\?(?![=!:]|(?<=^\(\?)[aimsux]+\))|[*+?}]\+/;

/** Without any of these as well, a pattern means the same to all versions. */
const MAY_DIFFER = /\\[wWdDbB]|\(\?/;

/** What can reach beyond U+FFFF, where IGNORECASE differs for old characters, too. */
const MAY_REACH_BEYOND = /[\u{10000}-\u{10ffff}]|\\[UN]/u;

let news: { readonly cased: ReadonlySet<number>; readonly classes: CodePointSet } | undefined;

/**
 * A regular expression as all versions read it.
 *
 * @param names that it is tried on
 * @returns undefined where its text and the names show that all versions agree
 */
export function readByAllVersions(
  pattern: string,
  names: readonly string[],
): PatternByVersion | undefined {
  const mayDiffer =
    MAY_BE_REFUSED.test(pattern) ||
    (MAY_DIFFER.test(pattern) && names.some((name) => mayDependOnVersion(pattern, name)));
  if (!mayDiffer) return undefined;
  return new Map(PYTHON_VERSIONS.map((python) => [python, tryCompile(pattern, python)]));
}

function tryCompile(pattern: string, python: PythonVersion): PatternReading {
  try {
    return compileNamePattern(pattern, python);
  } catch (error) {
    if (error instanceof PatternUnsupportedError) return error;
    throw error;
  }
}

/** Whether versions that all understand a pattern can answer differently for a name at all. */
export function isUnusualName(name: string): boolean {
  return !/^[ -~]+$/.test(name);
}

/**
 * Whether versions that all understand `pattern` may answer differently for `name`. Says yes too
 * often, never no.
 */
export function mayDependOnVersion(pattern: string, name: string): boolean {
  if (name === '') return true;
  if (!isUnusualName(name)) return false;
  if (MAY_REACH_BEYOND.test(pattern)) return true;
  return Array.from(name).some((character) => isNews(character.codePointAt(0) as number));
}

/** Whether a class or a case of the code point may have changed since the oldest version. */
function isNews(codePoint: number): boolean {
  news ??= { cased: newlyCased(), classes: newInClasses() };
  return news.cased.has(codePoint) || setContains(news.classes, codePoint);
}
