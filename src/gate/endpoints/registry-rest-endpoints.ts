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
  identityRow,
  publicRow,
  requiredRow,
  unfilteredRow,
} from './endpoint.js';
import { LINEAGE_ROWS } from './lineage-endpoints.js';
import { MONITORING_ROWS } from './monitoring-endpoints.js';

/** A page of a list. Names of neighbours are added where a request asks for them. */
const page = (list: AnswerList): AnswerFilter => ({
  lists: [list],
  shown: ['pagination'],
  onProject: ['relationships'],
});

/**
 * The list of one project, the list of all projects, and one object; for most kinds also writing
 * and deleting.
 */
function objectRows(
  path: string,
  types: readonly FeastType[],
  field: string,
  place: AnswerPlace = 'spec',
): readonly EndpointRow[] {
  return [
    ...listRows(path, listed(field, place, types)),
    withRelationships(requiredRow('GET', `${path}/{name}`, ['DESCRIBE'], types)),
  ];
}

function listRows(path: string, list: AnswerList): readonly EndpointRow[] {
  return [
    filteredRow('GET', path, list.types, page(list)),
    filteredRow('GET', `${path}/all`, list.types, page(list), 'none'),
  ].map(withRelationships);
}

/** What is asked for goes with the names of its neighbours, on demand. */
function withRelationships(row: EndpointRow): EndpointRow {
  return { ...row, parameters: ['include_relationships'] };
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

/** From 0.67 on a view is made from a registered source, which its writer must be able to see. */
function fromSource(row: EndpointRow): readonly EndpointRow[] {
  if (row.method !== 'POST') return [row];
  return [
    { ...row, until: '0.66' },
    { ...row, parameters: ['batch_source'], since: '0.67' },
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

/**
 * The registry server over HTTP.
 *
 * An answer that sums up objects cannot be filtered, so that all that it sums up must be permitted.
 *
 * @source Feast 0.66.0 and 0.67.0, its REST registry server; differs: a permission with a type or
 *   an action that is not known is refused by 0.67 alone
 */
export const REGISTRY_REST_ENDPOINTS: readonly Endpoint[] = endpointsOf('registry-rest', [
  ...writableRows('/entities', ['Entity'], 'entities'),
  ...writableRows('/data_sources', ['DataSource'], 'dataSources', 'itself'),
  ...writableRows('/feature_services', ['FeatureService'], 'featureServices'),
  ...writableRows('/feature_views', VIEWS, 'featureViews', 'typed view').flatMap(fromSource),
  ...writableRows('/saved_datasets', ['SavedDataset'], 'savedDatasets'),
  ...objectRows('/label_views', ['LabelView'], 'featureViews'),
  ...writableRows('/permissions', ['Permission'], 'permissions')
    .filter(({ path }) => !path.endsWith('/all'))
    .map((row) => (row.method === 'POST' ? { ...row, parameters: ['types', 'actions'] } : row)),
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
    ...withRelationships(
      requiredRow('GET', '/features/{feature_view}/{name}', ['DESCRIBE'], VIEWS),
    ),
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
  ...MONITORING_ROWS,
  ...LINEAGE_ROWS,
  { ...identityRow('GET', '/version'), since: '0.67' },
  publicRow('GET', '/'),
  publicRow('GET', '/docs'),
  publicRow('GET', '/openapi.json'),
]);
