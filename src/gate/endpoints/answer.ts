import { ALL_FEATURE_VIEW_TYPES, type FeastType } from '../../model/index.js';
import { PLAIN_VIEWS } from './view-types.js';

/**
 * Where an object of an answer holds its name and its project, and what says its type.
 *
 * - `itself`: `name` and `project` are members of the object.
 * - `spec`: they are members of its `spec`.
 * - `any view`: its one member, `feature_view` or another, holds a view with a `spec`, and says the
 *   type.
 * - `typed view`: its `type` says the type, its `spec` holds the name.
 * - `feature`: `feature_view` names the view that it belongs to.
 * - `job`: `dataset_name` names the data set that it makes.
 * - `monitoring job`: `feature_view_name` names the view that it is about, where it is about one.
 * - `found`: its `type` says the type and which member holds the name.
 * - `project name`: a string, the name of a project.
 * - `vector store`: `id` is that of a vector store, which the registry knows by its view.
 */
export type AnswerPlace =
  | 'itself'
  | 'spec'
  | 'any view'
  | 'typed view'
  | 'feature'
  | 'job'
  | 'monitoring job'
  | 'found'
  | 'project name'
  | 'vector store';

/** An object of an answer: DESCRIBE on it is what a caller needs to see it. */
export interface AnsweredObject {
  readonly place: AnswerPlace;
  /** What it may be. */
  readonly types: readonly FeastType[];
}

/** A member of an answer that lists objects. */
export interface AnswerList extends AnsweredObject {
  readonly field: string;
}

/**
 * What a caller may see of an answer. Members that are not named here are left out.
 *
 * Fields of gRPC are named as in their definition. REST has them as Feast's server writes them.
 */
export interface AnswerFilter {
  /** The answer is one object, which is refused as a whole. */
  readonly one?: AnsweredObject | undefined;
  /** Lists, of which a caller sees the objects that they may DESCRIBE. */
  readonly lists: readonly AnswerList[];
  /**
   * Members that every caller sees. Of `pagination` the totals are left out: they count hidden
   * objects.
   */
  readonly shown: readonly string[];
  /**
   * Members for callers who may DESCRIBE the project, or every project where the request names
   * none.
   */
  readonly onProject?: readonly string[] | undefined;
}

export function listed(field: string, place: AnswerPlace, types: readonly FeastType[]): AnswerList {
  return Object.freeze({ field, place, types });
}

/** @returns the filter of an answer that is one page of a list */
export function pageOf(list: AnswerList): AnswerFilter {
  return Object.freeze({ lists: [list], shown: ['pagination'] });
}

/** A job that makes a data set. */
const DATASET_JOB: AnsweredObject = { place: 'job', types: ['SavedDataset'] };

export const ONE_DATASET_JOB: AnswerFilter = Object.freeze({
  one: DATASET_JOB,
  lists: [],
  shown: [],
});

/** A job that computes statistics, of one view or of all that its caller may see in a project. */
const STATISTICS_JOB: AnsweredObject = { place: 'monitoring job', types: PLAIN_VIEWS };

export const MONITORING_JOB: AnswerFilter = Object.freeze({
  one: STATISTICS_JOB,
  lists: [],
  shown: [],
});

export const DATASET_JOBS: AnswerFilter = Object.freeze({
  lists: [{ field: 'jobs', ...DATASET_JOB }],
  shown: [],
});

/** The kinds of views, by the member that holds one in a message for any of them. */
export const VIEW_KINDS: ReadonlyMap<string, readonly FeastType[]> = new Map([
  ['feature_view', PLAIN_VIEWS],
  ['on_demand_feature_view', ['OnDemandFeatureView']],
  ['stream_feature_view', ['StreamFeatureView']],
  ['label_view', ['LabelView']],
]);

/** What a search finds, by its `type`: what it may be, and the member that names it. */
export const FOUND_KINDS: ReadonlyMap<
  string,
  { readonly types: readonly FeastType[]; readonly nameField: string }
> = new Map([
  ['entity', { types: ['Entity'], nameField: 'name' }],
  ['dataSource', { types: ['DataSource'], nameField: 'name' }],
  ['featureView', { types: ALL_FEATURE_VIEW_TYPES, nameField: 'name' }],
  ['labelView', { types: ['LabelView'], nameField: 'name' }],
  ['feature', { types: ALL_FEATURE_VIEW_TYPES, nameField: 'feature_view' }],
  ['label', { types: ['LabelView'], nameField: 'label_view' }],
  ['featureService', { types: ['FeatureService'], nameField: 'name' }],
  ['savedDataset', { types: ['SavedDataset'], nameField: 'name' }],
]);

/** Reasons why an answer about several objects is not filtered. */
export const UNFILTERED: Readonly<
  Record<'project' | 'all' | 'counts' | 'permitted' | 'namespaces', string>
> = Object.freeze({
  project: 'Feast decides on the project as a whole',
  all: 'the request needs all that the answer is made of',
  counts: 'counts cannot be taken apart: the handler counts what `caller.filter` leaves',
  permitted: 'the handler is told the permitted names, and leaves out all others',
  namespaces:
    'lineage is kept by namespace: the handler shows those of the projects that `caller.filter` leaves',
});
