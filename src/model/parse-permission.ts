import { checkSchema } from './check-schema.js';
import { AuthzError, type PermissionInvalidError, quote } from './errors.js';
import type { ExcludedPermission, NamePatternSource, Permission } from './permission.js';
import {
  type Checked,
  checkFields,
  fieldError,
  issueProblems,
  type PermissionFields,
  readOutline,
} from './permission-fields.js';
import { frozenCopy, isPlainObject } from './plain-data.js';
import type { PolicyData, PolicyKinds } from './policy.js';
import { pythonStrip } from './python-strip.js';
import { freezeTags, type Tags } from './resource.js';
import type { Vocabulary } from './vocabulary.js';

/** What a permission is checked against. */
export interface PermissionContext {
  readonly vocabulary: Vocabulary;
  readonly policyKinds: PolicyKinds;
  /** The policy of a permission that names none. */
  readonly defaultPolicy: PolicyData;
}

const GLOB_PREFIX = 'glob:';

/** Marks parsed permissions, also for other installed copies of the package. */
const PARSED = Symbol.for('feast-permissions.permission');

/** Permissions that this copy parsed, with the context they were checked in. */
const parsedIn = new WeakMap<object, PermissionContext>();

/**
 * Checks what a person or a file wrote and makes a frozen permission of it. Name patterns are
 * checked when a snapshot is compiled, since that is where they are parsed. A permission that was
 * made here is given back as it is, or checked anew where its vocabulary or its kind of policy is
 * another.
 *
 * @param options.globs whether text that starts with `glob:` is a glob (default) or a regular
 *   expression like any other
 * @throws {@link PermissionInvalidError} naming the field; with all problems in its `errors`
 */
export function parsePermission(
  input: unknown,
  context: PermissionContext,
  options: { readonly globs?: boolean } = {},
): Permission<Vocabulary> {
  if (isParsed(input, context)) return input;
  // SECURITY: a parsed permission holds its globs as objects. A string in it that begins like a
  // glob is a regular expression.
  const globs = (options.globs ?? true) && !isMarkedParsed(input);
  const { value, problems } = checkPermission(input, context, globs);
  if (problems !== undefined) throw AuthzError.collect(problems);
  return value;
}

/**
 * The same, except that what cannot be understood is kept as an {@link ExcludedPermission} instead
 * of an error, and that all text is a regular expression.
 *
 * @throws {@link PermissionInvalidError} when there is not even a name and a project to know it by
 */
export function parseForeignPermission(
  input: unknown,
  context: PermissionContext,
): Permission<Vocabulary> | ExcludedPermission {
  const { value, problems } = checkPermission(input, context, false);
  if (problems === undefined) return value;
  const outline = readOutline(input);
  if (outline === undefined) throw AuthzError.collect(problems);
  const { name, project, types, namePatterns, requiredTags } = outline;
  const { vocabulary } = context;
  return Object.freeze({
    name,
    project: project ?? undefined,
    types:
      types &&
      ifUnderstood((report) =>
        resolveAll('types', types, vocabulary.resolveType, vocabulary.types, report),
      ),
    namePatterns: namePatterns && readPatterns(namePatterns, false),
    requiredTags: requiredTags && ifUnderstood((report) => readRequiredTags(requiredTags, report)),
    excluded: Object.freeze(problems),
  });
}

/** What was read; undefined where a problem was reported. */
function ifUnderstood<T>(read: (report: Report) => T): T | undefined {
  let isUnderstood = true;
  const value = read(() => {
    isUnderstood = false;
  });
  return isUnderstood ? value : undefined;
}

/** Whether `input` was made here, with the same vocabulary and the same kind for its policy. */
function isParsed(input: unknown, context: PermissionContext): input is Permission<Vocabulary> {
  const earlier = isPlainObject(input) ? parsedIn.get(input) : undefined;
  if (earlier?.vocabulary !== context.vocabulary) return false;
  const { type } = (input as Permission<Vocabulary>).policy;
  return earlier.policyKinds.get(type) === context.policyKinds.get(type);
}

/** True for the result of `parsePermission`, from this or another installed copy. */
function isMarkedParsed(input: unknown): boolean {
  return isPlainObject(input) && (input as { [PARSED]?: unknown })[PARSED] === true;
}

