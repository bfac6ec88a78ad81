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

/** A permission whose fields have their right types, as in a format that has types. */
export interface TypedPermission {
  /** Not empty. */
  readonly name: string;
  /** Not empty. */
  readonly project: string;
  readonly types: readonly string[];
  readonly namePatterns: readonly string[];
  readonly requiredTags: Tags;
  readonly actions: readonly string[];
  readonly policy: PolicyData;
  readonly tags: Tags;
}

/**
 * {@link parseForeignPermission} for many permissions whose fields have their right types. Lists
 * and policies that are the same object are looked up and checked once.
 */
export class ForeignPermissionParser {
  readonly #context: PermissionContext;
  readonly #known: KnownParts = {
    types: new Map(),
    requiredTags: new Map(),
    actions: new Map(),
    policies: new Map(),
    tags: new Map(),
  };

  constructor(context: PermissionContext) {
    this.#context = context;
  }

  /** @param fields whose lists and policies do not change afterwards */
  parse(fields: TypedPermission): Permission<Vocabulary> | ExcludedPermission {
    const problems: PermissionInvalidError[] = [];
    const permission = readFields(fields, this.#context, false, problems, this.#known);
    return problems.length === 0
      ? markParsed(permission, this.#context)
      : parseForeignPermission(fields, this.#context);
  }
}

/** What was made of parts of permissions, by the parts. */
interface KnownParts {
  readonly types: Map<object, readonly string[]>;
  readonly requiredTags: Map<object, Tags>;
  readonly actions: Map<object, readonly string[]>;
  readonly policies: Map<object, PolicyData>;
  readonly tags: Map<object, Tags>;
}

/** What `make` makes of a part, once where it finds no problem. */
function makeOnce<T>(
  known: Map<object, T> | undefined,
  part: object,
  problems: readonly unknown[],
  make: () => T,
): T {
  const made = known?.get(part);
  if (made !== undefined) return made;
  const before = problems.length;
  const value = make();
  if (problems.length === before) known?.set(part, value);
  return value;
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
  return { value: markParsed(permission, context) };
}

function markParsed(
  permission: Permission<Vocabulary>,
  context: PermissionContext,
): Permission<Vocabulary> {
  Object.defineProperty(permission, PARSED, { value: true });
  Object.freeze(permission);
  parsedIn.set(permission, context);
  return permission;
}

/**
 * @param problems is given what is wrong; the permission is of no use then
 * @param known what was made of the same lists and policies before
 */
function readFields(
  fields: PermissionFields,
  context: PermissionContext,
  globs: boolean,
  problems: PermissionInvalidError[],
  known?: KnownParts,
): Permission<Vocabulary> {
  const { name, project, actions } = fields;
  const types = fields.types ?? NONE;
  const requiredTags = fields.requiredTags ?? NO_TAGS;
  const tags = fields.tags ?? NO_TAGS;
  const { vocabulary, policyKinds, defaultPolicy } = context;
  const policy = fields.policy ?? defaultPolicy;
  const report: Report = (field, problem) => {
    problems.push(fieldError(name, field, problem));
  };
  if (actions?.length === 0) report('actions', 'must not be empty');
  return {
    name,
    project: project ?? undefined,
    types: makeOnce(known?.types, types, problems, () =>
      resolveAll('types', types, vocabulary.resolveType, vocabulary.types, report),
    ),
    namePatterns: readPatterns(fields.namePatterns ?? NONE, globs),
    requiredTags: makeOnce(known?.requiredTags, requiredTags, problems, () =>
      readRequiredTags(requiredTags, report),
    ),
    actions:
      actions === undefined
        ? vocabulary.actions
        : makeOnce(known?.actions, actions, problems, () =>
            resolveAll('actions', actions, vocabulary.resolveAction, vocabulary.actions, report),
          ),
    policy: makeOnce(known?.policies, policy, problems, () =>
      readPolicy(name, policy, policyKinds, problems),
    ),
    tags: makeOnce(known?.tags, tags, problems, () => freezeTags(Object.entries(tags))),
  };
}

const NONE: readonly never[] = Object.freeze([]);
const NO_TAGS: Tags = Object.freeze({});

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
