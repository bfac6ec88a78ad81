import { coverResources } from '../analysis/coverage.js';
import {
  type CompiledPermission,
  type CompiledSnapshot,
  compiledOf,
  requirementOf,
  type Snapshot,
} from '../engine/index.js';
import {
  isExcludedPermission,
  type NamePatternSource,
  type PolicyData,
  type Tags,
} from '../model/index.js';

/** A permission as `list` writes it. */
export type ListedPermission = UnderstoodPermission | ExcludedCompiledPermission;

interface UnderstoodPermission extends ListedResources {
  readonly project: string | null;
  readonly name: string;
  /** Empty: all types. */
  readonly types: readonly string[];
  /** Empty: all names. */
  readonly namePatterns: readonly string[];
  readonly requiredTags: Tags;
  readonly actions: readonly string[];
  readonly policy: PolicyData;
  /** What the policy requires, as a noun phrase. */
  readonly requires: string;
  readonly tags: Tags;
}

/** One that is not understood: it grants nothing, and secures what it could match. */
interface ExcludedCompiledPermission extends ListedResources {
  readonly project: string | null;
  readonly name: string;
  /** Null: not understood. Empty: all types. */
  readonly types: readonly string[] | null;
  /** Null: not understood. Empty: all names. */
  readonly namePatterns: readonly string[] | null;
  /** Null: not understood. */
  readonly requiredTags: Tags | null;
  /** Why, a sentence each. */
  readonly excluded: readonly string[];
}

interface ListedResources {
  /** What it covers; missing where that was not asked for. */
  readonly resources?: readonly ListedResource[];
}

interface ListedResource {
  readonly project: string | null;
  readonly type: string;
  readonly name: string;
}

/**
 * The permissions of a snapshot as plain data, in the order of the registry.
 *
 * @param isListed leaves the others out. Default: all are listed
 */
export function listPermissions(
  given: Snapshot,
  withResources: boolean,
  isListed: (permission: CompiledPermission) => boolean = () => true,
): readonly ListedPermission[] {
  const snapshot = compiledOf(given);
  const resources = withResources ? resourcesByPermission(snapshot) : undefined;
  return snapshot.permissions.filter(isListed).map((permission) => ({
    ...describe(snapshot, permission),
    ...(resources === undefined ? {} : { resources: resources.get(permission) ?? [] }),
  }));
}

function describe(snapshot: CompiledSnapshot, permission: CompiledPermission): ListedPermission {
  const { source } = permission;
  const project = source.project ?? null;
  const { name } = source;
  if (isExcludedPermission(source)) {
    return {
      project,
      name,
      types: source.types ?? null,
      namePatterns: source.namePatterns?.map(writePattern) ?? null,
      requiredTags: source.requiredTags ?? null,
      excluded: source.excluded.map(({ message }) => message),
    };
  }
  const { types, namePatterns, requiredTags, actions, policy, tags } = source;
  return {
    project,
    name,
    types,
    namePatterns: namePatterns.map(writePattern),
    requiredTags,
    actions,
    policy,
    requires: requirementOf(snapshot, permission),
    tags,
  };
}

function writePattern(pattern: NamePatternSource): string {
  return typeof pattern === 'string' ? pattern : `glob:${pattern.glob}`;
}

function resourcesByPermission(
  snapshot: CompiledSnapshot,
): ReadonlyMap<CompiledPermission, readonly ListedResource[]> {
  const found = new Map<CompiledPermission, ListedResource[]>();
  for (const { resource, coverage } of coverResources(snapshot)) {
    const { project, type, name } = resource;
    const listed = { project: project ?? null, type, name };
    for (const permission of coverage.permissions) {
      const resources = found.get(permission);
      if (resources === undefined) found.set(permission, [listed]);
      else resources.push(listed);
    }
  }
  return found;
}
