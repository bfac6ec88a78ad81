import { grown } from '../foundation/grown.js';
import type { EvaluatedPermission } from './compiled-permission.js';

/** Of a permission that another snapshot of the lineage has. */
const NOT_HERE = -1;

/**
 * The permissions of one snapshot in their order. Permissions and targets have IDs in the lineage;
 * positions are those of the snapshot. Immutable once the snapshot is made.
 */
export class PermissionList {
  readonly permissions: EvaluatedPermission[] = [];
  /** By position: the ID of the permission. */
  readonly ids: number[] = [];
  /** By position: the ID of its target. */
  readonly targets: number[] = [];
  /** IDs of the targets of former permissions, in their order. */
  readonly formerTargets: number[] = [];
  #positions = new Int32Array(64).fill(NOT_HERE);

  add(permission: EvaluatedPermission, id: number, target: number): void {
    if (id >= this.#positions.length) this.#reserve(id + 1);
    this.#positions[id] = this.permissions.length;
    this.permissions.push(permission);
    this.ids.push(id);
    this.targets.push(target);
  }

  /** The position of a permission of the snapshot. */
  positionOf(id: number): number {
    return this.#positions[id] as number;
  }

  #reserve(count: number): void {
    const { length } = this.#positions;
    this.#positions = grown(this.#positions, Math.max(count, 2 * length)).fill(NOT_HERE, length);
  }
}
