import { coverResource } from '../analysis/coverage.js';
import { type CompiledSnapshot, requirementOf } from '../engine/index.js';
import { isExcludedPermission, type Resource } from '../model/index.js';

/** A permission that covers a resource. */
export interface CoveringPermission {
  readonly project: string | null;
  readonly name: string;
  /** Empty if the permission is excluded. */
  readonly actions: readonly string[];
  readonly requires: string;
}

/** All permissions that cover a resource, for any actions, in the order of the registry. */
export function coveringPermissions(
  snapshot: CompiledSnapshot,
  resource: Resource,
): readonly CoveringPermission[] {
  return coverResource(snapshot, resource).permissions.map((permission) => {
    const { source } = permission;
    return {
      project: source.project ?? null,
      name: source.name,
      actions: isExcludedPermission(source) ? [] : source.actions,
      requires: requirementOf(snapshot, permission),
    };
  });
}
