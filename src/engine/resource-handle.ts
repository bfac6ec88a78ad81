import type { Resource, Tags } from '../model/index.js';

/** A snapshot, to a handle. */
export interface ResolvingSnapshot {
  /** Another number for each snapshot. */
  readonly serial: number;
  /** The ID of the permission set of a registered resource; undefined for any other resource. */
  resolve(resource: Resource): number | undefined;
}

/**
 * A resource that remembers what it was found to be, so that the next question about it takes no
 * look-up.
 *
 * INVARIANT: what it remembers is used for the same snapshot only. It holds no snapshot, so a
 * handle that is kept and not used keeps no tables.
 */
export class ResourceHandle implements Resource {
  readonly type: string;
  readonly name: string;
  readonly tags: Tags | undefined;
  readonly project: string | undefined;
  #serial: number;
  #permissionSet: number | undefined;

  /** @param resource which does not change afterwards */
  constructor(resource: Resource, snapshot: ResolvingSnapshot) {
    this.type = resource.type;
    this.name = resource.name;
    this.tags = resource.tags;
    this.project = resource.project;
    this.#serial = snapshot.serial;
    this.#permissionSet = snapshot.resolve(this);
    Object.freeze(this);
  }

  /** The ID of the permission set in a snapshot; undefined for an unregistered resource. */
  permissionSetIn(snapshot: ResolvingSnapshot): number | undefined {
    if (snapshot.serial !== this.#serial) {
      this.#permissionSet = snapshot.resolve(this);
      this.#serial = snapshot.serial;
    }
    return this.#permissionSet;
  }
}
