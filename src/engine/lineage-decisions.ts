import { type AttributeTable, SubjectTest } from '../policy/index.js';
import { combine } from './combining-algorithm.js';
import type { CompiledDecision } from './compiled-decision.js';
import type {
  CompiledTarget,
  EffectivePermission,
  EvaluatedPermission,
} from './compiled-permission.js';
import type { DecisionCompiler, PermissionSet } from './permission-set.js';
import type { Rules } from './rules.js';

/** Compiles the decisions on permission sets, by the rules of one lineage. */
export class LineageDecisions implements DecisionCompiler {
  readonly #rules: Rules;
  readonly #attributes: AttributeTable;
  readonly #permissions: readonly EvaluatedPermission[];
  readonly #targets: readonly CompiledTarget[];

  /**
   * @param permissions by ID
   * @param targets by ID
   */
  constructor(
    rules: Rules,
    attributes: AttributeTable,
    permissions: readonly EvaluatedPermission[],
    targets: readonly CompiledTarget[],
  ) {
    this.#rules = rules;
    this.#attributes = attributes;
    this.#permissions = permissions;
    this.#targets = targets;
  }

  /**
   * The decision on all actions of a mask together.
   *
   * @source model.md: one permission must hold all the requested actions to match
   */
  decisionOn(permissionSet: PermissionSet, mask: number): CompiledDecision {
    const attributes = this.#attributes;
    switch (permissionSet.kind) {
      case 'unsecured':
        return this.#rules.unsecured === 'allow'
          ? SubjectTest.everyone(attributes)
          : SubjectTest.never(attributes);
      case 'no-permissions':
        return this.#rules.whenNoPermissions === 'allow-named'
          ? SubjectTest.namedUsers(attributes)
          : SubjectTest.never(attributes);
      case 'unknown-project':
        return SubjectTest.never(attributes);
      case 'covered':
        return this.#onCovered(permissionSet, mask);
    }
  }

  #onCovered({ targets, indeterminateTargets }: PermissionSet, mask: number): CompiledDecision {
    const applicable: EffectivePermission[] = [];
    let denials = 0;
    for (const permission of this.#permissionsOf(targets)) {
      if (permission.test === undefined) denials++;
      else if ((permission.actionMask & mask) === mask) applicable.push(permission);
    }
    for (const { actionMask } of this.#permissionsOf(indeterminateTargets)) {
      if ((actionMask & mask) === mask) denials++;
    }
    return combine(this.#rules.strategy, { applicable, denials }, this.#attributes);
  }

  *#permissionsOf(targets: Int32Array): Generator<EvaluatedPermission> {
    for (const id of targets) {
      for (const permission of (this.#targets[id] as CompiledTarget).permissions) {
        yield this.#permissions[permission] as EvaluatedPermission;
      }
    }
  }
}
