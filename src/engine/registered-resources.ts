import { getOrAdd } from '../foundation/get-or-add.js';
import { grown } from '../foundation/grown.js';
import type { Resource, Tags } from '../model/index.js';
import type { Lineage } from './lineage.js';
import { NOT_REGISTERED } from './permission-set-table.js';
import type { ResourceIndex } from './resource-index.js';
import { ResourceNames } from './resource-names.js';

/** A resource as the registry holds it. Its tags are known, even when it has none. */
export interface RegisteredResource extends Resource {
  readonly tags: Tags;
}

const INITIAL = 16;
/** Beside the number of the tags: whether the resource was registered with its project's name. */
const NAMES_PROJECT = 1;

/**
 * The registered resources of a project in one snapshot, as columns: at a million resources an
 * object for each would take several times as much.
 *
 * Names have numbers that all snapshots of the lineage share. The columns are the snapshot's own,
 * and shorter than the names where a later snapshot has added some. Immutable once the snapshot is
 * made.
 */
export class RegisteredResources {
  readonly names: ResourceNames;
  readonly #index: ResourceIndex;
  readonly #lineage: Lineage;
  readonly #project: string | undefined;
  /** By number: the ID of the permission set, or NOT_REGISTERED. */
  #permissionSets = new Int32Array(INITIAL);
  /** By number: twice the number of the tags, and NAMES_PROJECT. */
  #tags = new Int32Array(INITIAL);
  #size = 0;
  /** By number: the objects that were asked for. */
  readonly #objects = new Map<number, RegisteredResource>();

  constructor(
    lineage: Lineage,
    project: string | undefined,
    names: ResourceNames = new ResourceNames(),
  ) {
    this.names = names;
    this.#index = names.index;
    this.#lineage = lineage;
    this.#project = project;
  }

  /** The same resources, to be changed. */
  copy(): RegisteredResources {
    const copy = new RegisteredResources(this.#lineage, this.#project, this.names);
    copy.#permissionSets = this.#permissionSets.slice();
    copy.#tags = this.#tags.slice();
    copy.#size = this.#size;
    return copy;
  }

  /** How many resources are registered. */
  get size(): number {
    return this.#size;
  }

  /** One more than the largest number that may be registered here. */
  get end(): number {
    return Math.min(this.names.count, this.#permissionSets.length);
  }

  /** The number of a registered resource; undefined for any other, and for invalid input. */
  numberOf(resource: Pick<Resource, 'type' | 'name'>): number | undefined {
    const number = this.names.index.get(resource);
    return number === undefined || !this.has(number) ? undefined : number;
  }

  has(number: number): boolean {
    const id = this.#permissionSets[number];
    return id !== undefined && id !== NOT_REGISTERED;
  }

  /** The ID of the permission set of a resource, or undefined as in `numberOf`. The hot path. */
  permissionSetIdOf(resource: Resource): number | undefined {
    const number = this.#index.get(resource);
    if (number === undefined) return undefined;
    const id = this.#permissionSets[number];
    return id === NOT_REGISTERED ? undefined : id;
  }

  /** The ID of the permission set of a number below `end`, or NOT_REGISTERED. */
  permissionSetId(number: number): number {
    return this.#permissionSets[number] as number;
  }

  tags(number: number): Tags {
    return this.#lineage.tags.tags((this.#tags[number] as number) >>> 1);
  }

  /** Whether a registered resource has just these tags. */
  hasTags(number: number, tags: Tags | undefined): boolean {
    return areSame(this.tags(number), tags);
  }

  /** Whether a registered resource was given with the name of its project. */
  namesProject(number: number): boolean {
    return ((this.#tags[number] as number) & NAMES_PROJECT) !== 0;
  }

  /** The frozen object of a registered resource: the same one each time. */
  resource(number: number): RegisteredResource {
    return getOrAdd(this.#objects, number, () =>
      Object.freeze({
        type: this.#typeOf(number),
        name: this.names.names[number] as string,
        tags: this.tags(number),
        project: this.#project,
      }),
    );
  }

  /** All registered resources, in the order in which they were first registered. */
  *all(): Generator<RegisteredResource> {
    for (const number of this.numbers()) yield this.resource(number);
  }

  /** The same as they were given: without a project where none was named. */
  *asGiven(): Generator<Resource> {
    for (const number of this.numbers()) {
      const type = this.#typeOf(number);
      const name = this.names.names[number] as string;
      const project = this.namesProject(number) ? this.#project : undefined;
      yield Object.freeze({ type, name, tags: this.tags(number), project });
    }
  }

  /** The numbers of all registered resources. */
  *numbers(): Generator<number> {
    for (let number = 0; number < this.end; number++) if (this.has(number)) yield number;
  }

  /** The names of all registered resources of a type. */
  *namesOf(type: string): Generator<string> {
    for (const number of this.numbers()) {
      if (this.#typeOf(number) === type) yield this.names.names[number] as string;
    }
  }

  /** The types of the registered resources of a name. */
  typesOf(name: string): readonly string[] {
    return this.names.index
      .typesOf(name)
      .filter((type) => this.numberOf({ type, name }) !== undefined);
  }

  /** @returns the number of the resource, which `setPermissionSet` registers */
  add(type: string, typeId: number, name: string): number {
    const number = this.names.index.get({ type, name }) ?? this.names.add(type, typeId, name);
    if (number >= this.#permissionSets.length) this.#reserve(number + 1);
    return number;
  }

  setTags(number: number, tags: Tags, namesProject: boolean): void {
    this.#tags[number] = 2 * this.#lineage.tags.number(tags) + (namesProject ? NAMES_PROJECT : 0);
    this.#objects.delete(number);
  }

  setPermissionSet(number: number, id: number): void {
    if (!this.has(number)) this.#size += 1;
    this.#permissionSets[number] = id;
  }

  remove(number: number): void {
    if (this.has(number)) this.#size -= 1;
    this.#permissionSets[number] = NOT_REGISTERED;
  }

  /** Gives back what was reserved for more resources. */
  trim(): void {
    const { count } = this.names;
    this.names.trim();
    this.#permissionSets = this.#permissionSets.slice(0, count);
    this.#tags = this.#tags.slice(0, count);
  }

  #typeOf(number: number): string {
    return this.#lineage.vocabulary.types[this.names.typeId(number)] as string;
  }

  #reserve(count: number): void {
    const length = Math.max(count, Math.ceil(1.5 * this.#permissionSets.length));
    this.#permissionSets = grown(this.#permissionSets, length);
    this.#tags = grown(this.#tags, length);
  }
}

function areSame(own: Tags, tags: Tags | undefined): boolean {
  const keys = Object.keys(own);
  if (tags === undefined) return keys.length === 0;
  return keys.length === Object.keys(tags).length && keys.every((key) => own[key] === tags[key]);
}
