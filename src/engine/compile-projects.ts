import { getOrAdd } from '../foundation/get-or-add.js';
import { compileTargetIndex, createTargetScan } from '../matchers/index.js';
import { assertResource, frozenTags, type Resource, type Vocabulary } from '../model/index.js';
import type { CompiledPermissions } from './compile-permissions.js';
import type { SnapshotOptions } from './options.js';
import type { PermissionSetTable } from './permission-set-table.js';
import { CompiledProject, missingProject, type TargetGroup } from './project.js';
import { typeIdOf } from './vocabulary-ids.js';

/** The projects by name. The project of resources that name none is under `undefined` too. */
export function compileProjects(
  options: SnapshotOptions<Vocabulary>,
  vocabulary: Vocabulary,
  compiled: CompiledPermissions,
  table: PermissionSetTable,
): Map<string | undefined, CompiledProject> {
  const names = new Set(options.projects);
  if (options.defaultProject !== undefined) names.add(options.defaultProject);
  for (const { source } of compiled.permissions)
    if (source.project !== undefined) names.add(source.project);
  for (const resource of options.resources ?? []) {
    assertResource(resource);
    if (resource.project !== undefined) names.add(resource.project);
  }

  const group = groupTargets(compiled, vocabulary, options.matching);
  const shared = group(undefined);
  const projects = new Map<string | undefined, CompiledProject>();
  for (const name of names) {
    projects.set(name, new CompiledProject(name, [shared, group(name)], table));
  }
  if (names.size === 0) projects.set(undefined, new CompiledProject(undefined, [shared], table));
  const defaultProject = projects.get(options.defaultProject);
  if (defaultProject !== undefined) projects.set(undefined, defaultProject);
  return projects;
}

/** Groups targets by project, and makes a finder for each group. */
function groupTargets(
  compiled: CompiledPermissions,
  vocabulary: Vocabulary,
  matching: SnapshotOptions['matching'],
): (project: string | undefined) => TargetGroup {
  const targetIdsBy = new Map<string | undefined, number[]>();
  for (const [targetId, { project }] of compiled.targets.entries()) {
    getOrAdd(targetIdsBy, project, () => []).push(targetId);
  }
  return (project) => {
    const targetIds = targetIdsBy.get(project) ?? [];
    const targets = targetIds.map(
      (id) => compiled.targets[id] as CompiledPermissions['targets'][number],
    );
    const finder =
      matching === 'scan'
        ? createTargetScan(targets, compiled.patterns)
        : compileTargetIndex(targets, compiled.patterns, vocabulary.types.length);
    return { finder, targetIds };
  };
}

/**
 * @throws TypeError on an unknown type or project, and on a resource that contradicts another one
 */
export function register(
  resource: Resource,
  vocabulary: Vocabulary,
  projects: ReadonlyMap<string | undefined, CompiledProject>,
): void {
  const { type, name, tags = {} } = resource;
  const typeId = typeIdOf(vocabulary, type);
  const project = projects.get(resource.project);
  if (project === undefined) throw missingProject(resource);
  project.register(
    Object.freeze({ type, name, tags: frozenTags(tags), project: project.name }),
    typeId,
  );
}
