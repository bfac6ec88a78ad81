import type { Resource } from '../model/index.js';

/** Stands in place of a number where resources of several types have the same name. */
const SEVERAL_TYPES = -1;
/** A vocabulary has at most 32 types. */
const TYPE_BITS = 5;
const TYPE_MASK = (1 << TYPE_BITS) - 1;

/**
 * A number for each registered resource, found by type and name with one look-up: the hot path.
 *
 * Names come first, since hardly ever do two resources of different types share one: what is found under a name says which
 * type it is of, and a comparison of two strings, which are the same object as a rule, takes the place of a look-up.
 */
export class ResourcePlaces {
  /** By name: the number and the type's, in one; or SEVERAL_TYPES. */
  readonly #places = new Map<string, number>();
  /** By the type's number. */
  readonly #types: string[] = [];
  /** Of names that several types share, by type and name. */
  readonly #shared = new Map<string, Map<string, number>>();

  /** @param number less than 2 ** 26 */
  set({ type, name }: Resource, typeId: number, number: number): void {
    this.#types[typeId] = type;
    const place = this.#places.get(name);
    if (place === undefined) {
      this.#places.set(name, (number << TYPE_BITS) | typeId);
      return;
    }
    if (place !== SEVERAL_TYPES) {
      this.#share(this.#types[place & TYPE_MASK] as string, name, place >>> TYPE_BITS);
      this.#places.set(name, SEVERAL_TYPES);
    }
    this.#share(type, name, number);
  }

  /** Whatever is no resource is found nowhere. */
  get(resource: Resource): number | undefined {
    const place = this.#places.get(resource?.name);
    if (place === undefined) return undefined;
    if (place === SEVERAL_TYPES) return this.#shared.get(resource.type)?.get(resource.name);
    return this.#types[place & TYPE_MASK] === resource.type ? place >>> TYPE_BITS : undefined;
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
