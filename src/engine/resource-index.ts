import type { Resource } from '../model/index.js';

/** The entry of a name that resources of several types share. */
const SEVERAL_TYPES = -1;
/** A vocabulary has at most 32 types. */
const TYPE_BITS = 5;
const TYPE_MASK = (1 << TYPE_BITS) - 1;

/**
 * The number of each registered resource, found by type and name with one look-up: the hot path.
 *
 * The name is looked up first, since a name hardly ever belongs to two types. Its entry holds the
 * type, and comparing two strings that usually are the same object is cheaper than a look-up.
 */
export class ResourceIndex {
  /** By name: the number and the type's ID in one; or SEVERAL_TYPES. */
  readonly #entries = new Map<string, number>();
  /** By the type's ID. */
  readonly #types: string[] = [];
  /** Numbers of names that several types share, by type and name. */
  readonly #shared = new Map<string, Map<string, number>>();

  /** @param number less than 2 ** 26 */
  set(type: string, typeId: number, name: string, number: number): void {
    this.#types[typeId] = type;
    const entry = this.#entries.get(name);
    if (entry === undefined) {
      this.#entries.set(name, (number << TYPE_BITS) | typeId);
      return;
    }
    if (entry !== SEVERAL_TYPES) {
      this.#share(this.#types[entry & TYPE_MASK] as string, name, entry >>> TYPE_BITS);
      this.#entries.set(name, SEVERAL_TYPES);
    }
    this.#share(type, name, number);
  }

  /** The types of which a resource may have a name. */
  typesOf(name: string): readonly string[] {
    const entry = this.#entries.get(name);
    if (entry === undefined) return [];
    if (entry !== SEVERAL_TYPES) return [this.#types[entry & TYPE_MASK] as string];
    return [...this.#shared].filter(([, names]) => names.has(name)).map(([type]) => type);
  }

  /** Undefined for unregistered resources and for invalid input. */
  get(resource: Pick<Resource, 'type' | 'name'>): number | undefined {
    const entry = this.#entries.get(resource?.name);
    if (entry === undefined) return undefined;
    if (entry === SEVERAL_TYPES) return this.#shared.get(resource.type)?.get(resource.name);
    return this.#types[entry & TYPE_MASK] === resource.type ? entry >>> TYPE_BITS : undefined;
  }

  #share(type: string, name: string, number: number): void {
    let byName = this.#shared.get(type);
    if (byName === undefined) {
      byName = new Map();
      this.#shared.set(type, byName);
    }
    byName.set(name, number);
  }
}
