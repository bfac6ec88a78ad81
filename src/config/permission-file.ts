import { didYouMean } from '../foundation/did-you-mean.js';
import { checkOptions } from '../foundation/options.js';
import { loadCharacterNames, needsCharacterNames } from '../matchers/index.js';
import {
  assertPython,
  type ConfigInvalidError,
  type Permission,
  type PythonVersion,
} from '../model/index.js';
import { permissionContext } from '../policy/index.js';
import { isMapping } from './is-mapping.js';
import { parseYaml, type YamlDocument } from './parse-yaml.js';
import { PermissionFileReader } from './permission-file-reader.js';
import { readYamlText } from './read-yaml-text.js';

const LIST = 'permissions';

/**
 * Reads a permission file. See {@link parsePermissionFile}.
 *
 * @param options.python the version of Python that runs Feast. Default: `3.12`
 * @throws ConfigInvalidError where the file cannot be read, is larger than 1 MiB or not UTF-8, or
 *   is not a permission file
 */
export async function loadPermissionFile(
  path: string,
  options: { readonly python?: PythonVersion | undefined } = {},
): Promise<readonly Permission[]> {
  if (typeof path !== 'string')
    throw new TypeError('the path of a permission file must be a string');
  checkOptions<typeof options>(options, { python: true });
  const text = await readYamlText(path);
  if (needsCharacterNames(text)) await loadCharacterNames();
  return parsePermissionFile(text, { file: path, python: options.python });
}

/**
 * Parses the text of a permission file: YAML with one list, `permissions`, in Feast's spelling of
 * the fields.
 *
 * Shape: each item has `name`, `policy`, and may have `project`, `types`, `name_patterns`,
 * `required_tags`, `actions` and `tags`. In `types`, `name_patterns` and `actions`, a single value
 * stands for a list of one. A policy is `{ type: RoleBasedPolicy, roles: […] }`, or without its
 * type where `roles`, `groups` and `namespaces` tell it: `{ roles: […] }`. A name pattern that
 * starts with `glob:` is a glob. The environment is not expanded: `$` ends a pattern. At most
 * 100,000 values, which is some 3,000 permissions.
 *
 * Pure. Name patterns are checked as well, as `options.python` reads them: the version of Python
 * that runs Feast (default: `3.12`). One that looks like a glob, such as `risk_*`, is refused: as a
 * regular expression it repeats the `_`. Write `risk_.*` or `glob:risk_*`, or `risk_{0,}` for the
 * repeated `_`.
 *
 * @throws ConfigInvalidError with file, line and column, and the error of the permission as its
 *   `cause`; all problems of the file are in its `errors`
 * @source Feast documentation, "Permission": the fields and their defaults. Differs: a policy has
 *   to be written, since Feast's default, everyone, must not be chosen by oversight.
 * @example
 * parsePermissionFile(`
 * permissions:
 *   - name: risk-readers
 *     types: [FeatureView, FeatureService]
 *     name_patterns: glob:risk_*
 *     actions: [DESCRIBE, READ]
 *     policy: { roles: [risk-analyst] }
 * `);
 */
export function parsePermissionFile(
  text: string,
  options: {
    readonly file?: string | undefined;
    readonly python?: PythonVersion | undefined;
  } = {},
): readonly Permission[] {
  if (typeof text !== 'string')
    throw new TypeError('the text of a permission file must be a string');
  checkOptions<typeof options>(options, { file: true, python: true });
  assertPython(options.python);
  const errors: ConfigInvalidError[] = [];
  const document = parseYaml(text, {
    file: options.file,
    onProblem: (problem) => errors.push(problem),
  });
  const { items, path } = findItems(document, errors);
  const reader = new PermissionFileReader(document, permissionContext(), options.python, errors);
  for (const [index, item] of items.entries()) reader.read(item, [...path, index]);
  return reader.finish();
}

/** @param errors is given what is wrong beside the list */
function findItems(
  document: YamlDocument,
  errors: ConfigInvalidError[],
): { readonly items: readonly unknown[]; readonly path: readonly PropertyKey[] } {
  const { value } = document;
  if (!isMapping(value)) {
    throw document.errorAt([], 'a permission file must be a mapping with a list of `permissions`');
  }
  if ('project' in value && !(LIST in value)) {
    throw document.errorAtKey(
      ['project'],
      'belongs to a feature_store.yaml, which is not a permission file. Read it with `loadFeatureStore`',
    );
  }
  let path: readonly string[] = [LIST];
  for (const key of Object.keys(value).filter((one) => one !== LIST)) {
    const hint = didYouMean(key, [LIST]);
    errors.push(document.errorAt([key], `is not a known field here${hint}`));
    if (hint !== '' && !(LIST in value)) path = [key];
  }
  const items = value[path[0] as string];
  if (Array.isArray(items)) return { items, path };
  errors.push(document.errorAt(path, items === undefined ? 'is missing' : 'must be a list'));
  return { items: [], path };
}
