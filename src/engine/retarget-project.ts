import type { CompiledNamePattern } from '../matchers/index.js';
import { createTargetScan, HitBuffer } from '../matchers/index.js';
import type { Lineage } from './lineage.js';
import { NOT_REGISTERED } from './permission-set-table.js';
import { CompiledProject, type ProjectTargets } from './project.js';
import type { RegisteredResources } from './registered-resources.js';
import type { TargetChanges } from './target-group.js';

/**
 * A project after changes of its targets. The resources that they do not concern are passed over at
 * the cost of reading one number each.
 *
 * @param targets after the changes
 * @param changes those of its own targets, and of the targets for every project
 * @param affected by ID of a permission set: 1 for those with a target that is gone
 */
export function retargetProject(
  lineage: Lineage,
  project: CompiledProject,
  targets: ProjectTargets,
  changes: readonly TargetChanges[],
  affected: Uint8Array,
): CompiledProject {
  const resources = project.resources.copy();
  const next = new CompiledProject(lineage, project.name, targets, resources);
  const replaceGone = once((id) => withoutGone(lineage, id, changes, next.uncoveredId));
  const { uncoveredId } = next;
  for (let number = 0; number < resources.end; number++) {
    const id = resources.permissionSetId(number);
    if (id === NOT_REGISTERED) continue;
    if (id === project.uncoveredId) resources.setPermissionSet(number, uncoveredId);
    else if (affected[id] === 1) resources.setPermissionSet(number, replaceGone(id));
  }
  for (const { added } of changes) {
    for (const target of added) addTarget(lineage, resources, target, uncoveredId);
  }
  return next;
}

function withoutGone(
  lineage: Lineage,
  id: number,
  changes: readonly TargetChanges[],
  uncoveredId: number,
): number {
  const kept: number[] = [];
  for (const target of lineage.permissionSets.targetsOf(id)) {
    if (changes.some(({ removed }) => removed.has(target))) continue;
    const change = changes.find(({ replaced }) => replaced.has(target));
    kept.push(change?.replaced.get(target) ?? target);
  }
  if (kept.length === 0) return uncoveredId;
  return lineage.permissionSets.ofRegistered(Int32Array.from(kept).sort());
}

/** Adds a target to the permission sets of the registered resources that it matches. */
function addTarget(
  lineage: Lineage,
  resources: RegisteredResources,
  targetId: number,
  uncoveredId: number,
): void {
  const target = lineage.target(targetId);
  const finder = createTargetScan([target], lineage.patterns);
  const extend = once((id) => {
    const before = id === uncoveredId ? [] : lineage.permissionSets.targetsOf(id);
    return lineage.permissionSets.ofRegistered(Int32Array.from([...before, targetId]).sort());
  });
  const { names } = resources;
  for (const number of candidates(resources, target.patterns, lineage.patterns)) {
    const id = resources.permissionSetId(number);
    const typeId = names.typeId(number);
    if (id === NOT_REGISTERED || (target.typeMask & (1 << typeId)) === 0) continue;
    finder.find(typeId, names.names[number] as string, resources.tags(number), FOUND, UNKNOWN);
    if (FOUND.count > 0) resources.setPermissionSet(number, extend(id));
  }
}

const FOUND = new HitBuffer();
const UNKNOWN = new HitBuffer();

function candidates(
  { names, end }: RegisteredResources,
  positions: readonly number[] | undefined,
  patterns: readonly CompiledNamePattern[],
): Iterable<number> {
  if (positions === undefined) return upTo(end);
  const used = positions.map((position) => patterns[position] as CompiledNamePattern);
  return names.signatures.candidates(used, end);
}

function* upTo(end: number): Generator<number> {
  for (let number = 0; number < end; number++) yield number;
}

/** Works each number out once. */
function once(make: (id: number) => number): (id: number) => number {
  const known = new Map<number, number>();
  return (id) => {
    let made = known.get(id);
    if (made === undefined) {
      made = make(id);
      known.set(id, made);
    }
    return made;
  };
}
