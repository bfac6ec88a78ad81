import {
  type CompiledNamePattern,
  compileNamePattern,
  needsCharacterNames,
  type TagPair,
  type Target,
} from '../matchers/index.js';
import {
  AuthzError,
  actionMask,
  type ExcludedPermission,
  isExcludedPermission,
  isPlainObject,
  type NamePatternSource,
  PatternUnsupportedError,
  type Permission,
  type PermissionContext,
  type PolicyData,
  type PythonVersion,
  parsePermission,
  quote,
  type Tags,
  throwCollected,
  typeMask,
  type Vocabulary,
} from '../model/index.js';
import { type AttributeTable, SubjectTest } from '../policy/index.js';
import type { SnapshotOptions } from './options.js';
import { policyKey } from './policy-key.js';

/** How name patterns are read. */
type PatternOptions = Pick<SnapshotOptions, 'onUnsupportedPattern' | 'python'>;

/** What is compiled, and how. */
type PermissionOptions = PatternOptions &
  Pick<SnapshotOptions<Vocabulary>, 'permissions' | 'formerPermissions'>;

/** A permission ready to decide. */
export interface CompiledPermission {
  /** What it was compiled from. */
  readonly source: Permission<Vocabulary> | ExcludedPermission;
  /**
   * Bit by action id, implied actions included. Of an excluded permission: all, since it denies
   * every action.
   */
  readonly actionMask: number;
  /**
   * The subjects that its policy allows; undefined: it is excluded, never grants and counts as a
   * denial.
   */
  readonly test: SubjectTest | undefined;
}

/** A permission that can grant. */
export interface EffectivePermission extends CompiledPermission {
  readonly source: Permission<Vocabulary>;
  readonly test: SubjectTest;
}

/** A permission that is excluded. */
export interface ExcludedCompiledPermission extends CompiledPermission {
  readonly source: ExcludedPermission;
  readonly test: undefined;
}

/** A permission that takes part in decisions. */
export type EvaluatedPermission = EffectivePermission | ExcludedCompiledPermission;

/** Whether a permission can grant: it is not excluded. */
export function isEffective(permission: CompiledPermission): permission is EffectivePermission {
  return permission.test !== undefined;
}

export interface CompiledPermissions {
  readonly permissions: readonly EvaluatedPermission[];
  readonly patterns: readonly CompiledNamePattern[];
  readonly targets: readonly CompiledTarget[];
}

/**
 * A target with the permissions that share it: those of one project with the same three filters.
 */
export interface CompiledTarget extends Target {
  /** Undefined: any project. */
  readonly project: string | undefined;
  /** Positions in the list of permissions. Empty: former permissions alone had it. */
  readonly permissions: readonly number[];
}

/**
 * Maximum number of states of all patterns of a snapshot together. States cost memory, and a name
 * that every pattern must be tried on costs time in proportion to them.
 */
const MAX_SNAPSHOT_STATES = 2_000_000;

/** Every type or action: the widest meaning of a part that was not understood. */
const ANY = -1;

/**
 * Parses and compiles permissions, each distinct pattern, policy and set of filters once. Yields
 * now and then, so that a caller with other things to do can do them, and `character-names` before
 * a permission that is refused unless the table of names is loaded.
 *
 * @throws {@link PermissionInvalidError} or {@link PatternUnsupportedError}, with all problems in
 *   its `errors`
 */
export function* compilePermissions(
  options: PermissionOptions,
  context: PermissionContext,
  attributes: AttributeTable,
): Generator<number | 'character-names', CompiledPermissions> {
  const { permissions, formerPermissions = [] } = options;
  const compiler = new PermissionCompiler(context, attributes, options);
  for (const [index, permission] of permissions.entries()) {
    if (namesCharacters(permission)) yield 'character-names';
    compiler.add(permission);
    yield index + 1;
  }
  for (const permission of formerPermissions) {
    if (namesCharacters(permission)) yield 'character-names';
    compiler.addFormer(permission);
    yield permissions.length;
  }
  return compiler.finish();
}

/**
 * True if `input` has a pattern, in either spelling of the field, that needs the table of names.
 */
function namesCharacters(input: unknown): boolean {
  return (
    isPlainObject(input) &&
    (needsCharacterNames(input['namePatterns']) || needsCharacterNames(input['name_patterns']))
  );
}

class PermissionCompiler {
  readonly #context: PermissionContext;
  readonly #attributes: AttributeTable;
  readonly #exclude: boolean;
  readonly #python: PythonVersion | undefined;
  readonly #permissions: EvaluatedPermission[] = [];
  readonly #patterns: CompiledNamePattern[] = [];
  readonly #patternIds = new Map<string, number | PatternUnsupportedError>();
  /** By {@link policyKey}. */
  readonly #tests = new Map<unknown, SubjectTest>();
  readonly #targets: (Target & { project: string | undefined; permissions: number[] })[] = [];
  readonly #targetIds = new Map<string, number>();
  readonly #errors: AuthzError[] = [];
  #states = 0;

  constructor(
    context: PermissionContext,
    attributes: AttributeTable,
    { onUnsupportedPattern, python }: PatternOptions,
  ) {
    this.#context = context;
    this.#attributes = attributes;
    this.#exclude = onUnsupportedPattern === 'exclude';
    this.#python = python;
  }

