import { checkOptions } from '../foundation/options.js';
import { type Permission, throwCollected } from '../model/index.js';
import { permissionContext } from '../policy/index.js';
import { isMapping } from './is-mapping.js';
import { parseYaml, type YamlDocument } from './parse-yaml.js';
import { PermissionFileReader } from './permission-file-reader.js';
import { readYamlText } from './read-yaml-text.js';

/**
 * Reads a permission file. See {@link parsePermissionFile}.
 *
 * @throws ConfigInvalidError where the file cannot be read, is larger than 1 MiB or not UTF-8, or is not a permission file
 */
export async function loadPermissionFile(path: string): Promise<readonly Permission[]> {
  if (typeof path !== 'string')
    throw new TypeError('the path of a permission file must be a string');
  return parsePermissionFile(await readYamlText(path), { file: path });
}

/**
 * Parses the text of a permission file: YAML with one list, `permissions`, in Feast's spelling of the fields.
 *
 * Shape: each item has `name`, `policy`, and may have `project`, `types`, `name_patterns`, `required_tags`, `actions` and `tags`;
 * a single value stands for a list of one. A policy is `{ type: RoleBasedPolicy, roles: […] }`, or without its type where
 * `roles`, `groups` and `namespaces` tell it: `{ roles: […] }`. A name pattern that starts with `glob:` is a glob.
 * The environment is not expanded: `$` ends a pattern. At most 100,000 values, which is some 3,000 permissions.
 *
 * Pure. Name patterns are checked as well.
 *
 * @throws ConfigInvalidError with file, line and column, and the error of the permission as its `cause`; all problems of the
 *   file are in its `errors`
 * @source Feast documentation, "Permission": the fields and their defaults. Differs: a policy has to be written, since Feast's
 *   default, everyone, should be nobody's oversight.
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
  options: { readonly file?: string | undefined } = {},
): readonly Permission[] {
  if (typeof text !== 'string')
    throw new TypeError('the text of a permission file must be a string');
  checkOptions<typeof options>(options, { file: true });
  const document = parseYaml(text, { file: options.file });
  const items = findItems(document);
  const reader = new PermissionFileReader(document, permissionContext());
  for (const [index, item] of items.entries()) reader.read(item, ['permissions', index]);
  return reader.finish();
}

function findItems(document: YamlDocument): readonly unknown[] {
  if (!isMapping(document.value)) {
    throw document.errorAt([], 'a permission file must be a mapping with a list of `permissions`');
  }
  if ('project' in document.value && !('permissions' in document.value)) {
    throw document.errorAtKey(
      ['project'],
      'belongs to a feature_store.yaml, which is not a permission file. Read it with `loadFeatureStore`',
    );
  }
  const unknown = Object.keys(document.value).filter((key) => key !== 'permissions');
  throwCollected(unknown.map((key) => document.errorAt([key], 'is not a known field here')));
  const items = document.value['permissions'];
  if (!Array.isArray(items)) {
    throw document.errorAt(['permissions'], items === undefined ? 'is missing' : 'must be a list');
  }
  return items;
}
