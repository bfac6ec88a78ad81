import * as z from 'zod';
import { feastVocabulary } from '../model/index.js';
import { FEAST_POLICY_KINDS } from '../policy/index.js';
import { fileJsonSchema } from './file-json-schema.js';

const { types, typeAliases, actions, actionAliases } = feastVocabulary;

const text = z.string().min(1);
const names = z.array(z.string());
const tags = z.record(z.string(), z.string()).nullish();
const namePattern = z.union([z.string(), z.strictObject({ glob: z.string() })]);

/** A policy with its type, or without it where the lists tell the type. */
const policy = z.union([
  ...[...FEAST_POLICY_KINDS.values()].map(({ schema }) => schema),
  z.strictObject({ roles: names }),
  z.strictObject({ groups: names }),
  z.strictObject({ namespaces: names }),
  z.strictObject({ groups: names, namespaces: names }),
]);

/** The fields of a permission in a file, in the form that an editor can check. */
export const permissionItemSchema: z.ZodObject = z.strictObject({
  name: text.describe('Once for each project.'),
  project: text.nullish().describe('Default: every project.'),
  types: oneOrMany(word([...types, ...typeAliases.keys()]))
    .nullish()
    .describe('Resource types, or names for sets of them. Default: all types.'),
  name_patterns: oneOrMany(namePattern)
    .nullish()
    .describe(
      'Regular expressions of Python that match the whole name; `glob:…` is a glob. Default: all names.',
    ),
  required_tags: tags.describe('The resource has all of these tags. Default: none.'),
  actions: z
    .union([action(), z.array(action()).min(1)])
    .optional()
    .describe('Actions, or names for sets of them. Default: all actions.'),
  policy: policy.describe('Who: roles, groups, namespaces, or everyone as `{ type: AllowAll }`.'),
  tags: tags.describe('Labels for people.'),
});

/** The JSON Schema of a permission file. */
export function permissionFileSchema(): object {
  return fileJsonSchema(
    'Permissions of feast-permissions',
    z.strictObject({ permissions: z.array(permissionItemSchema) }),
  );
}

function action(): z.ZodType<string> {
  return word([...actions, ...actionAliases.keys()]);
}

/** One of `words`, in any case, with or without `_`. Editors complete the first form. */
function word(words: readonly string[]): z.ZodType<string> {
  const anyCase = words.map((one) => {
    const letters = one.replaceAll('_', '');
    return [...letters].map((letter) => `[${letter.toUpperCase()}${letter.toLowerCase()}]_*`);
  });
  const pattern = anyCase.map((letters) => letters.join('')).join('|');
  return z.union([z.enum(words), z.string().regex(new RegExp(`^_*(?:${pattern})$`))]);
}

function oneOrMany<T>(item: z.ZodType<T>): z.ZodType<T | T[]> {
  return z.union([item, z.array(item)]);
}
