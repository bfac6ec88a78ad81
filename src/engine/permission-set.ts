import type { CompiledDecision } from './compiled-decision.js';

/**
 * The rule that decides on a resource: `covered` leaves it to the permissions of the set. The other
 * kinds have no permissions, and an option or a fixed rule decides.
 */
export type PermissionSetKind = 'covered' | 'unsecured' | 'no-permissions' | 'unknown-project';

/** Compiles the decision on a permission set. */
export interface DecisionCompiler {
  decisionOn(permissionSet: PermissionSet, mask: number): CompiledDecision;
}

/** No targets. */
export const NO_TARGETS: Int32Array = new Int32Array(0);

/** Maximum number of sets of actions whose decisions each permission set remembers. */
const MAX_REMEMBERED_MASKS = 64;

/**
 * The permissions that cover a resource: one object for all resources that the same permissions
 * cover.
 *
 * INVARIANT: its answers never change. A decision is compiled when it is first needed.
 */
export class PermissionSet {
  readonly kind: PermissionSetKind;
  /** Targets that match the resource, as positions in the snapshot. Ascending. */
  readonly targets: Int32Array;
  /** Targets whose match depends on tags that are unknown. Ascending. */
  readonly indeterminateTargets: Int32Array;
  readonly #evaluator: DecisionCompiler;
  #remembered: Map<number, CompiledDecision> | undefined;

  constructor(
    kind: PermissionSetKind,
    targets: Int32Array,
    indeterminateTargets: Int32Array,
    evaluator: DecisionCompiler,
  ) {
    this.kind = kind;
    this.targets = targets;
    this.indeterminateTargets = indeterminateTargets;
    this.#evaluator = evaluator;
  }

  /** The decision on all actions of a mask together, remembered. */
  decisionOn(mask: number): CompiledDecision {
    const remembered = this.#remembered?.get(mask);
    if (remembered !== undefined) return remembered;
    const decision = this.compile(mask);
    this.#remembered ??= new Map();
    if (this.#remembered.size < MAX_REMEMBERED_MASKS) this.#remembered.set(mask, decision);
    return decision;
  }

  /** Compiles the decision on all actions of a mask together. The caller remembers it. */
  compile(mask: number): CompiledDecision {
    return this.#evaluator.decisionOn(this, mask);
  }
}
