import {
  ALL_FEATURE_VIEW_TYPES,
  ALL_RESOURCE_TYPES,
  type FeastAction,
  type FeastType,
} from '../../model/index.js';
import {
  type Endpoint,
  type EndpointRow,
  endpointsOf,
  filteredRow,
  PLAIN_VIEWS,
  publicRow,
  requiredRow,
} from './endpoint.js';
import type { ResolverName } from './resolver-name.js';

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

const list = (method: string, types: readonly FeastType[], resources?: ResolverName): EndpointRow =>
  filteredRow('POST', `${SERVICE}/${method}`, types, resources);

const apply = (method: string, messages: Readonly<Record<string, FeastType>>): EndpointRow => ({
  ...required(method, [], Object.values(messages), 'appliedMessage'),
  messages: new Map(Object.entries(messages)),
});

/** Changing a project: what it is, and what belongs to it as a whole. */
const CHANGE: readonly FeastAction[] = ['DESCRIBE', 'UPDATE'];

/**
 * The registry server over gRPC: every method of its service, and its health.
 *
 * What asks for something on a project asks for CREATE on one that is not there yet, by the permissions of the server's own
 * project.
 *
 * @source Feast 0.66.0, its registry server; differs: in a project that is not there, or has no permissions, Feast asks nobody who
 *   has a name; CreateDatasetFromRetrieval asks for the views that are read as well
 */
export const REGISTRY_GRPC_ENDPOINTS: readonly Endpoint[] = endpointsOf('registry-grpc', [
  apply('ApplyEntity', { entity: 'Entity' }),
  get('GetEntity', 'Entity'),
  list('ListEntities', ['Entity']),
  remove('DeleteEntity', 'Entity'),
  apply('ApplyDataSource', { data_source: 'DataSource' }),
  get('GetDataSource', 'DataSource'),
  list('ListDataSources', ['DataSource']),
  remove('DeleteDataSource', 'DataSource'),
  apply('ApplyFeatureView', {
    feature_view: 'FeatureView',
    on_demand_feature_view: 'OnDemandFeatureView',
    stream_feature_view: 'StreamFeatureView',
    label_view: 'LabelView',
  }),
  remove('DeleteFeatureView', ...ALL_FEATURE_VIEW_TYPES),
  get('GetAnyFeatureView', ...ALL_FEATURE_VIEW_TYPES),
  list('ListAllFeatureViews', ALL_FEATURE_VIEW_TYPES),
  get('GetFeatureView', ...PLAIN_VIEWS),
  list('ListFeatureViews', PLAIN_VIEWS),
  get('GetStreamFeatureView', 'StreamFeatureView'),
  list('ListStreamFeatureViews', ['StreamFeatureView']),
  get('GetOnDemandFeatureView', 'OnDemandFeatureView'),
  list('ListOnDemandFeatureViews', ['OnDemandFeatureView']),
  get('GetLabelView', 'LabelView'),
  list('ListLabelViews', ['LabelView']),
  apply('ApplyFeatureService', { feature_service: 'FeatureService' }),
  get('GetFeatureService', 'FeatureService'),
  list('ListFeatureServices', ['FeatureService']),
  remove('DeleteFeatureService', 'FeatureService'),
  apply('ApplySavedDataset', { saved_dataset: 'SavedDataset' }),
  get('GetSavedDataset', 'SavedDataset'),
  list('ListSavedDatasets', ['SavedDataset']),
  remove('DeleteSavedDataset', 'SavedDataset'),
  required('CreateDatasetFromRetrieval', [], ['SavedDataset'], 'retrievedDataset'),
  required('GetDatasetData', ['READ_OFFLINE'], ['SavedDataset'], 'datasetData'),
  list('GetDatasetJobStatus', ['SavedDataset'], 'ownProject'),
  list('ListDatasetJobs', ['SavedDataset'], 'anyProject'),
  apply('ApplyValidationReference', { validation_reference: 'ValidationReference' }),
  get('GetValidationReference', 'ValidationReference'),
  list('ListValidationReferences', ['ValidationReference']),
  remove('DeleteValidationReference', 'ValidationReference'),
  apply('ApplyPermission', { permission: 'Permission' }),
  get('GetPermission', 'Permission'),
  list('ListPermissions', ['Permission']),
  remove('DeletePermission', 'Permission'),
  apply('ApplyProject', { project: 'Project' }),
  required('GetProject', ['DESCRIBE'], ['Project'], 'namedProject'),
  list('ListProjects', ['Project'], 'none'),
  required('DeleteProject', ['DELETE'], ['Project'], 'namedProject'),
  required('ApplyMaterialization', ['WRITE_ONLINE'], PLAIN_VIEWS, 'materializedMessage'),
  required('ListProjectMetadata', ['DESCRIBE'], ['Project'], 'oldOrNewProject'),
  required('UpdateInfra', CHANGE, ['Project'], 'oldOrNewProject'),
  required('GetInfra', ['DESCRIBE'], ['Project'], 'oldOrNewProject'),
  required('Commit', [], ['Project'], 'changeOfAny'),
  required('Refresh', CHANGE, ['Project'], 'oldOrNewProject'),
  list('Proto', ALL_RESOURCE_TYPES, 'none'),
  required('GetRegistryLineage', ['DESCRIBE'], ['Project'], 'oneProject'),
  required('GetObjectRelationships', ['DESCRIBE'], ['Project'], 'oneProject'),
  list('ListFeatures', ALL_FEATURE_VIEW_TYPES),
  { ...get('GetFeature', ...ALL_FEATURE_VIEW_TYPES), nameField: 'feature_view' },
  publicRow('POST', `${HEALTH}/Check`),
  publicRow('POST', `${HEALTH}/Watch`),
]);
