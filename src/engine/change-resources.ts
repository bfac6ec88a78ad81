import type { Resource } from '../model/index.js';
import { projectOf } from './compile-projects.js';
import type { CompiledSnapshot } from './compiled-snapshot.js';
import { type CompiledProject, registeredTwice } from './project.js';
import { typeIdOf } from './vocabulary-ids.js';

/** Resources between two pauses. */
const STEP = 1000;

/**
 * Registers the resources that differ from those of another snapshot, and takes over all others.
 *
 * @param projects after all changes of targets
 * @throws TypeError on an unknown type or project, and on a resource that contradicts another one
 */
export function* changeResources(
  { lineage }: CompiledSnapshot,
  projects: ReadonlyMap<string | undefined, CompiledProject>,
  resources: readonly Resource[],
): Generator<number, Map<string | undefined, CompiledProject>> {
  const changes = new Map<CompiledProject, ProjectChange>();
  for (const project of new Set(projects.values())) {
    changes.set(project, new ProjectChange(project));
  }
  for (let index = 0; index < resources.length; index++) {
    const resource = resources[index] as Resource;
    const typeId = typeIdOf(lineage.vocabulary, resource.type);
    changes.get(projectOf(resource, projects))?.take(resource, typeId);
    if (index % STEP === STEP - 1) yield index + 1;
  }
  const changed = new Map<string | undefined, CompiledProject>();
  for (const [name, project] of projects) {
    changed.set(name, (changes.get(project) as ProjectChange).finish());
  }
  return changed;
}

/** Compares the resources of one project with those before. */
class ProjectChange {
  readonly #before: CompiledProject;
  /** The changed project, once a resource differs. */
  #after: CompiledProject | undefined;
  /** By number: 1 for the resources that were given. */
  readonly #isGiven: Uint8Array;
  #given = 0;
  /** The number that comes next if all resources are given in their old order. */
  #next = 0;

  constructor(project: CompiledProject) {
    this.#before = project;
    this.#isGiven = new Uint8Array(project.resources.end);
  }

  take(resource: Resource, typeId: number): void {
    const number = this.#numberOf(resource, typeId);
    if (number === undefined) {
      this.#changing().register(resource, typeId);
      return;
    }
    this.#next = number + 1;
    const { type, name, tags = {}, project } = resource;
    const { resources } = this.#after ?? this.#before;
    const isSame = resources.hasTags(number, tags);
    if (this.#isGiven[number] === 1) {
      if (isSame) return;
      throw registeredTwice({ type, name, project: this.#before.name });
    }
    this.#isGiven[number] = 1;
    this.#given += 1;
    const namesProject = project !== undefined;
    if (isSame && resources.namesProject(number) === namesProject) return;
    this.#changing().retag(number, tags, namesProject);
  }

  finish(): CompiledProject {
    const { resources } = this.#before;
    if (this.#given < resources.size) {
      for (const number of resources.numbers()) {
        if (this.#isGiven[number] !== 1) this.#changing().resources.remove(number);
      }
    }
    return this.#after ?? this.#before;
  }

  #changing(): CompiledProject {
    this.#after ??= this.#before.copy();
    return this.#after;
  }

  /** The number of a resource that was registered before. */
  #numberOf({ type, name }: Resource, typeId: number): number | undefined {
    const { resources } = this.#before;
    const { names } = resources;
    if (names.names[this.#next] === name && names.typeId(this.#next) === typeId) {
      if (resources.has(this.#next)) return this.#next;
    }
    return resources.numberOf({ type, name });
  }
}
