import { getOrAdd } from '../foundation/get-or-add.js';
import { assertResource, type Resource, type Vocabulary } from '../model/index.js';
import type { Lineage } from './lineage.js';
import type { SnapshotOptions } from './options.js';
import type { PermissionList } from './permission-list.js';
import { CompiledProject, missingProject } from './project.js';
import { TargetGroup } from './target-group.js';
import { typeIdOf } from './vocabulary-ids.js';

/** Projects by name. The project of resources that name none is under `undefined` too. */
export type Projects = ReadonlyMap<string | undefined, CompiledProject>;

/** Which projects there are, besides those that resources name. */
type ProjectOptions = Pick<SnapshotOptions<Vocabulary>, 'projects' | 'defaultProject' | 'matching'>;

/** The names of all projects, besides those that resources name. */
export function projectNames(options: ProjectOptions, list: PermissionList): Set<string> {
  const names = new Set(options.projects);
  if (options.defaultProject !== undefined) names.add(options.defaultProject);
  for (const { source } of list.permissions) {
    if (source.project !== undefined) names.add(source.project);
  }
  return names;
}

/** The projects of a snapshot without predecessor, before their resources are registered. */
export function compileProjects(
  options: ProjectOptions,
  lineage: Lineage,
  list: PermissionList,
  resources: readonly Resource[],
): Projects {
  const names = projectNames(options, list);
  for (const resource of resources) {
    assertResource(resource);
    if (resource.project !== undefined) names.add(resource.project);
  }
  const targetIdsBy = new Map<string | undefined, number[]>();
  for (let id = 0; id < lineage.targetCount; id++) {
    getOrAdd(targetIdsBy, lineage.target(id).project, () => []).push(id);
  }
  const group = (project: string | undefined): TargetGroup =>
    TargetGroup.compile(lineage, targetIdsBy.get(project) ?? [], options.matching);
  const shared = group(undefined);
  const none = TargetGroup.compile(lineage, [], options.matching);
  const projects = new Map<string | undefined, CompiledProject>();
  for (const name of names) {
    projects.set(name, new CompiledProject(lineage, name, { shared, own: group(name) }));
  }
  if (names.size === 0) {
    projects.set(undefined, new CompiledProject(lineage, undefined, { shared, own: none }));
  }
  const defaultProject = projects.get(options.defaultProject);
  if (defaultProject !== undefined) projects.set(undefined, defaultProject);
  return projects;
}

/**
 * @throws TypeError on an unknown type or project, and on a resource that contradicts another one
 */
export function register(resource: Resource, vocabulary: Vocabulary, projects: Projects): void {
  const { type, name, tags, project } = resource;
  projectOf(resource, projects).register({ type, name, tags, project }, typeIdOf(vocabulary, type));
}

/** @throws TypeError on a resource without a project where there is no default project */
export function projectOf(resource: Resource, projects: Projects): CompiledProject {
  const project = projects.get(resource.project);
  if (project === undefined) throw missingProject(resource);
  return project;
}