/**
 * Does what {@link parsePermission} does, for a caller that reports problems itself.
 *
 * @returns the permission, or its problems, each with a message of its own
 */
export function checkPermission(
  input: unknown,
  context: PermissionContext,
  globs = true,
): Checked<Permission<Vocabulary>> {
  const fields = checkFields(input);
  if (fields.problems !== undefined) return fields;
  const found: PermissionInvalidError[] = [];
  const permission = readFields(fields.value, context, globs, found);
  const [first, ...others] = found;
  if (first !== undefined) return { problems: [first, ...others] };
  Object.defineProperty(permission, PARSED, { value: true });
  Object.freeze(permission);
  parsedIn.set(permission, context);
  return { value: permission };
}

/** @param problems is given what is wrong; the permission is of no use then */
function readFields(
  fields: PermissionFields,
  context: PermissionContext,
  globs: boolean,
  problems: PermissionInvalidError[],
): Permission<Vocabulary> {
  const { name, project, types, namePatterns, requiredTags, actions, policy, tags } = fields;
  const { vocabulary, policyKinds, defaultPolicy } = context;
  const report: Report = (field, problem) => {
    problems.push(fieldError(name, field, problem));
  };
  if (actions?.length === 0) report('actions', 'must not be empty');
  return {
    name,
    project: project ?? undefined,
    types: resolveAll('types', types ?? [], vocabulary.resolveType, vocabulary.types, report),
    namePatterns: readPatterns(namePatterns ?? [], globs),
    requiredTags: readRequiredTags(requiredTags ?? {}, report),
    actions:
      actions === undefined
        ? vocabulary.actions
        : resolveAll('actions', actions, vocabulary.resolveAction, vocabulary.actions, report),
    policy: readPolicy(name, policy ?? defaultPolicy, policyKinds, problems),
    tags: freezeTags(Object.entries(tags ?? {})),
  };
}

type Report = (field: string, problem: string) => void;

/** @source Feast strips required tags and compares the rest with a resource's tags as they are */
function readRequiredTags(tags: Tags, report: Report): Tags {
  const stripped = new Map<string, string>();
  for (const [key, value] of Object.entries(tags)) {
    const name = pythonStrip(key);
    if (stripped.has(name))
      report('requiredTags', `requires ${quote(name)} twice, but for white space`);
    stripped.set(name, pythonStrip(value));
  }
  return freezeTags(stripped);
}

function readPatterns(
  patterns: readonly NamePatternSource[],
  globs: boolean,
): readonly NamePatternSource[] {
  return Object.freeze(
    patterns.map((pattern) => {
      if (typeof pattern !== 'string') return frozenCopy(pattern);
      const text = pattern.trimStart();
      return globs && text.startsWith(GLOB_PREFIX)
        ? Object.freeze({ glob: text.slice(GLOB_PREFIX.length) })
        : pattern;
    }),
  );
}

function resolveAll(
  field: string,
  written: readonly string[],
  resolve: (name: string) => readonly string[] | undefined,
  known: readonly string[],
  report: Report,
): readonly string[] {
  const members = new Set<string>();
  for (const [index, name] of written.entries()) {
    const targets = resolve(name);
    if (targets === undefined) {
      report(`${field}[${index}]`, `${quote(name)} is unknown; known are ${known.join(', ')}`);
    }
    for (const target of targets ?? []) members.add(target);
  }
  return Object.freeze([...members]);
}

function readPolicy(
  permission: string,
  policy: PolicyData,
  kinds: PolicyKinds,
  problems: PermissionInvalidError[],
): PolicyData {
  const kind = kinds.get(policy.type);
  if (kind === undefined) {
    const known = [...kinds.keys()].join(', ');
    problems.push(
      fieldError(permission, 'policy.type', `${quote(policy.type)} is unknown; known are ${known}`),
    );
    return policy;
  }
  const parsed = checkSchema(kind.schema, policy);
  if (parsed.success) return frozenCopy(parsed.data);
  problems.push(...issueProblems(permission, parsed.error, ['policy'], `a ${kind.type}`));
  return policy;
}
