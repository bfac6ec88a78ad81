import { ALL_FEATURE_VIEW_TYPES, type FeastType } from '../../model/index.js';
import {
  type AnswerFilter,
  type AnswerList,
  type AnswerPlace,
  DATASET_JOBS,
  listed,
  ONE_DATASET_JOB,
  UNFILTERED,
} from './answer.js';
import {
  type Endpoint,
  type EndpointRow,
  endpointsOf,
  filteredRow,
  publicRow,
  requiredRow,
  unfilteredRow,
} from './endpoint.js';
import { PLAIN_VIEWS } from './view-types.js';

/** A page of a list. Names of neighbours are added where a request asks for them. */
const page = (list: AnswerList): AnswerFilter => ({
  lists: [list],
  shown: ['pagination'],
  onProject: ['relationships'],
});

/** The list of one project, the list of all projects, and one object; for most kinds also writing and deleting. */
function objectRows(
  path: string,
  types: readonly FeastType[],
  field: string,
  place: AnswerPlace = 'spec',
): readonly EndpointRow[] {
  return [
    ...listRows(path, listed(field, place, types)),
    requiredRow('GET', `${path}/{name}`, ['DESCRIBE'], types),
  ];
}

function listRows(path: string, list: AnswerList): readonly EndpointRow[] {
  return [
    filteredRow('GET', path, list.types, page(list)),
    filteredRow('GET', `${path}/all`, list.types, page(list), 'none'),
  ];
}

function writableRows(
  path: string,
  types: readonly [FeastType, ...FeastType[]],
  field: string,
  place?: AnswerPlace,
): readonly EndpointRow[] {
  return [
    ...objectRows(path, types, field, place),
    requiredRow('POST', path, [], [types[0]], 'appliedFields'),
    requiredRow('DELETE', `${path}/{name}`, ['DELETE'], types),
  ];
}

const VIEWS = ALL_FEATURE_VIEW_TYPES as readonly [FeastType, ...FeastType[]];
const COUNTED: readonly FeastType[] = [
  'Entity',
  'DataSource',
  'SavedDataset',
  ...ALL_FEATURE_VIEW_TYPES,
  'FeatureService',
];

const monitored = (
  method: string,
  path: string,
  action: 'DESCRIBE' | 'UPDATE',
  types: readonly FeastType[],
): EndpointRow => ({
  ...requiredRow(method, `/monitoring${path}`, [action], types, 'monitored'),
  unfiltered: UNFILTERED.all,
});

const ofAll = (
  path: string,
  types: readonly FeastType[],
  resources: 'everything' | 'everythingOfAll',
): EndpointRow => unfilteredRow(UNFILTERED.all, 'GET', path, types, resources);

const MATERIALIZATIONS: AnswerFilter = {
  lists: [listed('jobs', 'feature', VIEWS)],
  shown: ['pagination'],
};
/** What went wrong is left out: it names projects. */
const SEARCH: AnswerFilter = {
  lists: [
    listed('results', 'found', COUNTED),
    listed('projects_searched', 'project name', ['Project']),
  ],
  shown: ['query', 'pagination'],
};

/** Which of view and service the statistics may be narrowed to. */
const METRICS: readonly (readonly [path: string, types: readonly FeastType[]])[] = [
  ['features', [...PLAIN_VIEWS, 'FeatureService']],
  ['feature_views', [...PLAIN_VIEWS, 'FeatureService']],
  ['timeseries', [...PLAIN_VIEWS, 'FeatureService']],
  ['feature_services', ['FeatureService']],
  ['baseline', PLAIN_VIEWS],
];

/**
 * The registry server over HTTP.
 *
 * An answer that sums up objects cannot be filtered, so that all that it sums up must be permitted.
 *
 * @source Feast 0.67.0, its REST registry server, which is the first to tell its version, and to ask for the source of a view that is
 *   written; differs: statistics of what a request does not name ask for all that
 *   they are made of
 */
