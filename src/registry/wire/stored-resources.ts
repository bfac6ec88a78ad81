import { getOrAdd } from '../../foundation/get-or-add.js';
import { quote, RegistryInvalidError } from '../../model/index.js';
import type { StoredResource } from './read-resource.js';

/** The resources of a registry while it is read. Each must be new. */
export class StoredResources {
  /** In the order of the registry. */
  readonly all: StoredResource[] = [];
  /** The first object of each project. */
  readonly firstOfProjects: Map<string, StoredResource> = new Map();
  /** The first view that the history of versions must hold. */
  untouchedView: StoredResource | undefined;
  /** By list and project. */
  readonly #names = new Map<string, Map<string, Set<string>>>();
  /** The list and project that were added to last, which are most likely the next ones. */
  #last = { list: '', project: '', names: new Set<string>() };

  /**
   * @param list the registry's field that holds the object
   * @throws {@link RegistryInvalidError} when it has no name or no project, or was there before
   */
  add(list: string, resource: StoredResource): void {
    const { type, name, project } = resource;
    if (name === '') throw new RegistryInvalidError(`a ${type} has no name`);
    if (project === '') throw new RegistryInvalidError(`${type} ${quote(name)} has no project`);
    const names = this.#namesOf(list, project);
    const before = names.size;
    names.add(name);
    if (names.size === before) {
      throw new RegistryInvalidError(
        `${type} ${quote(name)} of project ${quote(project)} occurs twice`,
      );
    }
    // The first of its list in its project may be the first of the project.
    if (before === 0) getOrAdd(this.firstOfProjects, project, () => resource);
    this.all.push(resource);
  }

  #namesOf(list: string, project: string): Set<string> {
    if (list !== this.#last.list || project !== this.#last.project) {
      const names = getOrAdd(getOrAdd(this.#names, list, newMap), project, newSet);
      this.#last = { list, project, names };
    }
    return this.#last.names;
  }

  /** Whether a list holds an object. */
  holds(list: string, project: string, name: string): boolean {
    return this.#names.get(list)?.get(project)?.has(name) === true;
  }
}

function newMap(): Map<string, Set<string>> {
  return new Map();
}

function newSet(): Set<string> {
  return new Set();
}
