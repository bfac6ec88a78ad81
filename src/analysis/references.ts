import type { Resource } from '../model/index.js';

/** A resource by what identifies it. `project` is null where nothing names a project. */
export interface ResourceReference {
  readonly project: string | null;
  readonly type: string;
  readonly name: string;
}

/** A permission by what identifies it. `project` is null where it is for every project. */
export interface PermissionReference {
  readonly project: string | null;
  readonly name: string;
}

export function referToResource({ project, type, name }: Resource): ResourceReference {
  return { project: project ?? null, type, name };
}

export function referToPermission(source: {
  readonly project: string | undefined;
  readonly name: string;
}): PermissionReference {
  return { project: source.project ?? null, name: source.name };
}
