import { getOrAdd } from '../../foundation/get-or-add.js';
import { DEFAULT_PYTHON, isPythonSince, type PythonVersion } from '../../model/python-version.js';
import { CaseFolding } from './case-folding.js';
import { CharacterClasses } from './character-classes.js';

/**
 * The regular expressions of one Python.
 *
 * @source CPython 3.10.13, 3.11.7, 3.12.1, 3.13.0 and 3.14.2, compared with one another on all
 * recorded patterns and over all code points
 */
export interface Dialect {
  readonly python: PythonVersion;
  readonly classes: CharacterClasses;
  readonly cases: CaseFolding;
  /** `(?>...)`, `a*+` and the like are understood; from 3.11. */
  readonly hasAtomicGroups: boolean;
  /** `(?i)` may stand anywhere, and counts for the whole pattern; until 3.10. */
  readonly hasLateFlags: boolean;
  /** How far look-behind may look. */
  readonly maxLookBehind: number;
  /**
   * The number of a group may have a sign, blanks, underscores and digits of any script; until
   * 3.11.
   */
  readonly hasLooseGroupNumbers: boolean;
  /** The flag `t`, under which nothing may be repeated, exists; until 3.12. */
  readonly hasTemplateFlag: boolean;
  /** `\z` is the end of the text; from 3.14. */
  readonly hasTextEndEscape: boolean;
  /** `\B` holds in the empty text; from 3.14. */
  readonly hasBoundaryInNothing: boolean;
  /** In a class, IGNORECASE reads characters beyond U+FFFF as it reads all others; from 3.14. */
  readonly foldsBeyondBasic: boolean;
}

const dialects = new Map<PythonVersion, Dialect>();

/** The dialect of a version. Its tables are decoded once, when a pattern needs them. */
export function dialectOf(python: PythonVersion): Dialect {
  return getOrAdd(dialects, python, () => createDialect(python));
}

function createDialect(python: PythonVersion): Dialect {
  const since = (version: PythonVersion): boolean => isPythonSince(python, version);
  return {
    python,
    classes: new CharacterClasses(python),
    cases: new CaseFolding(python),
    hasAtomicGroups: since('3.11'),
    hasLateFlags: !since('3.11'),
    maxLookBehind: since('3.11') ? 2 ** 32 - 1 : 2 ** 31 - 1,
    hasLooseGroupNumbers: !since('3.12'),
    hasTemplateFlag: !since('3.13'),
    hasTextEndEscape: since('3.14'),
    hasBoundaryInNothing: since('3.14'),
    foldsBeyondBasic: since('3.14'),
  };
}

/** The dialect of {@link DEFAULT_PYTHON}. */
export const DEFAULT_DIALECT: Dialect = dialectOf(DEFAULT_PYTHON);
