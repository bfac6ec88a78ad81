import {
  type CompiledSnapshot,
  type EffectivePermission,
  type PermissionSet,
  policyKey,
  requirementOf,
} from '../engine/index.js';
import { getOrAdd } from '../foundation/get-or-add.js';
import type { PolicyKind, Resource } from '../model/index.js';
import type { SubjectTest } from '../policy/index.js';
import { AccessCondition } from './access-condition.js';
import type { Clause } from './minimal-sets.js';
import { type Atom, attributeAtom, opaqueAtom } from './principal.js';

type Policy = Pick<Clause, 'everyone' | 'atoms'>;

/**
 * Makes the access conditions of a snapshot. Keeps what depends on its policies, and nothing that a
 * caller can grow.
 */
export class SnapshotAccess {
  readonly snapshot: CompiledSnapshot;
  readonly #policies = new Map<SubjectTest, Policy>();

  private constructor(snapshot: CompiledSnapshot) {
    this.snapshot = snapshot;
  }

  static readonly #known = new WeakMap<CompiledSnapshot, SnapshotAccess>();

  static of(snapshot: CompiledSnapshot): SnapshotAccess {
    let access = SnapshotAccess.#known.get(snapshot);
    if (access === undefined) {
      access = new SnapshotAccess(snapshot);
      SnapshotAccess.#known.set(snapshot, access);
    }
    return access;
  }

  /** The condition of all actions of a mask together. */
  conditionOn(permissionSet: PermissionSet, mask: number): AccessCondition {
    const { evaluator } = this.snapshot;
    if (permissionSet.kind !== 'covered') return this.withoutPermissions(permissionSet.kind);
    if (!evaluator.rules.enforced) return AccessCondition.everyone('no-auth');
    const { applicable, indeterminate, excluded } = evaluator.byApplicability(permissionSet, mask);
    return this.combine(applicable, indeterminate.length + excluded.length);
  }

  /**
   * By action ID: the condition of each action alone. Actions that the same permissions hold share
   * one.
   */
  conditionsOf(permissionSet: PermissionSet): readonly AccessCondition[] {
    const { evaluator, vocabulary } = this.snapshot;
    const actions = vocabulary.actions.map((_, id) => id);
    if (permissionSet.kind !== 'covered' || !evaluator.rules.enforced) {
      const condition = this.conditionOn(permissionSet, 0);
      return actions.map(() => condition);
    }
    const { applicable, indeterminate, excluded } = evaluator.byApplicability(permissionSet, 0);
    const known = new Map<string, AccessCondition>();
    return actions.map((id) => {
      const holds = ({ actionMask }: EffectivePermission): boolean =>
        (actionMask & (1 << id)) !== 0;
      const holding = applicable.filter(holds);
      const denials = indeterminate.filter(holds).length + excluded.length;
      const key = `${denials}:${applicable.map((one) => (holds(one) ? 1 : 0)).join('')}`;
      return getOrAdd(known, key, () => this.combine(holding, denials));
    });
  }

  /** The condition under which covering permissions grant. */
  combine(applicable: readonly EffectivePermission[], denials: number): AccessCondition {
    const { strategy } = this.snapshot.evaluator.rules;
    const needed = neededGrants(strategy, applicable.length, denials);
    return new AccessCondition('covered', needed, this.#clausesOf(applicable));
  }

  /** The condition of a resource that no permission covers. */
  withoutPermissions(kind: Exclude<PermissionSet['kind'], 'covered'>): AccessCondition {
    const { rules } = this.snapshot.evaluator;
    if (!rules.enforced) return AccessCondition.everyone('no-auth');
    if (kind === 'unsecured' && rules.unsecured === 'allow') return AccessCondition.everyone(kind);
    if (kind === 'no-permissions' && rules.whenNoPermissions === 'allow-named') {
      return AccessCondition.namedUsers(kind);
    }
    return AccessCondition.nobody(kind);
  }

  #clausesOf(permissions: readonly EffectivePermission[]): readonly Clause[] {
    const byTest = new Map<SubjectTest, EffectivePermission[]>();
    for (const permission of permissions) {
      const known = byTest.get(permission.test);
      if (known === undefined) byTest.set(permission.test, [permission]);
      else known.push(permission);
    }
    return Array.from(byTest.values(), (same) => ({
      ...this.policyOf(same[0] as EffectivePermission),
      permissions: same,
    }));
  }

  /** What the policy of a permission asks for: one of some atoms, or nothing. */
  policyOf(permission: EffectivePermission): Policy {
    let policy = this.#policies.get(permission.test);
    if (policy === undefined) {
      policy = { everyone: permission.test.isEveryone, atoms: this.#atomsOf(permission) };
      this.#policies.set(permission.test, policy);
    }
    return policy;
  }

  #atomsOf(permission: EffectivePermission): readonly Atom[] {
    const { test, source } = permission;
    if (!test.asksPredicates) return test.attributes().map(attributeAtom);
    const { policy } = source;
    const kind = this.snapshot.policyKinds.get(policy.type) as PolicyKind;
    return [opaqueAtom(kind, policy, policyKey(policy), requirementOf(this.snapshot, permission))];
  }
}

function neededGrants(
  strategy: 'affirmative' | 'consensus' | 'unanimous',
  applicable: number,
  denials: number,
): number {
  switch (strategy) {
    case 'affirmative':
      return 1;
    case 'consensus':
      // More grants than what is left of all that vote.
      return Math.floor((applicable + denials) / 2) + 1;
    case 'unanimous':
      return denials > 0 ? Number.POSITIVE_INFINITY : Math.max(1, applicable);
  }
}

/** Undefined: the snapshot does not know the project. */
export function permissionSetOf(
  snapshot: CompiledSnapshot,
  resource: Resource,
): PermissionSet | undefined {
  return snapshot.projects.has(resource.project) ? snapshot.permissionSetOf(resource) : undefined;
}
