import * as z from 'zod/mini';
import { checkSchema } from './check-schema.js';
import { PermissionInvalidError, printable, quote } from './errors.js';
import type { NamePatternSource } from './permission.js';
import { isPlainObject } from './plain-data.js';
import type { PolicyData } from './policy.js';
import type { Tags } from './resource.js';

/**
 * A permission's fields with their right types, before their words are looked up in a vocabulary.
 */
export interface PermissionFields {
  readonly name: string;
  readonly project?: string | null | undefined;
  readonly types?: readonly string[] | null | undefined;
  readonly namePatterns?: readonly NamePatternSource[] | null | undefined;
  readonly requiredTags?: Tags | null | undefined;
  readonly actions?: readonly string[] | undefined;
  readonly policy?: PolicyData | undefined;
  readonly tags?: Tags | null | undefined;
}

/** What a permission could be about at the most. */
export interface PermissionOutline {
  readonly name: string;
  readonly project?: string | null | undefined;
  // Of the others, undefined means: not understood.
  readonly types: readonly string[] | undefined;
  readonly namePatterns: readonly NamePatternSource[] | undefined;
  readonly requiredTags: Tags | undefined;
}

/** What was checked, or all that is wrong with it. */
export type Checked<T> =
  | { readonly value: T; readonly problems?: undefined }
  | {
      readonly value?: undefined;
      readonly problems: readonly [PermissionInvalidError, ...PermissionInvalidError[]];
    };

const pattern = z.union([z.string(), z.strictObject({ glob: z.string() })], {
  error: 'must be a string or { glob }',
});
const name = z.string().check(z.minLength(1, 'must not be empty'));
const project = z.nullish(name);
const namePatterns = z.nullish(oneOrMany(pattern));
// Read pair by pair: a record schema would lose a tag named `__proto__`.
const tags = z.nullish(z.custom<Tags>(isTagRecord, 'must be an object of strings'));

const permissionShape = z.strictObject({
  name,
  project,
  types: z.nullish(oneOrMany(z.string())),
  namePatterns,
  requiredTags: tags,
  actions: z.optional(oneOrMany(z.string())),
  policy: z.optional(z.looseObject({ type: z.string() })),
  tags,
});

/** Feast's spelling of the fields that have two words, and ours. */
const FEAST_FIELDS: ReadonlyMap<string, string> = new Map([
  ['name_patterns', 'namePatterns'],
  ['required_tags', 'requiredTags'],
]);

/**
 * Checks which fields an unknown value has, and their types. A field that is `undefined` is one
 * that is missing.
 */
export function checkFields(input: unknown): Checked<PermissionFields> {
  const written = withOurFieldNames(input);
  if (written.problems !== undefined) return written;
  const parsed = checkSchema(permissionShape, written.value);
  return parsed.success
    ? { value: parsed.data }
    : { problems: issueProblems(nameOf(input), parsed.error, [], 'a permission') };
}

/**
 * What is known of a permission whatever else is wrong with it; undefined: it has not even a name.
 */
export function readOutline(input: unknown): PermissionOutline | undefined {
  const outline = checkSchema(z.object({ name, project }), input);
  if (!outline.success) return undefined;
  const fields = new Map(Object.entries(withOurFieldNames(input).value ?? { unread: true }));
  // SECURITY: a field that is not known may change what any of the others means.
  const isKnown = [...fields.keys()].every((field) => Object.hasOwn(permissionShape.shape, field));
  const read = <T>(
    field: string,
    schema: z.core.$ZodType<T | null | undefined>,
    empty: T,
  ): T | undefined => {
    const checked = isKnown ? checkSchema(schema, fields.get(field)) : undefined;
    return checked?.success ? (checked.data ?? empty) : undefined;
  };
  return {
    ...outline.data,
    types: read('types', permissionShape.shape.types, []),
    namePatterns: read('namePatterns', namePatterns, []),
    requiredTags: read('requiredTags', tags, {}),
  };
}

/** The name that a value has, if it is a permission with a name. */
function nameOf(input: unknown): string | undefined {
  return isPlainObject(input) && typeof input['name'] === 'string' ? input['name'] : undefined;
}

/** An error about one field; an empty field stands for the whole. */
export function fieldError(
  permission: string | undefined,
  field: string,
  problem: string,
): PermissionInvalidError {
  const owner = permission === undefined ? 'permission' : `permission ${quote(permission)}`;
  const place = field === '' ? '' : ` ${printable(field)}:`;
  return new PermissionInvalidError(`${owner}:${place} ${problem}`, { field, permission });
}

/**
 * What zod found wrong, as our errors.
 *
 * @param path where the checked value lies in the permission
 * @param whole what has the fields, with its article
 */
export function issueProblems(
  permission: string | undefined,
  { issues }: z.core.$ZodError,
  path: readonly PropertyKey[],
  whole: string,
): [PermissionInvalidError, ...PermissionInvalidError[]] {
  const problems = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) =>
          fieldError(
            permission,
            formatPath([...path, ...issue.path, key]),
            `is not a field of ${whole}`,
          ),
        )
      : [fieldError(permission, formatPath([...path, ...issue.path]), lowerFirst(issue.message))],
  );
  return problems as [PermissionInvalidError, ...PermissionInvalidError[]];
}

/** A value or a list of values, as a list. */
function oneOrMany<T>(item: z.core.$ZodType<T>): z.core.$ZodType<T[]> {
  return z.pipe(
    z.transform((value) => (value === null || Array.isArray(value) ? value : [value])),
    z.array(item),
  );
}

// SECURITY: a plain object. A `Map` has no members that are seen here, and an empty filter would
// match everything.
function isTagRecord(value: unknown): boolean {
  return isPlainObject(value) && Object.values(value).every((tag) => typeof tag === 'string');
}

// SECURITY: a plain object here too. What an instance inherits is not seen, and a policy that is
// not seen lets everyone in.
function withOurFieldNames(input: unknown): Checked<object> {
  if (!isPlainObject(input))
    return { problems: [fieldError(undefined, '', 'must be a plain object')] };
  const fields = new Map<string, unknown>();
  for (const [field, value] of Object.entries(input)) {
    if (value === undefined) continue;
    const ours = FEAST_FIELDS.get(field) ?? field;
    if (fields.has(ours)) {
      return { problems: [fieldError(nameOf(input), ours, 'is given twice, in both spellings')] };
    }
    fields.set(ours, value);
  }
  return { value: Object.fromEntries(fields) };
}

function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) =>
      typeof key === 'number' ? `[${key}]` : `${index > 0 ? '.' : ''}${String(key)}`,
    )
    .join('');
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
