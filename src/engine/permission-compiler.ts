import { type CompiledNamePattern, compileNamePattern, type TagPair } from '../matchers/index.js';
import {
  AuthzError,
  actionMask,
  type ExcludedPermission,
  isExcludedPermission,
  type NamePatternSource,
  PatternUnsupportedError,
  type Permission,
  type PermissionContext,
  type PolicyData,
  type PythonVersion,
  parsePermission,
  quote,
  type Tags,
  typeMask,
  type Vocabulary,
} from '../model/index.js';
import { type AttributeTable, SubjectTest } from '../policy/index.js';
import type { EvaluatedPermission, Filters } from './compiled-permission.js';
import type { SnapshotOptions } from './options.js';
import { policyKey } from './policy-key.js';

/** How name patterns are read. */
export type PatternOptions = Pick<SnapshotOptions, 'onUnsupportedPattern' | 'python'>;

/** A permission with its filters. */
export interface CompiledInput {
  readonly permission: EvaluatedPermission;
  readonly filters: Filters;
}

/**
 * Maximum number of states of all patterns of a snapshot together. States cost memory, and a name
 * that every pattern must be tried on costs time in proportion to them.
 */
const MAX_SNAPSHOT_STATES = 2_000_000;

/** Every type or action: the widest meaning of a part that was not understood. */
const ANY = -1;

/** Compiles permissions one by one, each distinct pattern and policy once. */
export class PermissionCompiler {
  readonly #context: PermissionContext;
  readonly #attributes: AttributeTable;
  readonly #exclude: boolean;
  readonly #python: PythonVersion | undefined;
  /** The distinct patterns of all permissions so far. */
  readonly patterns: CompiledNamePattern[] = [];
  readonly #patternIds = new Map<string, number | PatternUnsupportedError>();
  /** By {@link policyKey}. */
  readonly #tests = new Map<unknown, SubjectTest>();
  #states = 0;
  #isExhausted = false;

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

  /** Whether a pattern was refused because all patterns together have too many states. */
  get isExhausted(): boolean {
    return this.#isExhausted;
  }

  /**
   * Undefined where the permission has problems, which are appended to `errors`.
   *
   * @throws what a policy kind throws
   */
  compile(input: unknown, errors: AuthzError[]): CompiledInput | undefined {
    if (typeof input === 'object' && input !== null && isExcludedPermission(input)) {
      if (this.#exclude) return this.#compileExcluded(input);
      errors.push(...input.excluded);
      return undefined;
    }
    try {
      return this.#compilePermission(this.parse(input), errors);
    } catch (error) {
      if (!(error instanceof AuthzError)) throw error;
      errors.push(...error.errors);
      return undefined;
    }
  }

  /** @throws {@link PermissionInvalidError} with all problems in its `errors` */
  parse(input: unknown): Permission<Vocabulary> {
    return parsePermission(input, this.#context);
  }

  #compilePermission(
    permission: Permission<Vocabulary>,
    collected: AuthzError[],
  ): CompiledInput | undefined {
    const { patterns, errors } = this.#compilePatterns(permission);
    if (errors.length > 0 && !this.#exclude) {
      collected.push(...errors);
      return undefined;
    }
    if (errors.length > 0) {
      const { name, project, types, namePatterns, requiredTags } = permission;
      const excluded = { name, project, types, namePatterns, requiredTags, excluded: errors };
      return this.#compileExcluded(excluded);
    }
    const { vocabulary } = this.#context;
    return {
      filters: {
        project: permission.project,
        typeMask: typeMask(vocabulary, permission.types),
        patterns: permission.namePatterns.length === 0 ? undefined : patterns,
        requiredTags: sortedPairs(permission.requiredTags),
      },
      permission: {
        source: permission,
        actionMask: actionMask(vocabulary, permission.actions),
        test: this.#compilePolicy(permission.policy),
      },
    };
  }

  /**
   * INVARIANT: excluding a permission widens no decision. It covers, and denies, all that it could
   * match within the parts that were understood. A pattern that was not understood could match
   * every name.
   */
  #compileExcluded(permission: ExcludedPermission): CompiledInput {
    return {
      filters: this.widestFilters(permission),
      permission: { source: permission, actionMask: ANY, test: undefined },
    };
  }

  /** All that a permission could match within the parts that were understood. */
  widestFilters(permission: Permission<Vocabulary> | ExcludedPermission): Filters {
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
      result = this.patterns.push(pattern) - 1;
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
    this.#isExhausted = true;
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

/** A key that equal filters share. */
export function filtersKey({ project, typeMask: types, patterns, requiredTags }: Filters): string {
  return JSON.stringify([project ?? null, types, patterns ?? null, requiredTags]);
}
