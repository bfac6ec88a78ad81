import type {
  EffectivePermission,
  EvaluatedPermission,
  ExcludedCompiledPermission,
} from './compiled-permission.js';
import type { Lineage } from './lineage.js';
import type { PermissionList } from './permission-list.js';
import type { PermissionSet } from './permission-set.js';
import type { Rules } from './rules.js';

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

/** Sorts the permissions of permission sets, in the order of one snapshot. */
export class Evaluator {
  readonly rules: Rules;
  readonly #lineage: Lineage;
  readonly #list: PermissionList;

  constructor(lineage: Lineage, list: PermissionList) {
    this.rules = lineage.rules;
    this.#lineage = lineage;
    this.#list = list;
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

  /** The number of {@link Evaluator.permissionsOf}. */
  countPermissions({ targets, indeterminateTargets }: PermissionSet): number {
    let count = 0;
    for (const targetId of targets) count += this.#lineage.target(targetId).permissions.length;
    for (const targetId of indeterminateTargets) {
      count += this.#lineage.target(targetId).permissions.length;
    }
    return count;
  }

  /** Positions of the permissions that cover a resource of known tags, in no order. */
  positionsOf({ targets }: Pick<PermissionSet, 'targets'>): Int32Array {
    const positions: number[] = [];
    for (const targetId of targets) {
      for (const id of this.#lineage.target(targetId).permissions) {
        positions.push(this.#list.positionOf(id));
      }
    }
    return Int32Array.from(positions);
  }

  #ofTargets(targets: Int32Array): EvaluatedPermission[] {
    // Most resources are matched by a few targets, and by none that depends on their tags.
    if (targets.length === 0) return [];
    // Numbers sort by value in a typed array, and without a comparing function.
    const positions = this.positionsOf({ targets }).sort();
    return Array.from(
      positions,
      (position) => this.#list.permissions[position] as EvaluatedPermission,
    );
  }
}
