import { ALL_FEATURE_VIEW_TYPES, type FeastType } from '../../model/index.js';
import {
  type Endpoint,
  type EndpointRow,
  endpointsOf,
  filteredRow,
  PLAIN_VIEWS,
  publicRow,
  requiredRow,
} from './endpoint.js';

/** The list of one project, the list of all projects, and one object; for most kinds also writing and deleting. */
function objectRows(path: string, types: readonly FeastType[]): readonly EndpointRow[] {
  return [
    filteredRow('GET', path, types),
    filteredRow('GET', `${path}/all`, types, 'none'),
    requiredRow('GET', `${path}/{name}`, ['DESCRIBE'], types),
  ];
}

function writableRows(
  path: string,
  types: readonly [FeastType, ...FeastType[]],
): readonly EndpointRow[] {
  return [
    ...objectRows(path, types),
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
): EndpointRow => requiredRow(method, `/monitoring${path}`, [action], types, 'monitored');

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
  ...writableRows('/entities', ['Entity']),
  ...writableRows('/data_sources', ['DataSource']),
  ...writableRows('/feature_services', ['FeatureService']),
  ...writableRows('/feature_views', VIEWS),
  ...writableRows('/saved_datasets', ['SavedDataset']),
  ...objectRows('/label_views', ['LabelView']),
  ...writableRows('/permissions', ['Permission']).filter(({ path }) => !path.endsWith('/all')),
  requiredRow('POST', '/saved_datasets/create', [], ['SavedDataset'], 'retrievedDataset'),
  requiredRow(
    'GET',
    '/saved_datasets/data/{name}',
    ['READ_OFFLINE'],
    ['SavedDataset'],
    'datasetData',
  ),
  filteredRow('GET', '/saved_datasets/jobs', ['SavedDataset'], 'anyProject'),
  filteredRow('GET', '/saved_datasets/jobs/{job_id}', ['SavedDataset'], 'ownProject'),
  filteredRow('GET', '/features', VIEWS),
  filteredRow('GET', '/features/all', VIEWS, 'none'),
  {
    ...requiredRow('GET', '/features/{feature_view}/{name}', ['DESCRIBE'], VIEWS),
    nameField: 'feature_view',
  },
  filteredRow('GET', '/labels', VIEWS),
  filteredRow('GET', '/labels/all', VIEWS, 'none'),
  filteredRow('GET', '/projects', ['Project'], 'none'),
  requiredRow('GET', '/projects/{name}', ['DESCRIBE'], ['Project'], 'namedProject'),
  requiredRow('POST', '/registry/refresh', ['DESCRIBE', 'UPDATE'], ['Project'], 'ownProject'),
  requiredRow('GET', '/lineage/registry', ['DESCRIBE'], ['Project'], 'oneProject'),
  requiredRow('GET', '/lineage/registry/all', ['DESCRIBE'], [], 'everythingOfAll'),
  requiredRow(
    'GET',
    '/lineage/objects/{object_type}/{object_name}',
    ['DESCRIBE'],
    ['Project'],
    'oneProject',
  ),
  requiredRow('GET', '/lineage/complete', ['DESCRIBE'], COUNTED, 'everything'),
  requiredRow('GET', '/lineage/complete/all', ['DESCRIBE'], COUNTED, 'everythingOfAll'),
  filteredRow('GET', '/search', COUNTED, 'searched'),
  filteredRow('GET', '/metrics/resource_counts', [...COUNTED, 'Project'], 'anyProject'),
  requiredRow('GET', '/metrics/popular_tags', ['DESCRIBE'], VIEWS, 'everything'),
  requiredRow('GET', '/metrics/recently_visited', ['DESCRIBE'], [], 'everything'),
  requiredRow('GET', '/compute_engines', ['DESCRIBE'], VIEWS, 'everything'),
  requiredRow('GET', '/compute_engines/all', ['DESCRIBE'], VIEWS, 'everythingOfAll'),
  filteredRow('GET', '/materialization_jobs', VIEWS),
  monitored('POST', '/compute', 'UPDATE', PLAIN_VIEWS),
  monitored('POST', '/auto_compute', 'UPDATE', PLAIN_VIEWS),
  monitored('POST', '/compute/log', 'UPDATE', ['FeatureService']),
  monitored('POST', '/auto_compute/log', 'UPDATE', ['FeatureService']),
  monitored('POST', '/compute/transient', 'DESCRIBE', PLAIN_VIEWS),
  ...METRICS.map(([path, types]) => monitored('GET', `/metrics/${path}`, 'DESCRIBE', types)),
  requiredRow(
    'GET',
    '/monitoring/jobs/{job_id}',
    ['DESCRIBE'],
    [...PLAIN_VIEWS, 'FeatureService'],
    'everythingOfAll',
  ),
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
