import type { CompiledPermission, CompiledSnapshot } from '../engine/index.js';
import { compileNamePattern } from '../matchers/index.js';
import {
  isExcludedPermission,
  type NamePatternSource,
  PatternUnsupportedError,
  type PythonVersion,
  typeMask,
} from '../model/index.js';

/** A permission, as it takes part in decisions on unregistered names. */
export interface PermissionOnNames {
  readonly permission: CompiledPermission;
  readonly typeMask: number;
  /** Empty: all names. */
  readonly patterns: readonly NamePatternSource[];
  /** Whether it requires tags, which are unknown for an unregistered name. */
  readonly isIndeterminate: boolean;
}

/** The permissions of one project, those of every project included. */
export function permissionsOnNames(
  snapshot: CompiledSnapshot,
  project: string | undefined,
): readonly PermissionOnNames[] {
  if (!snapshot.projects.has(project)) return [];
  const name = snapshot.projects.get(project)?.name;
  return snapshot.permissions
    .filter(({ source }) => source.project === undefined || source.project === name)
    .map((permission) => describe(snapshot, permission));
}

function describe(snapshot: CompiledSnapshot, permission: CompiledPermission): PermissionOnNames {
  const { source } = permission;
  const { vocabulary } = snapshot;
  if (!isExcludedPermission(source)) {
    return {
      permission,
      typeMask: typeMask(vocabulary, source.types),
      patterns: source.namePatterns,
      isIndeterminate: Object.keys(source.requiredTags).length > 0,
    };
  }
  // As it was compiled: a part that was not understood could mean anything.
  const { types, namePatterns = [] } = source;
  const isUnderstood = types?.every((type) => vocabulary.typeIds.has(type)) === true;
  return {
    permission,
    typeMask: isUnderstood ? typeMask(vocabulary, types) : -1,
    patterns: namePatterns.every((pattern) => isSupported(pattern, snapshot.options.python))
      ? namePatterns
      : [],
    isIndeterminate: false,
  };
}

function isSupported(pattern: NamePatternSource, python: PythonVersion | undefined): boolean {
  try {
    compileNamePattern(pattern, python);
    return true;
  } catch (error) {
    if (error instanceof PatternUnsupportedError) return false;
    throw error;
  }
}

/**
 * The projects that either snapshot knows; undefined is the project of resources that name none.
 */
export function allProjects(
  ...snapshots: readonly CompiledSnapshot[]
): readonly (string | undefined)[] {
  const names = new Set<string | undefined>();
  for (const { projects } of snapshots) for (const { name } of projects.values()) names.add(name);
  return [...names];
}

/** Whether either of some snapshots has registered a name. */
export function isTaken(
  snapshots: readonly CompiledSnapshot[],
  project: string | undefined,
  type: string,
  name: string,
): boolean {
  return snapshots.some(
    ({ projects }) => projects.get(project)?.registered(type, name) !== undefined,
  );
}

/** The names of one type that some snapshots have registered in a project. */
export function* takenNames(
  snapshots: readonly CompiledSnapshot[],
  project: string | undefined,
  type: string,
): Generator<string> {
  for (const { projects } of snapshots) {
    yield* projects.get(project)?.resources.namesOf(type) ?? [];
  }
}

/** Every name, as a pattern. */
export const ALL_NAMES: readonly NamePatternSource[] = Object.freeze(['(?s).*']);
