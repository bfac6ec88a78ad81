import { PatternUnsupportedError } from '../../model/errors.js';
import { PYTHON_VERSIONS, type PythonVersion } from '../../model/python-version.js';
import { equalSets, setContains } from './code-point-set.js';
import { type CompiledNamePattern, compileNamePattern } from './compile-name-pattern.js';
import { dialectOf } from './dialect.js';

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

const OLDEST = dialectOf(PYTHON_VERSIONS[0]);
const NEWEST = dialectOf(PYTHON_VERSIONS.at(-1) as PythonVersion);

/**
 * A regular expression as all versions read it.
 *
 * @param hasUnusualNames whether {@link isUnusualName} holds for a name that it is tried on
 * @returns undefined where the text of the pattern shows that they agree on all names
 */
export function readByAllVersions(
  pattern: string,
  hasUnusualNames: boolean,
): PatternByVersion | undefined {
  const mayDiffer = MAY_BE_REFUSED.test(pattern) || (hasUnusualNames && MAY_DIFFER.test(pattern));
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

/** Whether a class or a case of the code point has changed since the oldest version. */
function isNews(codePoint: number): boolean {
  const [before, after] = [OLDEST, NEWEST].map(({ classes, cases }) => ({
    isWord: setContains(classes.word, codePoint),
    isDigit: setContains(classes.digit, codePoint),
    alike: cases.classOf(codePoint),
  }));
  if (before === undefined || after === undefined) return true;
  const isSame = before.isWord === after.isWord && before.isDigit === after.isDigit;
  return !isSame || !equalSets(before.alike, after.alike);
}
