import { type SubjectAtoms, SubjectTest } from '../policy/index.js';
import type {
  CompiledScope,
  EffectivePermission,
  LeftOutPermission,
} from './compile-permissions.js';
import type { Governance } from './governance.js';
import type { DecisionStrategy } from './options.js';
import type { Verdict } from './verdict.js';
import { combine } from './verdicts.js';

/** The options that decisions follow, with their defaults filled in. */
export interface Rules {
  readonly strategy: DecisionStrategy;
  readonly unsecured: 'deny' | 'allow';
  readonly whenNoPermissions: 'allow-named' | 'deny';
  /** False under `auth: no_auth`. */
  readonly enforced: boolean;
}

/** The permissions that govern a resource, by the part they can play for some actions. */
export interface GoverningPermissions {
  /** Hold all the actions: each may grant. */
  readonly holders: readonly EffectivePermission[];
  /** Hold all the actions, and require tags which nobody knows: they cannot grant. */
  readonly undecided: readonly EffectivePermission[];
  /** Excluded: they cannot grant either. */
  readonly excluded: readonly LeftOutPermission[];
  /** Govern the resource and do not hold all the actions. */
  readonly others: readonly EffectivePermission[];
}

type JudgedPermission = EffectivePermission | LeftOutPermission;

/** Turns what governs a resource into answers, by the rules of one snapshot. */
export class Judge {
  readonly rules: Rules;
  readonly #atoms: SubjectAtoms;
  readonly #permissions: readonly JudgedPermission[];
  readonly #scopes: readonly CompiledScope[];

  constructor(
    rules: Rules,
    atoms: SubjectAtoms,
    permissions: readonly JudgedPermission[],
    scopes: readonly CompiledScope[],
  ) {
    this.rules = rules;
    this.#atoms = atoms;
    this.#permissions = permissions;
    this.#scopes = scopes;
  }

  /** The verdict on all actions of a mask together. */
  verdictOn(governance: Governance, mask: number): Verdict {
    const atoms = this.#atoms;
    switch (governance.kind) {
      case 'unsecured':
        return this.rules.unsecured === 'allow'
          ? SubjectTest.everyone(atoms)
          : SubjectTest.nobody(atoms);
      case 'no-permissions':
        return this.rules.whenNoPermissions === 'allow-named'
          ? SubjectTest.namedUsers(atoms)
          : SubjectTest.nobody(atoms);
      case 'unknown-project':
        return SubjectTest.nobody(atoms);
      case 'governed': {
        const { holders, undecided, excluded } = this.governing(governance, mask);
        const denials = undecided.length + excluded.length;
        return combine(this.rules.strategy, { holders, denials }, atoms);
      }
    }
  }

  /**
   * The permissions that govern a resource, each part in the order in which they were given.
   *
   * @source model.md: one permission must hold all the requested actions to match
   */
  governing(governance: Governance, mask: number): GoverningPermissions {
    const holders: EffectivePermission[] = [];
    const undecided: EffectivePermission[] = [];
    const excluded: LeftOutPermission[] = [];
    const others: EffectivePermission[] = [];
    const sort = (permission: JudgedPermission, whereHeld: EffectivePermission[]): void => {
      if (permission.test === undefined) excluded.push(permission);
      else if ((permission.actionMask & mask) === mask) whereHeld.push(permission);
      else others.push(permission);
    };
    for (const permission of this.#inScopes(governance.scopes)) sort(permission, holders);
    for (const permission of this.#inScopes(governance.unknownScopes)) sort(permission, undecided);
    return { holders, undecided, excluded, others };
  }

  /** All permissions that govern a resource, or may, in the order in which they were given. */
  permissionsOf({ scopes, unknownScopes }: Governance): readonly JudgedPermission[] {
    return this.#inScopes(Int32Array.from([...scopes, ...unknownScopes]));
  }

  #inScopes(scopeIds: Int32Array): JudgedPermission[] {
    // Most resources lie in a few scopes, and in none that depends on their tags.
    if (scopeIds.length === 0) return [];
    const [only] = scopeIds;
    if (scopeIds.length === 1) {
      const { permissions } = this.#scopes[only as number] as CompiledScope;
      return permissions.map((position) => this.#permissions[position] as JudgedPermission);
    }
    const positions: number[] = [];
    for (const scopeId of scopeIds) {
      const { permissions } = this.#scopes[scopeId] as CompiledScope;
      for (const position of permissions) positions.push(position);
    }
    // Numbers sort by value in a typed array, and without a comparing function.
    return Array.from(
      Int32Array.from(positions).sort(),
      (position) => this.#permissions[position] as JudgedPermission,
    );
  }
}
