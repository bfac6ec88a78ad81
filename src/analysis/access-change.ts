import type { CompiledSnapshot, PermissionSet } from '../engine/index.js';
import type { Subject } from '../model/index.js';
import type { AccessCondition, Combination } from './access-condition.js';
import { type AccessPrincipal, type Atom, NAMED_USER } from './principal.js';
import {
  type PermissionReference,
  type ResourceReference,
  referToPermission,
} from './references.js';

/** Principals that may do actions in one version and not in the other. */
export interface ChangedRights {
  /** All of them are needed. Empty: everyone, the anonymous user included. */
  readonly principals: readonly AccessPrincipal[];
  readonly actions: readonly string[];
  /** The permissions that allow it, of the version that does. */
  readonly permissions: readonly PermissionReference[];
  /**
   * A user whom one version allows and the other refuses; null is the anonymous user. Missing where
   * a policy of your own kind decides, which no user can be made up for.
   */
  readonly subject?: Subject | null;
}

/** Rights on one resource that were gained or lost. */
export interface AccessChange extends ChangedRights {
  readonly resource: ResourceReference;
  /**
   * Which versions the resource is registered in. Where it is not, it was decided on as an
   * unregistered one.
   */
  readonly registered: 'both' | 'old' | 'new';
}

/**
 * The minimal combinations that `wide` allows and `narrow` refuses.
 *
 * Some subject is allowed by `wide` alone exactly if a minimal combination of `wide` is refused by
 * `narrow`, since conditions are monotone. A user with a role, group or namespace has a name.
 *
 * @returns with `complete: false` if the combinations of `wide` were cut
 */
export function widening(
  narrow: AccessCondition,
  wide: AccessCondition,
): { readonly found: readonly Combination[]; readonly complete: boolean } {
  if (narrow.needed === 0) return { found: [], complete: true };
  const { found, complete } = wide.combinations();
  return { found: found.filter(({ atoms }) => !narrow.allows(keysOf(atoms))), complete };
}

/** The keys of atoms, with what they imply. */
function keysOf(atoms: readonly Atom[]): readonly string[] {
  const keys = atoms.map(({ key }) => key);
  return atoms.some(({ principal }) => 'name' in principal) ? [...keys, NAMED_USER.key] : keys;
}

/** Collects combinations by their principals: the actions of one are put together. */
export class RightsCollector {
  readonly #byKey = new Map<
    string,
    {
      readonly combination: Combination;
      readonly actions: string[];
      readonly permissions: Set<Combination['permissions'][number]>;
    }
  >();

  add(action: string, combination: Combination): void {
    const key = JSON.stringify(combination.atoms.map((one) => one.key));
    const known = this.#byKey.get(key);
    if (known === undefined) {
      const permissions = new Set(combination.permissions);
      this.#byKey.set(key, { combination, actions: [action], permissions });
      return;
    }
    if (!known.actions.includes(action)) known.actions.push(action);
    for (const permission of combination.permissions) known.permissions.add(permission);
  }

  /**
   * @param isWitness whether one version allows a subject all of some actions and the other refuses
   *   them
   */
  finish(
    isWitness: (subject: Subject | null, actions: readonly string[]) => boolean,
  ): readonly ChangedRights[] {
    return Array.from(this.#byKey.values(), ({ combination, actions, permissions }) => {
      const subject = exampleSubject(combination.atoms);
      const isShown = subject !== undefined && isWitness(subject, actions);
      return {
        principals: combination.atoms.map(({ principal }) => principal),
        actions,
        permissions: Array.from(permissions, ({ source }) => referToPermission(source)),
        ...(isShown ? { subject } : {}),
      };
    });
  }

  get isEmpty(): boolean {
    return this.#byKey.size === 0;
  }
}

/**
 * A subject that has some principals and nothing else; undefined if a policy of an own kind is
 * among them.
 */
function exampleSubject(atoms: readonly Atom[]): Subject | null | undefined {
  if (atoms.length === 0) return null;
  if (atoms.some(({ principal }) => principal.kind === 'policy')) return undefined;
  const named = (kind: AccessPrincipal['kind']): readonly string[] =>
    atoms.flatMap(({ principal }) =>
      principal.kind === kind && 'name' in principal ? [principal.name] : [],
    );
  const [roles, groups, namespaces] = [named('role'), named('group'), named('namespace')];
  return {
    username: 'example',
    ...(roles.length === 0 ? {} : { roles }),
    ...(groups.length === 0 ? {} : { groups }),
    ...(namespaces.length === 0 ? {} : { namespaces }),
  };
}

/** Whether a subject is allowed each of some actions alone, as the engine decides. */
export function allowsEach(
  snapshot: CompiledSnapshot,
  permissionSet: PermissionSet | undefined,
  subject: Subject | null,
  actions: readonly string[],
): boolean {
  return actions.every((action) => allowsOne(snapshot, permissionSet, subject, action));
}

export function allowsOne(
  snapshot: CompiledSnapshot,
  permissionSet: PermissionSet | undefined,
  subject: Subject | null,
  action: string,
): boolean {
  if (!snapshot.enforced) return true;
  const id = snapshot.vocabulary.actionIds.get(action) ?? 0;
  return permissionSet?.decisionOn(1 << id).passes(subject) === true;
}
