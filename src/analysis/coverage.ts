import type { CompiledPermission, CompiledSnapshot, PermissionSet } from '../engine/index.js';
import type { Resource } from '../model/index.js';

/** The coverage of one registered resource, for all subjects. */
export interface ResourceCoverage {
  readonly resource: Resource;
  readonly coverage: Coverage;
}

/**
 * What the permissions that cover a resource leave open. Resources with one permission set share
 * it.
 */
export interface Coverage {
  /** Whether a permission covers the resource. Excluded permissions count. */
  readonly secured: boolean;
  /** The permissions that cover it, in the order in which they were given. */
  readonly permissions: readonly CompiledPermission[];
  /** Actions that none of them holds. */
  readonly uncoveredActions: readonly string[];
  /** Actions that some of them hold, with policies that no subject can satisfy. */
  readonly unsatisfiableActions: readonly string[];
}

/**
 * Walks all registered resources of a snapshot.
 *
 * Cost: one evaluation for each distinct permission set, and one step for each resource.
 */
export function* coverResources(snapshot: CompiledSnapshot): Generator<ResourceCoverage> {
  const known = new Map<number, Coverage>();
  for (const { resources } of new Set(snapshot.projects.values())) {
    // By number, since a look-up by name would double the cost of the walk.
    for (const number of resources.numbers()) {
      const id = resources.permissionSetId(number);
      let coverage = known.get(id);
      if (coverage === undefined) {
        coverage = cover(snapshot, snapshot.decisions.permissionSet(id));
        known.set(id, coverage);
      }
      yield { resource: resources.resource(number), coverage };
    }
  }
}

/** The coverage of one resource, registered or unregistered, for all subjects. */
export function coverResource(snapshot: CompiledSnapshot, resource: Resource): Coverage {
  return cover(snapshot, snapshot.permissionSetOf(resource));
}

function cover(snapshot: CompiledSnapshot, permissionSet: PermissionSet): Coverage {
  // With an empty mask, every permission that may grant is applicable.
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
