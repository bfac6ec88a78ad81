import { type AttributeTable, SubjectTest } from '../policy/index.js';
import { combine } from './combining-algorithm.js';
import type {
  CompiledTarget,
  EffectivePermission,
  EvaluatedPermission,
  ExcludedCompiledPermission,
} from './compile-permissions.js';
import type { CompiledDecision } from './compiled-decision.js';
import type { DecisionStrategy } from './options.js';
import type { PermissionSet } from './permission-set.js';

/** The options that decisions follow, with their defaults filled in. */
export interface Rules {
  readonly strategy: DecisionStrategy;
  readonly unsecured: 'deny' | 'allow';
  readonly whenNoPermissions: 'allow-named' | 'deny';
  /** False under `auth: no_auth`. */
  readonly enforced: boolean;
}

/** The permissions that cover a resource, sorted by whether they apply to some actions. */
export interface PermissionsByApplicability {
  /** Hold all the actions: each grants or denies, depending on the subject. */
  readonly applicable: readonly EffectivePermission[];
  /** Hold all the actions and require tags that are unknown: they deny. */
  readonly indeterminate: readonly EffectivePermission[];
  /** Excluded permissions: they deny. */
  readonly excluded: readonly ExcludedCompiledPermission[];
  /** Do not hold all the actions: they neither grant nor deny. */
  readonly notApplicable: readonly EffectivePermission[];
}

/** Evaluates permission sets by the rules of one snapshot. */
export class Evaluator {
  readonly rules: Rules;
  readonly #attributes: AttributeTable;
  readonly #permissions: readonly EvaluatedPermission[];
  readonly #targets: readonly CompiledTarget[];

  constructor(
    rules: Rules,
    attributes: AttributeTable,
    permissions: readonly EvaluatedPermission[],
    targets: readonly CompiledTarget[],
  ) {
    this.rules = rules;
    this.#attributes = attributes;
    this.#permissions = permissions;
    this.#targets = targets;
  }

  /** Compiles the decision on all actions of a mask together. */
  decisionOn(permissionSet: PermissionSet, mask: number): CompiledDecision {
    const attributes = this.#attributes;
    switch (permissionSet.kind) {
      case 'unsecured':
        return this.rules.unsecured === 'allow'
          ? SubjectTest.everyone(attributes)
          : SubjectTest.never(attributes);
      case 'no-permissions':
        return this.rules.whenNoPermissions === 'allow-named'
          ? SubjectTest.namedUsers(attributes)
          : SubjectTest.never(attributes);
      case 'unknown-project':
        return SubjectTest.never(attributes);
      case 'covered': {
        const { applicable, indeterminate, excluded } = this.byApplicability(permissionSet, mask);
        const denials = indeterminate.length + excluded.length;
        return combine(this.rules.strategy, { applicable, denials }, attributes);
      }
    }
  }

  /**
   * The permissions that cover a resource, each group in the order in which they were given.
   *
   * @source model.md: one permission must hold all the requested actions to match
   */
  byApplicability(permissionSet: PermissionSet, mask: number): PermissionsByApplicability {
    const applicable: EffectivePermission[] = [];
    const indeterminate: EffectivePermission[] = [];
    const excluded: ExcludedCompiledPermission[] = [];
    const notApplicable: EffectivePermission[] = [];
    const sort = (permission: EvaluatedPermission, group: EffectivePermission[]): void => {
      if (permission.test === undefined) excluded.push(permission);
      else if ((permission.actionMask & mask) === mask) group.push(permission);
      else notApplicable.push(permission);
    };
    for (const permission of this.#ofTargets(permissionSet.targets)) sort(permission, applicable);
    for (const permission of this.#ofTargets(permissionSet.indeterminateTargets))
      sort(permission, indeterminate);
    return { applicable, indeterminate, excluded, notApplicable };
  }

  /** All permissions that cover a resource, or may, in the order in which they were given. */
  permissionsOf({ targets, indeterminateTargets }: PermissionSet): readonly EvaluatedPermission[] {
    return this.#ofTargets(Int32Array.from([...targets, ...indeterminateTargets]));
  }

  /** Positions of the permissions that cover a resource of known tags, in no order. */
  positionsOf({ targets }: PermissionSet): Int32Array {
    const [only] = targets;
    if (targets.length === 1 && only !== undefined) {
      return Int32Array.from((this.#targets[only] as CompiledTarget).permissions);
    }
    const positions: number[] = [];
    for (const targetId of targets) {
      for (const position of (this.#targets[targetId] as CompiledTarget).permissions) {
        positions.push(position);
      }
    }
    return Int32Array.from(positions);
  }

  #ofTargets(targetIds: Int32Array): EvaluatedPermission[] {
    // Most resources are matched by a few targets, and by none that depends on their tags.
    if (targetIds.length === 0) return [];
    const [only] = targetIds;
    if (targetIds.length === 1) {
      const { permissions } = this.#targets[only as number] as CompiledTarget;
      return permissions.map((position) => this.#permissions[position] as EvaluatedPermission);
    }
    const positions: number[] = [];
    for (const targetId of targetIds) {
      const { permissions } = this.#targets[targetId] as CompiledTarget;
      for (const position of permissions) positions.push(position);
    }
    // Numbers sort by value in a typed array, and without a comparing function.
    return Array.from(
      Int32Array.from(positions).sort(),
      (position) => this.#permissions[position] as EvaluatedPermission,
    );
  }
}
