import { type Coverage, coverResources, type ResourceCoverage } from '../analysis/coverage.js';
import type { AuthConfig } from '../config/index.js';
import {
  type CompiledPermission,
  type CompiledSnapshot,
  compiledOf,
  type Snapshot,
} from '../engine/index.js';
import { checkOptions } from '../foundation/options.js';
import type { Vocabulary } from '../model/index.js';
import { type ExcludedPermission, isExcludedPermission, type Permission } from '../model/index.js';

/** A permission that is understood, with what it was compiled to. */
export interface AuditedPermission extends CompiledPermission {
  readonly source: Permission<Vocabulary>;
}

/** What the rules of an audit look at, worked out once. */
export interface AuditFacts {
  readonly snapshot: CompiledSnapshot;
  /** Undefined: not known. */
  readonly auth: AuthConfig | undefined;
  /** The audited projects; undefined stands for the implicit one. */
  readonly projects: readonly AuditedProject[];
  /** The registered resources of the audited projects, by project, type and name. */
  readonly resources: readonly ResourceCoverage[];
  /** Those of the audited projects, and those for every project, as they were given. */
  readonly permissions: readonly CompiledPermission[];
  /** The ones that are understood. */
  readonly understood: readonly AuditedPermission[];
  /** The ones that are not. */
  readonly excluded: readonly ExcludedPermission[];
  /** Number of the audited resources that a permission covers. */
  matchesOf(permission: CompiledPermission): number;
}

export interface AuditedProject {
  readonly name: string | undefined;
  readonly hasPermissions: boolean;
}

/** What an audit looks at. */
export interface AuditOptions {
  /** Looks at the resources and permissions of this project only. Default: at all. */
  readonly project?: string | undefined;
  /** The `auth` section of the feature store. Default: not known, and nothing is said about it. */
  readonly auth?: AuthConfig | undefined;
}

/**
 * Works out what an audit's rules look at.
 *
 * Cost: linear in the resources, and in the permissions that cover each distinct kind of them.
 *
 * @throws TypeError when the snapshot does not know the project
 */
export function collectFacts(given: Snapshot, options: AuditOptions): AuditFacts {
  checkOptions<AuditOptions>(options, { project: true, auth: true });
  const snapshot = compiledOf(given);
  const { project, auth } = options;
  const projects = auditedProjects(snapshot, project);
  const isAudited = (name: string | undefined): boolean =>
    project === undefined || name === project;
  const resources = [...coverResources(snapshot)]
    .filter(({ resource }) => isAudited(resource.project))
    .sort(resourceOrder(snapshot.vocabulary));
  const permissions = snapshot.permissions.filter(
    ({ source }) => source.project === undefined || isAudited(source.project),
  );
  const matches = countMatches(resources);
  return {
    snapshot,
    auth,
    projects,
    resources,
    permissions,
    understood: permissions.filter(isUnderstood),
    excluded: permissions.map(({ source }) => source).filter(isExcludedPermission),
    matchesOf: (permission) => matches.get(permission) ?? 0,
  };
}

function auditedProjects(
  snapshot: CompiledSnapshot,
  name: string | undefined,
): readonly AuditedProject[] {
  if (name === undefined) return [...new Set(snapshot.projects.values())];
  const project = snapshot.projects.get(name);
  if (project === undefined) throw new TypeError(`project \`${name}\` is not in the snapshot`);
  return [project];
}

function isUnderstood(permission: CompiledPermission): permission is AuditedPermission {
  return !isExcludedPermission(permission.source);
}

/** Resources share their coverage, so the permissions of each coverage are gone through once. */
function countMatches(
  resources: readonly ResourceCoverage[],
): ReadonlyMap<CompiledPermission, number> {
  const uses = new Map<Coverage, number>();
  for (const { coverage } of resources) uses.set(coverage, (uses.get(coverage) ?? 0) + 1);
  const matches = new Map<CompiledPermission, number>();
  for (const [{ permissions }, count] of uses) {
    for (const permission of permissions) {
      matches.set(permission, (matches.get(permission) ?? 0) + count);
    }
  }
  return matches;
}

function resourceOrder(
  vocabulary: Vocabulary,
): (a: ResourceCoverage, b: ResourceCoverage) => number {
  const typeId = (type: string): number => vocabulary.typeIds.get(type) ?? -1;
  return ({ resource: a }, { resource: b }) =>
    compareText(a.project ?? '', b.project ?? '') ||
    typeId(a.type) - typeId(b.type) ||
    compareText(a.name, b.name);
}

// By code unit: the order must not depend on where the audit runs.
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
