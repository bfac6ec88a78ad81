import type { FeastType, Resource } from '../model/index.js';

/** A view that Feast's servers offer for search by similarity, under an id of its own. */
export interface VectorStore {
  readonly id: string;
  readonly view: Resource<FeastType>;
}

/**
 * What refers to what in a registry, project by project. Every answer is made of registered resources. What the registry does
 * not know has none of them, and is undefined where that must be told from something that refers to nothing.
 */
export interface RegistryRelations {
  readonly projects: readonly string[];
  /** All resources of some types. */
  resourcesOf(project: string, types: readonly FeastType[]): readonly Resource<FeastType>[];
  /** The resources of some types that have a name, in the order of the types. */
  named(project: string, types: readonly FeastType[], name: string): readonly Resource<FeastType>[];
  /** The views whose features a feature service offers, each once. */
  viewsOfService(project: string, service: string): readonly Resource<FeastType>[] | undefined;
  /** The views that take what is pushed to a push source; undefined when there is none. */
  viewsFedBy(project: string, pushSource: string): readonly Resource<FeastType>[] | undefined;
  /** The views that an on-demand view computes from. */
  sourceViewsOf(project: string, onDemandView: string): readonly Resource<FeastType>[] | undefined;
  /** The views that are filled when all of them are asked for. */
  materializedViews(project: string): readonly Resource<FeastType>[];
  vectorStores(project: string): readonly VectorStore[];
}
