import {
  ALL_FEATURE_VIEW_TYPES,
  ALL_RESOURCE_TYPES,
  type FeastAction,
  type FeastType,
} from '../../model/index.js';
import {
  type AnswerFilter,
  type AnswerList,
  DATASET_JOBS,
  listed,
  ONE_DATASET_JOB,
  pageOf,
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
import type { ResolverName } from './resolver-name.js';
import { PLAIN_VIEWS } from './view-types.js';

const SERVICE = '/feast.registry.RegistryServer';
const HEALTH = '/grpc.health.v1.Health';

const required = (
  method: string,
  actions: readonly FeastAction[],
  types: readonly FeastType[],
  resources?: ResolverName,
): EndpointRow => requiredRow('POST', `${SERVICE}/${method}`, actions, types, resources);

const get = (method: string, ...types: readonly FeastType[]): EndpointRow =>
  required(method, ['DESCRIBE'], types);

const remove = (method: string, ...types: readonly FeastType[]): EndpointRow =>
  required(method, ['DELETE'], types);

const list = (method: string, shown: AnswerList, resources?: ResolverName): EndpointRow =>
  filteredRow('POST', `${SERVICE}/${method}`, shown.types, pageOf(shown), resources);

const filtered = (
  method: string,
  types: readonly FeastType[],
  answer: AnswerFilter,
  resources: ResolverName,
): EndpointRow => filteredRow('POST', `${SERVICE}/${method}`, types, answer, resources);

const ofProject = (method: string, resources: ResolverName): EndpointRow =>
  unfilteredRow(UNFILTERED.project, 'POST', `${SERVICE}/${method}`, ['Project'], resources);

const apply = (method: string, messages: Readonly<Record<string, FeastType>>): EndpointRow => ({
  ...required(method, [], Object.values(messages), 'appliedMessage'),
  messages: new Map(Object.entries(messages)),
});

const ENTITIES = listed('entities', 'spec', ['Entity']);
const DATA_SOURCES = listed('data_sources', 'itself', ['DataSource']);
const PLAIN = listed('feature_views', 'spec', PLAIN_VIEWS);
const ON_DEMAND_VIEWS = listed('on_demand_feature_views', 'spec', ['OnDemandFeatureView']);
const STREAM_VIEWS = listed('stream_feature_views', 'spec', ['StreamFeatureView']);
const LABEL_VIEWS = listed('label_views', 'spec', ['LabelView']);
const SERVICES = listed('feature_services', 'spec', ['FeatureService']);
const DATASETS = listed('saved_datasets', 'spec', ['SavedDataset']);
const REFERENCES = listed('validation_references', 'itself', ['ValidationReference']);
const PERMISSIONS = listed('permissions', 'spec', ['Permission']);
const PROJECTS = listed('projects', 'spec', ['Project']);
const ALL_VIEWS = listed('feature_views', 'any view', ALL_FEATURE_VIEW_TYPES);
const FEATURES = listed('features', 'feature', ALL_FEATURE_VIEW_TYPES);

/**
 * Without old tables, the history of views, infrastructure and project metadata, which are not
 * objects.
 */
const REGISTRY: AnswerFilter = {
  lists: [
    ENTITIES,
    DATA_SOURCES,
    PLAIN,
    ON_DEMAND_VIEWS,
    STREAM_VIEWS,
    LABEL_VIEWS,
    SERVICES,
    DATASETS,
    REFERENCES,
    PERMISSIONS,
    PROJECTS,
  ],
  shown: ['registry_schema_version', 'version_id', 'last_updated'],
};

/** Changing a project: what it is, and what belongs to it as a whole. */
const CHANGE: readonly FeastAction[] = ['DESCRIBE', 'UPDATE'];

/**
 * The registry server over gRPC: every method of its service, and its health.
 *
 * What asks for something on a project asks for CREATE on one that is not there yet, by the
 * permissions of the server's own project.
 *
 * @source Feast 0.66.0 and 0.67.0, its registry server; differs: in a project that is not there, or
 *   has no permissions, Feast does not ask who has a name; CreateDatasetFromRetrieval asks for the
 *   views that are read as well
 */
export const REGISTRY_GRPC_ENDPOINTS: readonly Endpoint[] = endpointsOf('registry-grpc', [
  apply('ApplyEntity', { entity: 'Entity' }),
  get('GetEntity', 'Entity'),
  list('ListEntities', ENTITIES),
  remove('DeleteEntity', 'Entity'),
  apply('ApplyDataSource', { data_source: 'DataSource' }),
  get('GetDataSource', 'DataSource'),
  list('ListDataSources', DATA_SOURCES),
  remove('DeleteDataSource', 'DataSource'),
  apply('ApplyFeatureView', {
    feature_view: 'FeatureView',
    on_demand_feature_view: 'OnDemandFeatureView',
    stream_feature_view: 'StreamFeatureView',
    label_view: 'LabelView',
  }),
  remove('DeleteFeatureView', ...ALL_FEATURE_VIEW_TYPES),
  get('GetAnyFeatureView', ...ALL_FEATURE_VIEW_TYPES),
  list('ListAllFeatureViews', ALL_VIEWS),
  get('GetFeatureView', ...PLAIN_VIEWS),
  list('ListFeatureViews', PLAIN),
  get('GetStreamFeatureView', 'StreamFeatureView'),
  list('ListStreamFeatureViews', STREAM_VIEWS),
  get('GetOnDemandFeatureView', 'OnDemandFeatureView'),
  list('ListOnDemandFeatureViews', ON_DEMAND_VIEWS),
  get('GetLabelView', 'LabelView'),
  list('ListLabelViews', LABEL_VIEWS),
  apply('ApplyFeatureService', { feature_service: 'FeatureService' }),
  get('GetFeatureService', 'FeatureService'),
  list('ListFeatureServices', SERVICES),
  remove('DeleteFeatureService', 'FeatureService'),
  apply('ApplySavedDataset', { saved_dataset: 'SavedDataset' }),
  get('GetSavedDataset', 'SavedDataset'),
  list('ListSavedDatasets', DATASETS),
  remove('DeleteSavedDataset', 'SavedDataset'),
  required('CreateDatasetFromRetrieval', [], ['SavedDataset'], 'retrievedDataset'),
  required('GetDatasetData', ['READ_OFFLINE'], ['SavedDataset'], 'datasetData'),
  filtered('GetDatasetJobStatus', ['SavedDataset'], ONE_DATASET_JOB, 'ownProject'),
  filtered('ListDatasetJobs', ['SavedDataset'], DATASET_JOBS, 'anyProject'),
  apply('ApplyValidationReference', { validation_reference: 'ValidationReference' }),
  get('GetValidationReference', 'ValidationReference'),
  list('ListValidationReferences', REFERENCES),
  remove('DeleteValidationReference', 'ValidationReference'),
  apply('ApplyPermission', { permission: 'Permission' }),
  get('GetPermission', 'Permission'),
  list('ListPermissions', PERMISSIONS),
  remove('DeletePermission', 'Permission'),
  apply('ApplyProject', { project: 'Project' }),
  required('GetProject', ['DESCRIBE'], ['Project'], 'namedProject'),
  list('ListProjects', PROJECTS, 'none'),
  required('DeleteProject', ['DELETE'], ['Project'], 'namedProject'),
  required('ApplyMaterialization', ['WRITE_ONLINE'], PLAIN_VIEWS, 'materializedMessage'),
  ofProject('ListProjectMetadata', 'oldOrNewProject'),
  required('UpdateInfra', CHANGE, ['Project'], 'oldOrNewProject'),
  ofProject('GetInfra', 'oldOrNewProject'),
  required('Commit', [], ['Project'], 'changeOfAny'),
  required('Refresh', CHANGE, ['Project'], 'oldOrNewProject'),
  filtered('Proto', ALL_RESOURCE_TYPES, REGISTRY, 'none'),
  ofProject('GetRegistryLineage', 'oneProject'),
  ofProject('GetObjectRelationships', 'oneProject'),
  list('ListFeatures', FEATURES),
  { ...get('GetFeature', ...ALL_FEATURE_VIEW_TYPES), nameField: 'feature_view' },
  publicRow('POST', `${HEALTH}/Check`),
  publicRow('POST', `${HEALTH}/Watch`),
]);
