import { getOrAdd } from '../foundation/get-or-add.js';
import { AuthzError, isExcludedPermission, type Vocabulary } from '../model/index.js';
import { type ChangedTargets, ChangingTargets } from './changing-targets.js';
import type { EvaluatedPermission } from './compiled-permission.js';
import type { Lineage } from './lineage.js';
import type { SnapshotOptions } from './options.js';
import { PermissionList } from './permission-list.js';
import { isSamePermission } from './same-permission.js';

type PermissionOptions = Pick<SnapshotOptions<Vocabulary>, 'permissions' | 'formerPermissions'>;
type Input = PermissionOptions['permissions'][number];

/** The permissions of a snapshot, and the options that they were given in. */
export interface GivenPermissions {
  readonly list: PermissionList;
  readonly options: PermissionOptions;
}

/** The permissions of a changed snapshot. */
export interface ChangedPermissions extends Pick<ChangedTargets, 'changes'> {
  readonly list: PermissionList;
}

/** The place of a permission that the snapshot before does not have. */
const NEW = -1;
/** More changes than these, and than this part of the permissions, are compiled from scratch. */
const MAX_CHANGED = 256;
const MAX_CHANGED_SHARE = 0.1;

/**
 * Compiles the permissions that differ from those of another snapshot of the lineage, and takes
 * over all others. A permission is taken over if it is the same frozen object, or is equal once it
 * is parsed.
 *
 * @returns undefined where all have to be compiled: many differ, or one is refused
 */
export function changePermissions(
  lineage: Lineage,
  before: GivenPermissions,
  options: PermissionOptions,
): ChangedPermissions | undefined {
  return new PermissionChange(lineage, before).run(options);
}

class PermissionChange {
  readonly #lineage: Lineage;
  readonly #before: GivenPermissions;
  readonly #targets: ChangingTargets;

  constructor(lineage: Lineage, before: GivenPermissions) {
    this.#lineage = lineage;
    this.#before = before;
    this.#targets = new ChangingTargets(lineage);
  }

  run({ permissions, formerPermissions = [] }: PermissionOptions): ChangedPermissions | undefined {
    const { list } = this.#before;
    const places = this.#placesOf(permissions);
    const changed = places.reduce((count, place) => (place === NEW ? count + 1 : count), 0);
    const gone = list.permissions.length - (permissions.length - changed);
    const most = Math.max(MAX_CHANGED, MAX_CHANGED_SHARE * list.permissions.length);
    if (changed + gone + Math.abs(formerPermissions.length - list.formerTargets.length) > most) {
      return undefined;
    }
    this.#takeGone(places);
    const given = this.#compile(permissions, places);
    const formers = this.#changeFormer(formerPermissions);
    if (given === undefined || this.#lineage.compiler.isExhausted) return undefined;
    const { changes, now } = this.#targets.finish();
    const next = new PermissionList();
    for (let index = 0; index < places.length; index++) {
      const place = places[index] as number;
      if (place === NEW) {
        const { permission, id, target } = given.get(index) as GivenPermission;
        next.add(permission, id, target());
      } else {
        const permission = list.permissions[place] as EvaluatedPermission;
        next.add(permission, list.ids[place] as number, now(list.targets[place] as number));
      }
    }
    for (const target of formers) {
      next.formerTargets.push(typeof target === 'number' ? now(target) : target());
    }
    return { list: next, changes };
  }

  /** By position in `inputs`: the position of the same permission before, or NEW. */
  #placesOf(inputs: readonly Input[]): Int32Array {
    const { permissions } = this.#before.list;
    const places = new Int32Array(inputs.length).fill(NEW);
    // Most often, a few permissions differ and all others are in their old order.
    let start = 0;
    let end = inputs.length;
    let oldEnd = permissions.length;
    for (; start < end && start < oldEnd && this.#isSame(inputs[start], start); start++) {
      places[start] = start;
    }
    for (; end > start && oldEnd > start && this.#isSame(inputs[end - 1], oldEnd - 1); ) {
      places[--end] = --oldEnd;
    }
    const byName = new Map<string, number[]>();
    for (let place = start; place < oldEnd; place++) {
      const { name } = (permissions[place] as EvaluatedPermission).source;
      getOrAdd(byName, name, () => []).push(place);
    }
    for (let index = start; index < end; index++) {
      const candidates = byName.get(String(inputs[index]?.name)) ?? [];
      const found = candidates.findIndex((place) => this.#isSame(inputs[index], place));
      if (found >= 0) places[index] = candidates.splice(found, 1)[0] as number;
    }
    return places;
  }

  /** Whether an input is the permission at a position before. */
  #isSame(input: Input | undefined, place: number): boolean {
    const { source } = this.#before.list.permissions[place] as EvaluatedPermission;
    if (input === source) return Object.isFrozen(source);
    if (input === undefined || isExcludedPermission(input) || isExcludedPermission(source)) {
      return false;
    }
    try {
      return isSamePermission(this.#lineage.compiler.parse(input), source);
    } catch (error) {
      // It is compiled once more, with all others, for the error.
      if (error instanceof AuthzError) return false;
      throw error;
    }
  }

  #takeGone(places: Int32Array): void {
    const { permissions, ids, targets } = this.#before.list;
    const isKept = new Uint8Array(permissions.length);
    for (const place of places) if (place !== NEW) isKept[place] = 1;
    for (let place = 0; place < isKept.length; place++) {
      if (isKept[place] === 1) continue;
      this.#targets.take(targets[place] as number, ids[place] as number);
    }
  }

  /** By position: the permissions that are new. Undefined where one of them is refused. */
  #compile(
    inputs: readonly Input[],
    places: Int32Array,
  ): ReadonlyMap<number, GivenPermission> | undefined {
    const given = new Map<number, GivenPermission>();
    for (let index = 0; index < places.length; index++) {
      if (places[index] !== NEW) continue;
      const compiled = this.#lineage.compiler.compile(inputs[index], []);
      if (compiled === undefined) return undefined;
      const { permission, filters } = compiled;
      const id = this.#lineage.addPermission(permission);
      given.set(index, { permission, id, target: this.#targets.give(filters, id) });
    }
    return given;
  }

  /** The targets of former permissions: IDs before the change, or of those that are new. */
  #changeFormer(
    formers: NonNullable<PermissionOptions['formerPermissions']>,
  ): readonly (number | (() => number))[] {
    const before = this.#before.options.formerPermissions ?? [];
    const free = new Map<unknown, number[]>();
    for (const [index, former] of before.entries()) {
      const target = this.#before.list.formerTargets[index] as number;
      if (Object.isFrozen(former)) getOrAdd(free, former, () => []).push(target);
      else this.#targets.takeFormer(target);
    }
    const targets = formers.map((former) => {
      const filters = (): (() => number) =>
        this.#targets.giveFormer(this.#lineage.compiler.widestFilters(former));
      return free.get(former)?.pop() ?? filters();
    });
    for (const gone of free.values()) for (const target of gone) this.#targets.takeFormer(target);
    return targets;
  }
}

interface GivenPermission {
  readonly permission: EvaluatedPermission;
  readonly id: number;
  /** The ID of its target, once all targets are changed. */
  readonly target: () => number;
}
