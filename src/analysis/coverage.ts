import type { CompiledPermission, CompiledSnapshot, Governance } from '../engine/index.js';
import type { Resource } from '../model/index.js';

/** What a snapshot says of one registered resource, whoever asks. */
export interface ResourceCoverage {
  readonly resource: Resource;
  readonly coverage: Coverage;
}

/** What the permissions that govern a resource leave open. One object for all resources that the same permissions govern. */
export interface Coverage {
  /** Whether some permission governs the resource, be it an excluded one. */
  readonly secured: boolean;
  /** The permissions that govern it, in the order in which they were given. */
  readonly permissions: readonly CompiledPermission[];
  /** Actions that none of them holds. */
  readonly uncoveredActions: readonly string[];
  /** Actions that some of them hold, with policies that nobody can satisfy. */
  readonly unsatisfiableActions: readonly string[];
}

/** Walks all registered resources of a snapshot. Cost: once for each distinct set of permissions, and a look-up a resource. */
export function* coverResources(snapshot: CompiledSnapshot): Generator<ResourceCoverage> {
  const known = new Map<Governance, Coverage>();
  for (const resource of snapshot.resources()) {
    const governance = snapshot.governanceOf(resource);
    let coverage = known.get(governance);
    if (coverage === undefined) {
      coverage = cover(snapshot, governance);
      known.set(governance, coverage);
    }
    yield { resource, coverage };
  }
}

/** What a snapshot says of one resource, registered or not, whoever asks. */
export function coverResource(snapshot: CompiledSnapshot, resource: Resource): Coverage {
  return cover(snapshot, snapshot.governanceOf(resource));
}

function cover(snapshot: CompiledSnapshot, governance: Governance): Coverage {
  // Every permission holds all of no actions.
  const { holders } = snapshot.judge.governing(governance, 0);
  const uncoveredActions: string[] = [];
  const unsatisfiableActions: string[] = [];
  for (const [id, action] of snapshot.vocabulary.actions.entries()) {
    const holding = holders.filter(({ actionMask }) => (actionMask & (1 << id)) !== 0);
    if (holding.length === 0) uncoveredActions.push(action);
    else if (holding.every(({ test }) => test.isUnsatisfiable)) unsatisfiableActions.push(action);
  }
  return Object.freeze({
    secured: governance.kind === 'governed',
    permissions: Object.freeze(snapshot.judge.permissionsOf(governance)),
    uncoveredActions: Object.freeze(uncoveredActions),
    unsatisfiableActions: Object.freeze(unsatisfiableActions),
  });
}
