import { quote } from './errors.js';

/**
 * The versions of Python whose regular expressions are known, oldest first.
 *
 * Name patterns mean what they mean to the Python that runs Feast: classes such as `\w` follow its
 * Unicode tables, and its syntax differs from version to version.
 */
export const PYTHON_VERSIONS = ['3.10', '3.11', '3.12', '3.13', '3.14'] as const;

/** A version of Python whose regular expressions are known. */
export type PythonVersion = (typeof PYTHON_VERSIONS)[number];

/** The version that the images of Feast are built on. */
export const DEFAULT_PYTHON: PythonVersion = '3.12';

/**
 * @throws TypeError if `python` is not a known version. Undefined stands for {@link DEFAULT_PYTHON}
 */
export function assertPython(
  python: string | undefined,
): asserts python is PythonVersion | undefined {
  if (python === undefined || PYTHON_VERSIONS.some((version) => version === python)) return;
  throw new TypeError(
    `option python is one of ${PYTHON_VERSIONS.join(', ')}, not ${quote(String(python))}`,
  );
}

/** Whether `python` is `since` or a later version. */
export function isPythonSince(python: PythonVersion, since: PythonVersion): boolean {
  return PYTHON_VERSIONS.indexOf(python) >= PYTHON_VERSIONS.indexOf(since);
}
