import { HitBuffer, type TargetFinder } from '../matchers/index.js';
import { formatResource, frozenTags, type Resource, type Tags } from '../model/index.js';
import type { PermissionSet } from './permission-set.js';
import type { PermissionSetTable } from './permission-set-table.js';
import { ResourceIndex } from './resource-index.js';

/** A finder over some of a snapshot's targets. */
export interface TargetGroup {
  readonly finder: TargetFinder;
  /** By the finder's position: the position in the snapshot. Ascending. */
  readonly targetIds: readonly number[];
}

/** A resource as the registry holds it. Its tags are known, even when it has none. */
export interface RegisteredResource extends Resource {
  readonly tags: Tags;
}

/** One project of a snapshot: its targets and its registered resources. */
export class CompiledProject {
  /** Undefined: the implicit project, if permissions and resources name none. */
  readonly name: string | undefined;
  readonly #index = new ResourceIndex();
  /** The registered resources, by type and name. */
  readonly registered: Map<string, Map<string, RegisteredResource>> = new Map();
  readonly #groups: readonly TargetGroup[];
  readonly #table: PermissionSetTable;
  readonly #unsecured: PermissionSet;
  readonly #unsecuredId: number;
  readonly #inside = new HitBuffer();
  readonly #unknown = new HitBuffer();
  readonly #found = { targets: new HitBuffer(), indeterminateTargets: new HitBuffer() };

  /**
   * @param groups the targets of this project, and the targets for every project
   * @param table the table of the snapshot, shared by its projects
   */
  constructor(name: string | undefined, groups: readonly TargetGroup[], table: PermissionSetTable) {
    this.name = name;
    this.#groups = groups.filter(({ targetIds }) => targetIds.length > 0);
    this.#table = table;
    this.#unsecured = table.without(this.hasPermissions ? 'unsecured' : 'no-permissions');
    this.#unsecuredId = table.decisions.add(this.#unsecured);
  }

  /** Whether any permission, excluded ones included, is for this project. */
  get hasPermissions(): boolean {
    return this.#groups.length > 0;
  }

  /** @throws TypeError if the same type and name is registered with other tags */
  register(resource: RegisteredResource, typeId: number): void {
    const { type, name, tags } = resource;
    let byName = this.registered.get(type);
    if (byName === undefined) {
      byName = new Map();
      this.registered.set(type, byName);
    }
    const twin = byName.get(name);
    if (twin !== undefined) {
      if (areSame(twin.tags, tags)) return;
      throw new TypeError(`${formatResource(resource)} is registered twice, with different tags`);
    }
    byName.set(name, resource);
    const { targets, indeterminateTargets } = this.#find(typeId, name, tags);
    const isCovered = targets.length + indeterminateTargets.length > 0;
    this.#index.set(
      resource,
      typeId,
      isCovered ? this.#table.ofRegistered(targets, indeterminateTargets) : this.#unsecuredId,
    );
  }

  /** The ID of a registered resource's permission set; undefined for any other resource. */
  permissionSetIdOf(resource: Resource): number | undefined {
    return this.#index.get(resource);
  }

  /**
   * The permission set of a resource as it is described.
   *
   * @param tags undefined: unknown
   */
  permissionSetFor(typeId: number, name: string, tags: Tags | undefined): PermissionSet {
    // SECURITY: a copy, since a getter among untrusted tags could ask another question meanwhile.
    const { targets, indeterminateTargets } = this.#find(typeId, name, tags && frozenTags(tags));
    const isCovered = targets.length + indeterminateTargets.length > 0;
    return isCovered ? this.#table.ofUnregistered(targets, indeterminateTargets) : this.#unsecured;
  }

  /**
   * Does the slow part of `permissionSetFor`, with pauses.
   *
   * @returns a function that makes the next `permissionSetFor` of this name use the result
   */
  *prepare(name: string): Generator<undefined, () => void> {
    const parts: (() => void)[] = [];
    for (const { finder } of this.#groups) parts.push(yield* finder.prepare(name));
    return () => {
      for (const part of parts) part();
    };
  }

  #find(
    typeId: number,
    name: string,
    tags: Tags | undefined,
  ): { readonly targets: Int32Array; readonly indeterminateTargets: Int32Array } {
    const { targets, indeterminateTargets } = this.#found;
    targets.clear();
    indeterminateTargets.clear();
    for (const { finder, targetIds } of this.#groups) {
      finder.find(typeId, name, tags, this.#inside, this.#unknown);
      translate(this.#inside, targetIds, targets);
      translate(this.#unknown, targetIds, indeterminateTargets);
    }
    return { targets: targets.toSorted(), indeterminateTargets: indeterminateTargets.toSorted() };
  }
}

/** The error for a resource without a project, in a snapshot without a default project. */
export function missingProject(resource: Resource): TypeError {
  return new TypeError(
    `${formatResource(resource)} names no project, and the snapshot has no default project`,
  );
}

function translate(found: HitBuffer, targetIds: readonly number[], into: HitBuffer): void {
  for (let index = 0; index < found.count; index++) into.push(targetIds[found.at(index)] as number);
}

function areSame(a: Tags, b: Tags): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
