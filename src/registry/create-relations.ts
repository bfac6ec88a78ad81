import { createHash } from 'node:crypto';
import { getOrAdd } from '../foundation/get-or-add.js';
import { type MadeInSteps, onceInSteps } from '../foundation/once-in-steps.js';
import { runInSlices } from '../foundation/time-slices.js';
import type { FeastType, Resource } from '../model/index.js';
import type { EncodedObject } from './encoded-object.js';
import { pinsAmong, registeredViews } from './linked-views.js';
import type { RegistryRelations, VectorStore, ViewPin, ViewVersion } from './relations.js';
import { LINK_READERS, type ObjectLinks } from './wire/read-links.js';
import { readVersionHistory, type VersionHistory } from './wire/read-versions.js';

type Resources = readonly Resource<FeastType>[];

/** What refers to what within one project. */
interface ProjectLinks {
  readonly services: Map<string, Resources>;
  readonly fedBy: Map<string, Resource<FeastType>[]>;
  /** Undefined: one of them is not registered. */
  readonly sourceViews: Map<string, Resources | undefined>;
  /** By type and name. */
  readonly pins: Map<string, readonly ViewPin[]>;
  readonly materialized: Resource<FeastType>[];
  readonly vectorStores: VectorStore[];
}

/**
 * Makes the relations of a registry. Nothing is read before the first question that needs it.
 *
 * Cost: linear in the objects, once; then a few look-ups a question.
 *
 * @param resources all of the registry's, frozen: they are the answers
 * @param objects called at most twice: for the links, and for the versions of views. Lists that
 *   hold nothing which refers to anything are passed over
 * @returns relations whose methods throw RegistryInvalidError when an object is damaged
 */
export function createRelations(
  resources: Resources,
  objects: () => Iterable<EncodedObject>,
): RegistryRelations {
  return Object.freeze(new LazyRelations(resources, objects));
}

/**
 * Reads all that relations are made of, in slices of time, so that no request has to wait for it.
 * What is damaged is told by the method that needs it.
 */
export async function prepareRelations(relations: RegistryRelations | undefined): Promise<void> {
  if (relations instanceof LazyRelations) {
    await runInSlices(relations.prepare(), Number.POSITIVE_INFINITY);
  }
}

/** Objects that are read between two pauses. */
const OBJECTS_PER_STEP = 64;

class LazyRelations implements RegistryRelations {
  readonly projects: readonly string[];
  readonly #index: MadeInSteps<ResourceIndex>;
  readonly #links: MadeInSteps<ReadonlyMap<string, ProjectLinks>>;
  readonly #history: MadeInSteps<VersionHistory>;

  constructor(resources: Resources, objects: () => Iterable<EncodedObject>) {
    this.projects = Object.freeze(
      resources.filter(({ type }) => type === 'Project').map(({ name }) => name),
    );
    this.#index = onceInSteps(() => indexResources(resources));
    this.#links = onceInSteps(() => readLinks(objects(), this));
    this.#history = onceInSteps(() => readVersionHistory(objects(), this));
  }

