import { type PermissionReference, referToPermission } from '../../analysis/references.js';
import type { Authorizer, CompiledPermission, CompiledSnapshot } from '../../engine/index.js';
import { compileNamePattern } from '../../matchers/index.js';
import {
  type Decision,
  isExcludedPermission,
  type NamePatternSource,
  type Vocabulary,
} from '../../model/index.js';
import type { PolicyCase } from './policy-test-file.js';

/** How many cases a part of a permission decided. */
export interface CoveredPart {
  /** A pattern, a tag filter as `key: value`, or an action. */
  readonly part: string;
  readonly cases: number;
}

/** How many cases a permission and its parts decided. */
export interface PermissionTestCoverage extends PermissionReference {
  readonly cases: number;
  readonly namePatterns: readonly CoveredPart[];
  readonly requiredTags: readonly CoveredPart[];
  readonly actions: readonly CoveredPart[];
}

/** Which permissions, and which parts of them, decided at least one case. */
export interface PolicyTestCoverage {
  /** In the order in which they were given. */
  readonly permissions: readonly PermissionTestCoverage[];
  /** Number of permissions and parts of them. */
  readonly total: number;
  /** Number of those that decided at least one case. */
  readonly covered: number;
}

/**
 * Counts the cases that permissions decided: of a decision that one grant makes, the permissions
 * that grant; of every other decision, all that take part. A pattern decided where it matches the
 * name, a tag filter and an action where the permission decided on them.
 */
export function coverTests(
  snapshot: CompiledSnapshot,
  authorizer: Authorizer<Vocabulary>,
  cases: readonly PolicyCase[],
): PolicyTestCoverage {
  const counters = new Map(
    snapshot.permissions.map((one) => [keyOf(one.source), new Counter(one)]),
  );
  for (const { subject, actions, resource } of cases) {
    let decision: Decision;
    try {
      decision = authorizer.decide(subject, actions, resource);
    } catch (error) {
      if (error instanceof TypeError) continue;
      throw error;
    }
    for (const deciding of decision.permissions) counters.get(keyOf(deciding))?.count(decision);
  }
  const permissions = Array.from(counters.values(), (counter) => counter.finish());
  const counts = permissions.flatMap((one) => [
    one.cases,
    ...[one.namePatterns, one.requiredTags, one.actions].flat().map((part) => part.cases),
  ]);
  return {
    permissions,
    total: counts.length,
    covered: counts.filter((count) => count > 0).length,
  };
}

function keyOf({
  name,
  project,
}: {
  readonly name: string;
  readonly project: string | undefined;
}): string {
  return JSON.stringify([project ?? null, name]);
}

class Counter {
  readonly #permission: CompiledPermission;
  #cases = 0;
  readonly #patterns: readonly {
    readonly source: NamePatternSource;
    readonly test: (name: string) => boolean;
    cases: number;
  }[];
  readonly #actions: Map<string, number>;

  constructor(permission: CompiledPermission) {
    this.#permission = permission;
    const { source } = permission;
    const isExcluded = isExcludedPermission(source);
    this.#patterns = (isExcluded ? [] : source.namePatterns).map((pattern) => {
      const test = lazily(() => compileNamePattern(pattern));
      return { source: pattern, test: (name) => test().test(name), cases: 0 };
    });
    this.#actions = new Map((isExcluded ? [] : source.actions).map((action) => [action, 0]));
  }

  count({ resource, actions }: Decision): void {
    this.#cases += 1;
    for (const pattern of this.#patterns) if (pattern.test(resource.name)) pattern.cases += 1;
    for (const action of actions) {
      const cases = this.#actions.get(action);
      if (cases !== undefined) this.#actions.set(action, cases + 1);
    }
  }

  finish(): PermissionTestCoverage {
    const { source } = this.#permission;
    return {
      ...referToPermission(source),
      cases: this.#cases,
      namePatterns: this.#patterns.map((one) => ({
        part: typeof one.source === 'string' ? one.source : `glob:${one.source.glob}`,
        cases: one.cases,
      })),
      // All of them are met where the permission decides.
      requiredTags: Object.entries(source.requiredTags ?? {}).map(([key, value]) => ({
        part: `${key}: ${value}`,
        cases: this.#cases,
      })),
      actions: Array.from(this.#actions, ([part, cases]) => ({ part, cases })),
    };
  }
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
