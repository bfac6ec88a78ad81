import { assertResource, type Resource } from '../model/index.js';
import { type ChangedPermissions, changePermissions } from './change-permissions.js';
import { changeResources } from './change-resources.js';
import { projectNames } from './compile-projects.js';
import type { CompiledOptions, CompiledSnapshot } from './compiled-snapshot.js';
import type { PermissionList } from './permission-list.js';
import { CompiledProject } from './project.js';
import { retargetProject } from './retarget-project.js';
import { type TargetChanges, TargetGroup } from './target-group.js';

/** What differs between a snapshot and the one that it is made from. */
export interface ChangedContent {
  readonly list: PermissionList;
  readonly projects: ReadonlyMap<string | undefined, CompiledProject>;
}

/** Tables that hold so many times what a snapshot uses, and so much more, are compiled anew. */
const MAX_GROWTH = 4;
const MIN_GROWTH = 256;

/**
 * Makes the content of a snapshot from another one, at a cost in proportion to what differs and to
 * what the changed permissions cover. Yields now and then.
 *
 * @param resources undefined: those of the snapshot before
 * @returns undefined where everything has to be compiled
 * @throws TypeError on resources that contradict each other
 */
export function* changeSnapshot(
  before: CompiledSnapshot,
  options: CompiledOptions,
  resources: readonly Resource[] | undefined,
): Generator<number, ChangedContent | undefined> {
  if (!haveSameRules(before.options, options) || isOvergrown(before)) return undefined;
  const permissions = changePermissions(before.lineage, before, options);
  if (permissions === undefined) return undefined;
  const names = projectNames(options, permissions.list);
  for (const resource of resources ?? []) {
    assertResource(resource);
    if (resource.project !== undefined) names.add(resource.project);
  }
  if (resources === undefined) {
    for (const { name, resources: registered } of before.projects.values()) {
      if (name !== undefined && registered.size > 0) names.add(name);
    }
  }
  const isImplicit = [...before.projects.values()].some(({ name }) => name === undefined);
  if (isImplicit !== (names.size === 0)) return undefined;
  let projects = changeProjects(before, names, permissions, options);
  yield 0;
  if (resources !== undefined) projects = yield* changeResources(before, projects, resources);
  return { list: permissions.list, projects };
}

/** The options that decide what permissions and resources mean. */
const MEANING = [
  'strategy',
  'unsecured',
  'whenNoPermissions',
  'onUnsupportedPattern',
  'python',
  'vocabulary',
  'matching',
  'defaultProject',
] as const satisfies readonly (keyof CompiledOptions)[];

function haveSameRules(before: CompiledOptions, options: CompiledOptions): boolean {
  const { policyKinds: oldKinds = [], auth: oldAuth } = before;
  const { policyKinds = [], auth } = options;
  return (
    MEANING.every((option) => before[option] === options[option]) &&
    auth?.type === oldAuth?.type &&
    policyKinds.length === oldKinds.length &&
    policyKinds.every((kind, index) => kind === oldKinds[index])
  );
}

function isOvergrown({ lineage, list, projects }: CompiledSnapshot): boolean {
  let registered = 0;
  let numbered = 0;
  for (const { resources } of new Set(projects.values())) {
    registered += resources.size;
    numbered += resources.names.count;
  }
  const { permissionCount, permissionSets } = lineage;
  return (
    permissionCount > MIN_GROWTH + MAX_GROWTH * list.permissions.length ||
    numbered > MIN_GROWTH + MAX_GROWTH * registered ||
    permissionSets.count > MIN_GROWTH + MAX_GROWTH * lineage.firstSetCount
  );
}

function changeProjects(
  before: CompiledSnapshot,
  names: ReadonlySet<string>,
  { changes }: ChangedPermissions,
  { defaultProject, matching }: CompiledOptions,
): Map<string | undefined, CompiledProject> {
  const { lineage } = before;
  const affected = affectedSets(before, changes);
  const none = TargetGroup.compile(lineage, [], matching);
  const sharedChange = changes.get(undefined);
  const [first] = before.projects.values();
  const oldShared = first?.targets.shared ?? none;
  const shared = sharedChange === undefined ? oldShared : oldShared.change(sharedChange);
  const projects = new Map<string | undefined, CompiledProject>();
  const change = (project: CompiledProject): CompiledProject => {
    const ownChange = project.name === undefined ? undefined : changes.get(project.name);
    const both = [sharedChange, ownChange].filter((one) => one !== undefined);
    if (both.length === 0) return project;
    const old = project.targets.own;
    const targets = { shared, own: ownChange === undefined ? old : old.change(ownChange) };
    return retargetProject(lineage, project, targets, both, affected);
  };
  for (const name of names.size === 0 ? [undefined] : names) {
    const known = before.projects.get(name);
    projects.set(
      name,
      change(known ?? new CompiledProject(lineage, name, { shared: oldShared, own: none })),
    );
  }
  const standard = projects.get(defaultProject);
  if (standard !== undefined) projects.set(undefined, standard);
  return projects;
}

function affectedSets(
  { lineage }: CompiledSnapshot,
  changes: ReadonlyMap<string | undefined, TargetChanges>,
): Uint8Array {
  const gone = new Set<number>();
  for (const { removed, replaced } of changes.values()) {
    for (const target of removed) gone.add(target);
    for (const target of replaced.keys()) gone.add(target);
  }
  return lineage.permissionSets.having(gone);
}
