import type { CompiledPermission, CompiledSnapshot, PermissionSet } from '../engine/index.js';
import type { Resource } from '../model/index.js';

/** What a snapshot says of one registered resource, whoever asks. */
export interface ResourceCoverage {
  readonly resource: Resource;
  readonly coverage: Coverage;
}

/** What the permissions that cover a resource leave open. One object for all resources that the same permissions cover. */
export interface Coverage {
  /** Whether some permission covers the resource, be it an excluded one. */
  readonly secured: boolean;
  /** The permissions that cover it, in the order in which they were given. */
  readonly permissions: readonly CompiledPermission[];
  /** Actions that none of them holds. */
  readonly uncoveredActions: readonly string[];
  /** Actions that some of them hold, with policies that nobody can satisfy. */
  readonly unsatisfiableActions: readonly string[];
}

/** Walks all registered resources of a snapshot. Cost: once for each distinct set of permissions, and a look-up a resource. */
export function* coverResources(snapshot: CompiledSnapshot): Generator<ResourceCoverage> {
  const known = new Map<PermissionSet, Coverage>();
  for (const resource of snapshot.resources()) {
    const permissionSet = snapshot.permissionSetOf(resource);
    let coverage = known.get(permissionSet);
    if (coverage === undefined) {
      coverage = cover(snapshot, permissionSet);
      known.set(permissionSet, coverage);
    }
    yield { resource, coverage };
  }
}

/** What a snapshot says of one resource, registered or not, whoever asks. */
export function coverResource(snapshot: CompiledSnapshot, resource: Resource): Coverage {
  return cover(snapshot, snapshot.permissionSetOf(resource));
}

function cover(snapshot: CompiledSnapshot, permissionSet: PermissionSet): Coverage {
  // Every permission holds all of no actions.
  const { applicable } = snapshot.evaluator.byApplicability(permissionSet, 0);
  const uncoveredActions: string[] = [];
  const unsatisfiableActions: string[] = [];
  for (const [id, action] of snapshot.vocabulary.actions.entries()) {
    const holding = applicable.filter(({ actionMask }) => (actionMask & (1 << id)) !== 0);
    if (holding.length === 0) uncoveredActions.push(action);
    else if (holding.every(({ test }) => test.isUnsatisfiable)) unsatisfiableActions.push(action);
  }
  return Object.freeze({
    secured: permissionSet.kind === 'covered',
    permissions: Object.freeze(snapshot.evaluator.permissionsOf(permissionSet)),
    uncoveredActions: Object.freeze(uncoveredActions),
    unsatisfiableActions: Object.freeze(unsatisfiableActions),
  });
}
