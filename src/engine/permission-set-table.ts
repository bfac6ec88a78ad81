import { grown } from '../foundation/grown.js';
import type { CompiledDecision } from './compiled-decision.js';
import {
  type DecisionCompiler,
  NO_TARGETS,
  PermissionSet,
  type PermissionSetKind,
} from './permission-set.js';
import { createUnregisteredCache } from './unregistered-cache.js';

/** The ID of resources that are not registered. */
export const NOT_REGISTERED = 0;
/** The ID of the permission set of registered resources that no permission covers. */
export const UNSECURED = 1;
/** The same in a project without permissions. */
export const NO_PERMISSIONS = 2;
const FIRST_COVERED = 3;

const INITIAL_SETS = 64;
const EMPTY_SLOT = 0;

/**
 * One permission set for each distinct list of targets. Hundreds of thousands of resources share a
 * few of them.
 *
 * The lists of registered resources are runs of one array, found by a hash table of IDs: an object
 * and two arrays for each set would take ten times as much. IDs are never taken back, so the
 * snapshots of one lineage share the table.
 */
export class PermissionSetTable {
  readonly #evaluator: DecisionCompiler;
  /** Of a set: `#targets[#from[id]]` up to, not including, `#targets[#from[id + 1]]`. */
  #targets = new Int32Array(INITIAL_SETS * 4);
  #from = new Int32Array(INITIAL_SETS);
  #count = FIRST_COVERED;
  /** IDs by the hash of their targets, open addressing; its length is a power of two. */
  #slots = new Int32Array(INITIAL_SETS * 2);
  /** By ID, made when they are asked for. */
  readonly #objects: (PermissionSet | undefined)[] = [];
  readonly #unregistered = createUnregisteredCache<number>();

  constructor(evaluator: DecisionCompiler) {
    this.#evaluator = evaluator;
  }

  /** One more than the largest ID. */
  get count(): number {
    return this.#count;
  }

  /** A permission set without targets. */
  without(kind: Exclude<PermissionSetKind, 'covered'>): PermissionSet {
    return new PermissionSet(kind, NO_TARGETS, NO_TARGETS, this.#evaluator);
  }

  /** The permission set of an ID: the same object each time. */
  permissionSet(id: number): PermissionSet {
    let known = this.#objects[id];
    if (known === undefined) {
      known = this.#create(id);
      this.#objects[id] = known;
    }
    return known;
  }

  /** The decision of a set on all actions of a mask together. The caller remembers it. */
  compile(id: number, mask: number): CompiledDecision {
    // Not by the object of the set, which few of them need.
    return (this.#objects[id] ?? this.#create(id)).compile(mask);
  }

  /**
   * The ID of the permission set for the targets of a registered resource. Kept for the life of the
   * lineage.
   *
   * @param targets ascending, not empty
   */
  ofRegistered(targets: Int32Array): number {
    const slot = this.#slotOf(targets);
    const known = this.#slots[slot] as number;
    return known === EMPTY_SLOT ? this.#add(targets, slot) : known;
  }

  /**
   * The permission set for the targets of any resource.
   *
   * SECURITY: untrusted callers choose these targets, so they go into a bounded cache.
   *
   * @param targets ascending; one of the two arrays is not empty
   */
  ofUnregistered(targets: Int32Array, indeterminateTargets: Int32Array): PermissionSet {
    if (indeterminateTargets.length === 0) {
      const id = this.#slots[this.#slotOf(targets)] as number;
      if (id !== EMPTY_SLOT) return this.permissionSet(id);
    }
    const key = hash(indeterminateTargets, hash(targets));
    const remembered = this.#unregistered.get(key);
    if (
      remembered !== undefined &&
      equal(remembered.targets, targets) &&
      equal(remembered.indeterminateTargets, indeterminateTargets)
    ) {
      return remembered;
    }
    const permissionSet = new PermissionSet(
      'covered',
      targets,
      indeterminateTargets,
      this.#evaluator,
    );
    this.#unregistered.set(key, permissionSet);
    return permissionSet;
  }

  /** The targets of a permission set of registered resources. Valid until the next set is added. */
  targetsOf(id: number): Int32Array {
    return this.#targets.subarray(this.#from[id], this.#from[id + 1]);
  }

  /** By ID: 1 for the sets that have one of some targets. */
  having(targets: ReadonlySet<number>): Uint8Array {
    const marks = new Uint8Array(this.#count);
    let highest = 0;
    for (const target of targets) highest = Math.max(highest, target);
    const isWanted = new Uint8Array(highest + 1);
    for (const target of targets) isWanted[target] = 1;
    for (let id = FIRST_COVERED; id < this.#count; id++) {
      const end = this.#from[id + 1] as number;
      for (let at = this.#from[id] as number; at < end; at++) {
        if (isWanted[this.#targets[at] as number] !== 1) continue;
        marks[id] = 1;
        break;
      }
    }
    return marks;
  }

  /** Gives back what was reserved for more sets. */
  trim(): void {
    this.#targets = this.#targets.slice(0, this.#from[this.#count]);
    this.#from = this.#from.slice(0, this.#count + 1);
  }

  #create(id: number): PermissionSet {
    if (id === UNSECURED) return this.without('unsecured');
    if (id === NO_PERMISSIONS) return this.without('no-permissions');
    return new PermissionSet('covered', this.targetsOf(id).slice(), NO_TARGETS, this.#evaluator);
  }

  #add(targets: Int32Array, slot: number): number {
    const id = this.#count++;
    const from = this.#from[id] as number;
    const end = from + targets.length;
    if (end > this.#targets.length) {
      this.#targets = grown(this.#targets, Math.max(end, 2 * this.#targets.length));
    }
    if (id + 2 > this.#from.length) this.#from = grown(this.#from, 2 * this.#from.length);
    this.#targets.set(targets, from);
    this.#from[id + 1] = end;
    this.#slots[slot] = id;
    if (2 * this.#count > this.#slots.length) this.#rehash();
    return id;
  }

  #rehash(): void {
    this.#slots = new Int32Array(2 * this.#slots.length);
    for (let id = FIRST_COVERED; id < this.#count; id++) {
      this.#slots[this.#slotOf(this.targetsOf(id))] = id;
    }
  }

  /** Where the ID of a list of targets is, or would be, filed. */
  #slotOf(targets: Int32Array): number {
    const mask = this.#slots.length - 1;
    let slot = hash(targets) & mask;
    for (;;) {
      const id = this.#slots[slot] as number;
      if (id === EMPTY_SLOT || this.#isOf(id, targets)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #isOf(id: number, targets: Int32Array): boolean {
    const from = this.#from[id] as number;
    if ((this.#from[id + 1] as number) - from !== targets.length) return false;
    for (let index = 0; index < targets.length; index++) {
      if (this.#targets[from + index] !== targets[index]) return false;
    }
    return true;
  }
}

const BASIS = 0x811c9dc5;

/** FNV-1a over the numbers, mixed once more, since its low bits choose a slot. */
function hash(targets: Int32Array, basis: number = BASIS): number {
  let value = basis;
  for (let index = 0; index < targets.length; index++) {
    value = Math.imul(value ^ (targets[index] as number), 0x01000193);
  }
  return value ^ (value >>> 15);
}

function equal(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}
