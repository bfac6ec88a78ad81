import type { z } from 'zod';
import { type ConfigInvalidError, throwCollected } from '../model/errors.js';
import { parseYaml, type YamlDocument } from './parse-yaml.js';

/**
 * Checks one section of a file against its schema.
 *
 * Shape: gives the schema's output, or `undefined` after adding at least one error to `errors`,
 * each at the line and column of its field.
 */
export function checkSection<Output>(
  schema: z.ZodType<Output>,
  section: { readonly value: unknown; readonly path: readonly PropertyKey[] },
  document: YamlDocument,
  errors: ConfigInvalidError[],
): Output | undefined {
  const result = schema.safeParse(section.value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    const path = [...section.path, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        errors.push(document.errorAtKey([...path, key], 'is not a known field here'));
      }
    } else errors.push(document.errorAt(path, issue.message));
  }
  return undefined;
}

/**
 * Reads a file that is one section. Variables of the environment are left as they are written.
 *
 * @throws ConfigInvalidError with file, line and column; all problems are in its `errors`
 */
export function parseFields<Output>(
  text: string,
  schema: z.ZodType<Output>,
  file: string | undefined,
): Output {
  const document = parseYaml(text, { file });
  const errors: ConfigInvalidError[] = [];
  const fields = checkSection(schema, { value: document.value, path: [] }, document, errors);
  throwCollected(errors);
  // Without fields there was an error.
  return fields as Output;
}
