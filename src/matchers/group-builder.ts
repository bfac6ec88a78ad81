/**
 * Groups of entries, each a run of one array: `entries[from[group]]` up to, not including,
 * `entries[from[group + 1]]`.
 */
export interface Groups {
  readonly from: Int32Array;
  readonly entries: Int32Array;
}

/** Collects entries by key; builders may share the numbering of keys. */
export class GroupBuilder<K = string> {
  readonly groups: Map<K, number>;
  readonly #groupOf: number[] = [];
  readonly #entries: number[] = [];

  constructor(groups: Map<K, number> = new Map()) {
    this.groups = groups;
  }

  add(key: K, entry: number): void {
    let group = this.groups.get(key);
    if (group === undefined) {
      group = this.groups.size;
      this.groups.set(key, group);
    }
    this.#groupOf.push(group);
    this.#entries.push(entry);
  }

  /** Call it when all builders of the numbering have all their entries. */
  build(): Groups {
    const from = new Int32Array(this.groups.size + 1);
    for (const group of this.#groupOf) from[group + 1] = (from[group + 1] as number) + 1;
    for (let group = 0; group < this.groups.size; group++) {
      from[group + 1] = (from[group + 1] as number) + (from[group] as number);
    }
    const entries = new Int32Array(this.#entries.length);
    const free = from.slice();
    for (const [position, entry] of this.#entries.entries()) {
      const group = this.#groupOf[position] as number;
      const at = free[group] as number;
      entries[at] = entry;
      free[group] = at + 1;
    }
    return { from, entries };
  }
}
