import { getOrAdd } from '../foundation/get-or-add.js';
import type { Filters } from './compiled-permission.js';
import type { Lineage } from './lineage.js';
import { filtersKey } from './permission-compiler.js';
import type { TargetChanges } from './target-group.js';

interface WorkingTarget {
  /** Undefined: it is new. */
  readonly before: number | undefined;
  readonly filters: Filters;
  readonly permissions: number[];
  formers: number;
}

/** What became of some targets. */
export interface ChangedTargets {
  /** By project; `undefined` for targets of every project. */
  readonly changes: ReadonlyMap<string | undefined, TargetChanges>;
  /** The ID of a target's present version. */
  now(target: number): number;
}

/**
 * Collects changes of targets, which are immutable: each target that gains or loses a permission
 * gets a new version, with an ID of its own.
 */
export class ChangingTargets {
  readonly #lineage: Lineage;
  /** By the ID of the version before. */
  readonly #touched = new Map<number, WorkingTarget>();
  /** All that were touched, and new ones. */
  readonly #all: WorkingTarget[] = [];
  /** The same by filters; of several with the same filters, one. */
  readonly #byFilters = new Map<string, WorkingTarget>();
  /** The IDs of the new versions. */
  readonly #ids = new Map<WorkingTarget, number>();

  constructor(lineage: Lineage) {
    this.#lineage = lineage;
  }

  /** Takes a permission from its target. */
  take(target: number, permission: number): void {
    const { permissions } = this.#touch(target);
    permissions.splice(permissions.indexOf(permission), 1);
  }

  /** Takes a former permission from its target. */
  takeFormer(target: number): void {
    this.#touch(target).formers -= 1;
  }

  /**
   * Gives a permission to a target with its filters.
   *
   * @returns after all changes, the ID of the target
   */
  give(filters: Filters, permission: number): () => number {
    const target = this.#of(filters);
    target.permissions.push(permission);
    return () => this.#ids.get(target) as number;
  }

  /** The same for a former permission. */
  giveFormer(filters: Filters): () => number {
    const target = this.#of(filters);
    target.formers += 1;
    return () => this.#ids.get(target) as number;
  }

  /** Adds the new versions to the lineage. */
  finish(): ChangedTargets {
    const changes = new Map<string | undefined, MutableChanges>();
    const versions = new Map<number, number>();
    for (const target of this.#all) {
      const { before, filters, permissions, formers } = target;
      const change = getOrAdd(changes, filters.project, () => new MutableChanges());
      if (permissions.length + formers === 0) {
        if (before !== undefined) change.removed.add(before);
        continue;
      }
      const id = this.#lineage.addTarget({ ...filters, permissions, formers });
      this.#ids.set(target, id);
      if (before === undefined) change.added.push(id);
      else {
        change.replaced.set(before, id);
        versions.set(before, id);
      }
    }
    return { changes, now: (target) => versions.get(target) ?? target };
  }

  #touch(id: number): WorkingTarget {
    return getOrAdd(this.#touched, id, () => {
      const { permissions, formers, ...filters } = this.#lineage.target(id);
      return this.#file({ before: id, filters, permissions: [...permissions], formers });
    });
  }

  #of(filters: Filters): WorkingTarget {
    const known = this.#byFilters.get(filtersKey(filters));
    return known ?? this.#file({ before: undefined, filters, permissions: [], formers: 0 });
  }

  #file(target: WorkingTarget): WorkingTarget {
    this.#all.push(target);
    this.#byFilters.set(filtersKey(target.filters), target);
    return target;
  }
}

class MutableChanges implements TargetChanges {
  readonly replaced = new Map<number, number>();
  readonly removed = new Set<number>();
  readonly added: number[] = [];
}