  *prepare(): Generator<undefined, void> {
    for (const part of [this.#index, this.#links, this.#history]) yield* part.prepare();
  }

  resourcesOf(project: string, types: readonly FeastType[]): Resources {
    const byType = this.#index.get().get(project);
    const [only] = types;
    // Not copied: a type may have a million resources.
    if (only !== undefined && types.length === 1) return byType?.get(only)?.all ?? [];
    return types.flatMap((type) => byType?.get(type)?.all ?? []);
  }

  named(project: string, types: readonly FeastType[], name: string): Resources {
    const byType = this.#index.get().get(project);
    // A loop, since each request asks for every view that it names.
    const found: Resource<FeastType>[] = [];
    for (const type of types) {
      const one = byType?.get(type)?.byName.get(name);
      if (one !== undefined) found.push(one);
    }
    return found;
  }

  viewsOfService(project: string, service: string): Resources | undefined {
    return this.#links.get().get(project)?.services.get(service);
  }

  viewsFedBy(project: string, pushSource: string): Resources | undefined {
    return this.#links.get().get(project)?.fedBy.get(pushSource);
  }

  sourceViewsOf(project: string, onDemandView: string): Resources | undefined {
    return this.#links.get().get(project)?.sourceViews.get(onDemandView);
  }

  materializedViews(project: string): Resources {
    return this.#links.get().get(project)?.materialized ?? [];
  }

  vectorStores(project: string): readonly VectorStore[] {
    return this.#links.get().get(project)?.vectorStores ?? [];
  }

  versionsOf(project: string, view: string, version: number): readonly ViewVersion[] {
    return this.#history.get().versionsOf(project, view, version);
  }

  pinsOf(reader: Resource<FeastType>): readonly ViewPin[] {
    return (
      this.#links
        .get()
        .get(reader.project ?? '')
        ?.pins.get(pinKeyOf(reader)) ?? []
    );
  }
}

/** Resources that are indexed between two pauses. */
const RESOURCES_PER_STEP = 1024;

/** The resources of one type in one project. */
interface TypeIndex {
  readonly all: Resource<FeastType>[];
  readonly byName: Map<string, Resource<FeastType>>;
}

type ResourceIndex = Map<string, Map<FeastType, TypeIndex>>;

function* indexResources(resources: Resources): Generator<undefined, ResourceIndex> {
  const index: ResourceIndex = new Map();
  for (const [at, resource] of resources.entries()) {
    if (at % RESOURCES_PER_STEP === RESOURCES_PER_STEP - 1) yield;
    const byType = getOrAdd(index, resource.project ?? '', () => new Map());
    const { all, byName } = getOrAdd(byType, resource.type, newTypeIndex);
    all.push(resource);
    byName.set(resource.name, resource);
  }
  return index;
}

function newTypeIndex(): TypeIndex {
  return { all: [], byName: new Map() };
}

function* readLinks(
  objects: Iterable<EncodedObject>,
  registered: RegistryRelations,
): Generator<undefined, ReadonlyMap<string, ProjectLinks>> {
  const projects = new Map<string, ProjectLinks>();
  let read = 0;
  for (const { list, bytes } of objects) {
    read += 1;
    if (read % OBJECTS_PER_STEP === 0) yield;
    const reader = LINK_READERS.get(list);
    if (reader === undefined) continue;
    const links = reader.read(bytes);
    const [self] = registered.named(links.project, reader.types, links.name);
    if (self === undefined) continue;
    const project = getOrAdd(projects, links.project, newProject);
    addLinks(project, self, links, registered);
  }
  return projects;
}

function addLinks(
  project: ProjectLinks,
  self: Resource<FeastType>,
  links: ObjectLinks,
  registered: RegistryRelations,
): void {
  const { name, pushSource, isMaterialized, hasVectorIndex } = links;
  const views = registeredViews(links.project, links.views, registered);
  const pins = pinsAmong(links.views);
  if (pins.length > 0) project.pins.set(pinKeyOf(self), pins);
  if (self.type === 'FeatureService') project.services.set(name, views.known);
  if (self.type === 'OnDemandFeatureView') {
    project.sourceViews.set(name, views.areAll ? views.known : undefined);
  }
  if (pushSource !== '') getOrAdd(project.fedBy, pushSource, () => []).push(self);
  if (isMaterialized) project.materialized.push(self);
  if (hasVectorIndex) {
    project.vectorStores.push({ id: vectorStoreId(links.project, name), view: self });
  }
}

function pinKeyOf({ type, name }: Resource<FeastType>): string {
  return `${type} ${name}`;
}

function newProject(): ProjectLinks {
  return {
    pins: new Map(),
    services: new Map(),
    fedBy: new Map(),
    sourceViews: new Map(),
    materialized: [],
    vectorStores: [],
  };
}

/** @source Feast 0.66.0, the ids under which its online server offers vector stores: same */
function vectorStoreId(project: string, view: string): string {
  return `vs_${createHash('sha256').update(`${project}:${view}`).digest('hex').slice(0, 24)}`;
}
