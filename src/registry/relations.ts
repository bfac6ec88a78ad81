import type { FeastType, Resource } from '../model/index.js';

/** A view that Feast's servers offer for search by similarity, under an id of its own. */
export interface VectorStore {
  readonly id: string;
  readonly view: Resource<FeastType>;
}

/** One version of a view: the name of the view, and the number of the version. */
export interface ViewPin {
  readonly view: string;
  readonly version: number;
}

/** A view as it was when one of its versions was made. */
export interface ViewVersion {
  /** With its type and its tags of then. */
  readonly view: Resource<FeastType>;
  /** What it computes from, as that is now. Undefined: not all of it is registered any more. */
  readonly sources: readonly Resource<FeastType>[] | undefined;
  /** Those of its sources that it reads at a version of theirs. */
  readonly pins: readonly ViewPin[];
}

/**
 * What refers to what in a registry, project by project. Every answer is made of registered
 * resources. What the registry does not know has none of them, and is undefined where that must be
 * told from something that refers to nothing.
 */
export interface RegistryRelations {
  readonly projects: readonly string[];
  /** All resources of some types. */
  resourcesOf(project: string, types: readonly FeastType[]): readonly Resource<FeastType>[];
  /** The resources of some types that have a name, in the order of the types. */
  named(project: string, types: readonly FeastType[], name: string): readonly Resource<FeastType>[];
  /** The views whose features a feature service offers, each once. */
  viewsOfService(project: string, service: string): readonly Resource<FeastType>[] | undefined;
  /** The views that take what is pushed to a push source; undefined if none exists. */
  viewsFedBy(project: string, pushSource: string): readonly Resource<FeastType>[] | undefined;
  /**
   * The views that an on-demand view computes from; undefined when one of them is not registered,
   * too.
   */
  sourceViewsOf(project: string, onDemandView: string): readonly Resource<FeastType>[] | undefined;
  /** The views that are filled when all of them are asked for. */
  materializedViews(project: string): readonly Resource<FeastType>[];
  /** The views of the project with a vector index. */
  vectorStores(project: string): readonly VectorStore[];
  /**
   * A version of a view that is registered. Several where the history holds its number more than
   * once, as for a view that was deleted and made anew; none where it does not hold it.
   */
  versionsOf(project: string, view: string, version: number): readonly ViewVersion[];
  /** The views that a feature service or an on-demand view reads at a version of theirs. */
  pinsOf(reader: Resource<FeastType>): readonly ViewPin[];
}
