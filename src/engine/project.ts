import { HitBuffer } from '../matchers/index.js';
import { formatResource, frozenTags, type Resource, type Tags } from '../model/index.js';
import type { Lineage } from './lineage.js';
import type { PermissionSet } from './permission-set.js';
import { NO_PERMISSIONS, UNSECURED } from './permission-set-table.js';
import { type RegisteredResource, RegisteredResources } from './registered-resources.js';
import type { TargetGroup } from './target-group.js';

/** The targets of a project. */
export interface ProjectTargets {
  /** Those for every project. */
  readonly shared: TargetGroup;
  readonly own: TargetGroup;
}

/** One project of a snapshot: its targets and its registered resources. */
export class CompiledProject {
  /** Undefined: the implicit project, if permissions and resources name none. */
  readonly name: string | undefined;
  readonly targets: ProjectTargets;
  readonly resources: RegisteredResources;
  readonly #lineage: Lineage;
  readonly #unsecured: PermissionSet;

  constructor(
    lineage: Lineage,
    name: string | undefined,
    targets: ProjectTargets,
    resources: RegisteredResources = new RegisteredResources(lineage, name),
  ) {
    this.name = name;
    this.targets = targets;
    this.resources = resources;
    this.#lineage = lineage;
    this.#unsecured = lineage.permissionSets.permissionSet(this.uncoveredId);
  }

  /** Whether any permission, excluded ones included, is for this project. */
  get hasPermissions(): boolean {
    return this.targets.shared.size + this.targets.own.size > 0;
  }

  /** The ID of the permission set of registered resources that no permission covers. */
  get uncoveredId(): number {
    return this.hasPermissions ? UNSECURED : NO_PERMISSIONS;
  }

  /** The same project, whose resources can be changed. */
  copy(): CompiledProject {
    return new CompiledProject(this.#lineage, this.name, this.targets, this.resources.copy());
  }

  /** A registered resource. */
  registered(type: string, name: string): RegisteredResource | undefined {
    const number = this.resources.numberOf({ type, name });
    return number === undefined ? undefined : this.resources.resource(number);
  }

  /** @throws TypeError if the same type and name is registered with other tags */
  register(resource: Resource, typeId: number): void {
    const { type, name, tags = NO_TAGS } = resource;
    const { resources } = this;
    const number = resources.add(type, typeId, name);
    if (resources.has(number)) {
      if (resources.hasTags(number, tags)) return;
      throw registeredTwice({ type, name, project: this.name });
    }
    resources.setTags(number, tags, resource.project !== undefined);
    this.#cover(number, typeId);
  }

  /** Gives a registered resource other tags. */
  retag(number: number, tags: Tags, namesProject: boolean): void {
    this.resources.setTags(number, tags, namesProject);
    this.#cover(number, this.resources.names.typeId(number));
  }

  /**
   * The permission set of a resource as it is described.
   *
   * @param tags undefined: unknown
   */
  permissionSetFor(typeId: number, name: string, tags: Tags | undefined): PermissionSet {
    // SECURITY: a copy, since a getter among untrusted tags could ask another question meanwhile.
    this.#find(typeId, name, tags && frozenTags(tags));
    if (INSIDE.count + UNKNOWN.count === 0) return this.#unsecured;
    return this.#lineage.permissionSets.ofUnregistered(INSIDE.toSorted(), UNKNOWN.toSorted());
  }

  /**
   * Does the slow part of `permissionSetFor`, with pauses.
   *
   * @returns a function that makes the next `permissionSetFor` of this name use the result
   */
  *prepare(name: string): Generator<undefined, () => void> {
    const shared = yield* this.targets.shared.prepare(name);
    const own = yield* this.targets.own.prepare(name);
    return () => {
      shared();
      own();
    };
  }

  #cover(number: number, typeId: number): void {
    const { resources } = this;
    this.#find(typeId, resources.names.names[number] as string, resources.tags(number));
    const id =
      INSIDE.count === 0
        ? this.uncoveredId
        : this.#lineage.permissionSets.ofRegistered(INSIDE.toSorted());
    resources.setPermissionSet(number, id);
  }

  #find(typeId: number, name: string, tags: Tags | undefined): void {
    INSIDE.clear();
    UNKNOWN.clear();
    this.targets.shared.find(typeId, name, tags, INSIDE, UNKNOWN);
    this.targets.own.find(typeId, name, tags, INSIDE, UNKNOWN);
  }
}

const NO_TAGS: Tags = Object.freeze({});

/** Working memory of `#find`, which no code of others interrupts. */
const INSIDE = new HitBuffer();
const UNKNOWN = new HitBuffer();

/** The error for a resource that is registered with two sets of tags. */
export function registeredTwice(resource: Resource): TypeError {
  return new TypeError(`${formatResource(resource)} is registered twice, with different tags`);
}

/** The error for a resource without a project, in a snapshot without a default project. */
export function missingProject(resource: Resource): TypeError {
  return new TypeError(
    `${formatResource(resource)} names no project, and the snapshot has no default project`,
  );
}