export const REGISTRY_REST_ENDPOINTS: readonly Endpoint[] = endpointsOf('registry-rest', [
  ...writableRows('/entities', ['Entity'], 'entities'),
  ...writableRows('/data_sources', ['DataSource'], 'dataSources', 'itself'),
  ...writableRows('/feature_services', ['FeatureService'], 'featureServices'),
  ...writableRows('/feature_views', VIEWS, 'featureViews', 'typed view'),
  ...writableRows('/saved_datasets', ['SavedDataset'], 'savedDatasets'),
  ...objectRows('/label_views', ['LabelView'], 'featureViews'),
  ...writableRows('/permissions', ['Permission'], 'permissions').filter(
    ({ path }) => !path.endsWith('/all'),
  ),
  requiredRow('POST', '/saved_datasets/create', [], ['SavedDataset'], 'retrievedDataset'),
  requiredRow(
    'GET',
    '/saved_datasets/data/{name}',
    ['READ_OFFLINE'],
    ['SavedDataset'],
    'datasetData',
  ),
  filteredRow('GET', '/saved_datasets/jobs', ['SavedDataset'], DATASET_JOBS, 'anyProject'),
  filteredRow(
    'GET',
    '/saved_datasets/jobs/{job_id}',
    ['SavedDataset'],
    ONE_DATASET_JOB,
    'ownProject',
  ),
  ...listRows('/features', listed('features', 'feature', VIEWS)),
  {
    ...requiredRow('GET', '/features/{feature_view}/{name}', ['DESCRIBE'], VIEWS),
    nameField: 'feature_view',
  },
  ...listRows('/labels', listed('labels', 'feature', VIEWS)),
  filteredRow(
    'GET',
    '/projects',
    ['Project'],
    page(listed('projects', 'spec', ['Project'])),
    'none',
  ),
  requiredRow('GET', '/projects/{name}', ['DESCRIBE'], ['Project'], 'namedProject'),
  requiredRow('POST', '/registry/refresh', ['DESCRIBE', 'UPDATE'], ['Project'], 'ownProject'),
  unfilteredRow(UNFILTERED.project, 'GET', '/lineage/registry', ['Project'], 'oneProject'),
  ofAll('/lineage/registry/all', [], 'everythingOfAll'),
  unfilteredRow(
    UNFILTERED.project,
    'GET',
    '/lineage/objects/{object_type}/{object_name}',
    ['Project'],
    'oneProject',
  ),
  ofAll('/lineage/complete', COUNTED, 'everything'),
  ofAll('/lineage/complete/all', COUNTED, 'everythingOfAll'),
  filteredRow('GET', '/search', COUNTED, SEARCH, 'searched'),
  {
    ...filteredRow(
      'GET',
      '/metrics/resource_counts',
      [...COUNTED, 'Project'],
      undefined,
      'anyProject',
    ),
    unfiltered: UNFILTERED.counts,
  },
  ofAll('/metrics/popular_tags', VIEWS, 'everything'),
  ofAll('/metrics/recently_visited', [], 'everything'),
  ofAll('/compute_engines', VIEWS, 'everything'),
  ofAll('/compute_engines/all', VIEWS, 'everythingOfAll'),
  filteredRow('GET', '/materialization_jobs', VIEWS, MATERIALIZATIONS),
  monitored('POST', '/compute', 'UPDATE', PLAIN_VIEWS),
  monitored('POST', '/auto_compute', 'UPDATE', PLAIN_VIEWS),
  monitored('POST', '/compute/log', 'UPDATE', ['FeatureService']),
  monitored('POST', '/auto_compute/log', 'UPDATE', ['FeatureService']),
  monitored('POST', '/compute/transient', 'DESCRIBE', PLAIN_VIEWS),
  ...METRICS.map(([path, types]) => monitored('GET', `/metrics/${path}`, 'DESCRIBE', types)),
  ofAll('/monitoring/jobs/{job_id}', [...PLAIN_VIEWS, 'FeatureService'], 'everythingOfAll'),
  {
    method: 'GET',
    path: '/version',
    access: 'identity',
    actions: [],
    types: [],
    resources: 'none',
  },
  publicRow('GET', '/'),
  publicRow('GET', '/docs'),
  publicRow('GET', '/openapi.json'),
]);