  add(input: unknown): void {
    try {
      if (typeof input === 'object' && input !== null && isExcludedPermission(input)) {
        if (!this.#exclude) this.#errors.push(...input.excluded);
        else this.#addExcluded(input);
      } else {
        this.#addPermission(parsePermission(input, this.#context));
      }
    } catch (error) {
      if (!(error instanceof AuthzError)) throw error;
      this.#errors.push(...error.errors);
    }
  }

  finish(): CompiledPermissions {
    throwCollected(this.#errors);
    return { permissions: this.#permissions, patterns: this.#patterns, targets: this.#targets };
  }

  #addPermission(permission: Permission<Vocabulary>): void {
    const { patterns, errors } = this.#compilePatterns(permission);
    if (errors.length > 0) {
      if (!this.#exclude) this.#errors.push(...errors);
      else {
        const { name, project, types, namePatterns, requiredTags } = permission;
        this.#addExcluded({ name, project, types, namePatterns, requiredTags, excluded: errors });
      }
      return;
    }
    const { vocabulary } = this.#context;
    this.#addTo(
      {
        project: permission.project,
        typeMask: typeMask(vocabulary, permission.types),
        patterns: permission.namePatterns.length === 0 ? undefined : patterns,
        requiredTags: sortedPairs(permission.requiredTags),
      },
      {
        source: permission,
        actionMask: actionMask(vocabulary, permission.actions),
        test: this.#compilePolicy(permission.policy),
      },
    );
  }

  /**
   * INVARIANT: excluding a permission widens no decision. It covers, and denies, all that it could
   * match within the parts that were understood. A pattern that was not understood could match
   * every name.
   */
  #addExcluded(permission: ExcludedPermission): void {
    this.#addTo(this.#widestTarget(permission), {
      source: permission,
      actionMask: ANY,
      test: undefined,
    });
  }

  /** Adds what a permission covered, without the permission. */
  addFormer(permission: Permission<Vocabulary> | ExcludedPermission): void {
    this.#targetOf(this.#widestTarget(permission));
  }

  #widestTarget(
    permission: Permission<Vocabulary> | ExcludedPermission,
  ): Target & { readonly project: string | undefined } {
    const { name, project, types, namePatterns = [], requiredTags = {} } = permission;
    const { patterns, errors } = this.#compilePatterns({ name, namePatterns });
    const anyName = namePatterns.length === 0 || errors.length > 0;
    return {
      project,
      typeMask: typesOf(this.#context.vocabulary, types),
      patterns: anyName ? undefined : patterns,
      requiredTags: sortedPairs(requiredTags),
    };
  }

  #addTo(
    filters: Target & { readonly project: string | undefined },
    permission: EvaluatedPermission,
  ): void {
    this.#targetOf(filters).permissions.push(this.#permissions.push(permission) - 1);
  }

  #targetOf(filters: Target & { readonly project: string | undefined }): {
    readonly permissions: number[];
  } {
    const { project, typeMask: types, patterns, requiredTags } = filters;
    const key = JSON.stringify([project ?? null, types, patterns ?? null, requiredTags]);
    let targetId = this.#targetIds.get(key);
    if (targetId === undefined) {
      targetId = this.#targets.push({ ...filters, permissions: [] }) - 1;
      this.#targetIds.set(key, targetId);
    }
    return this.#targets[targetId] as { readonly permissions: number[] };
  }

  #compilePatterns(permission: {
    readonly name: string;
    readonly namePatterns: readonly NamePatternSource[];
  }): {
    readonly patterns: readonly number[];
    readonly errors: readonly PatternUnsupportedError[];
  } {
    const patterns = new Set<number>();
    const errors: PatternUnsupportedError[] = [];
    for (const source of permission.namePatterns) {
      const compiled = this.#compilePattern(source);
      if (typeof compiled === 'number') patterns.add(compiled);
      else errors.push(compiled.of(permission.name));
    }
    return { patterns: [...patterns].sort((a, b) => a - b), errors };
  }

  #compilePattern(source: NamePatternSource): number | PatternUnsupportedError {
    const key = typeof source === 'string' ? `regex:${source}` : `glob:${source.glob}`;
    const known = this.#patternIds.get(key);
    if (known !== undefined) return known;
    let result: number | PatternUnsupportedError;
    try {
      const pattern = compileNamePattern(source, this.#python);
      this.#takeStates(pattern);
      result = this.#patterns.push(pattern) - 1;
    } catch (error) {
      if (!(error instanceof PatternUnsupportedError)) throw error;
      result = error;
    }
    this.#patternIds.set(key, result);
    return result;
  }

  /** @throws {@link PatternUnsupportedError} if the pattern exceeds the states of the snapshot */
  #takeStates({ source, states }: CompiledNamePattern): void {
    if (this.#states + states <= MAX_SNAPSHOT_STATES) {
      this.#states += states;
      return;
    }
    throw new PatternUnsupportedError({
      kind: 'unsupported',
      pattern: typeof source === 'string' ? source : source.glob,
      position: 0,
      reason: `pattern of ${states} states, with which all patterns together take more than ${MAX_SNAPSHOT_STATES}: write shorter counts, or plain prefixes`,
    });
  }

  #compilePolicy(policy: PolicyData): SubjectTest {
    const key = policyKey(policy);
    let test = this.#tests.get(key);
    if (test === undefined) {
      const kind = this.#context.policyKinds.get(policy.type);
      if (kind === undefined) throw new TypeError(`no policy kind is called ${quote(policy.type)}`);
      test = SubjectTest.compile(kind.compile(policy), this.#attributes);
      this.#tests.set(key, test);
    }
    return test;
  }
}

/** SECURITY: a type outside the vocabulary could mean any type in it. */
function typesOf(vocabulary: Vocabulary, types: readonly string[] | undefined): number {
  const isUnderstood = types?.every((type) => vocabulary.typeIds.has(type)) === true;
  return isUnderstood ? typeMask(vocabulary, types) : ANY;
}

/** Sorted by key, so that equal tags in another order make the same filter. */
function sortedPairs(tags: Tags): readonly TagPair[] {
  return Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1));
}
