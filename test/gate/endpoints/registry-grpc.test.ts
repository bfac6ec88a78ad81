import { describe, expect, test } from 'vitest';
import { ENDPOINTS, findEndpoint } from '../../../src/gate/index.js';
import { RequestInvalidError, ResourceNotFoundError } from '../../../src/model/index.js';
import { type Asked, ask } from './ask-endpoint.js';

const SERVICE = '/feast.registry.RegistryServer';
const call = (method: string, message: unknown, project?: string): Asked =>
  ask('registry-grpc', `POST ${SERVICE}/${method}`, message, project ? { project } : {});

const IN = { project: 'credit_scoring' };
const spec = (name: string, more: object = {}) => ({ spec: { name, ...more } });
const PROJECT = 'Project:credit_scoring';
const OTHER_PROJECT = 'Project:fraud_detection/fraud_detection';
/** By the permissions of the server's own project. */
const NEW_PROJECT = 'CREATE Project:new as described';
const IN_NEW = { project: 'new' };

/** Method, message, what it needs. */
const REQUIRED: readonly (readonly [string, unknown, readonly string[]])[] = [
  ...(
    [
      ['Entity', 'driver', 'Entity'],
      ['DataSource', 'labels_push', 'DataSource'],
      ['FeatureService', 'credit_model_v1', 'FeatureService'],
      ['Permission', 'admin-all', 'Permission'],
    ] as const
  ).flatMap(([method, name, type]) => [
    [`Get${method}`, { ...IN, name }, [`DESCRIBE ${type}:${name}`]] as const,
    [`Delete${method}`, { ...IN, name }, [`DELETE ${type}:${name}`]] as const,
  ]),
  ['GetFeatureView', { ...IN, name: 'untagged_view' }, ['DESCRIBE FeatureView:untagged_view']],
  ['GetAnyFeatureView', { ...IN, name: 'loan_labels' }, ['DESCRIBE LabelView:loan_labels']],
  ['DeleteFeatureView', { ...IN, name: 'loan_labels' }, ['DELETE LabelView:loan_labels']],
  [
    'GetStreamFeatureView',
    { ...IN, name: 'transaction_stream_agg' },
    ['DESCRIBE StreamFeatureView:transaction_stream_agg'],
  ],
  [
    'GetOnDemandFeatureView',
    { ...IN, name: 'transformed_amount' },
    ['DESCRIBE OnDemandFeatureView:transformed_amount'],
  ],
  ['GetLabelView', { ...IN, name: 'loan_labels' }, ['DESCRIBE LabelView:loan_labels']],
  [
    'GetFeature',
    { ...IN, feature_view: 'untagged_view', name: 'anything' },
    ['DESCRIBE FeatureView:untagged_view'],
  ],
  ['GetProject', { name: 'credit_scoring' }, [`DESCRIBE ${PROJECT}`]],
  [
    'DeleteProject',
    { name: 'fraud_detection' },
    ['DELETE Project:fraud_detection/fraud_detection'],
  ],
  [
    'ApplyMaterialization',
    { ...IN, feature_view: spec('untagged_view') },
    ['WRITE_ONLINE FeatureView:untagged_view'],
  ],
  ['ListProjectMetadata', IN, [`DESCRIBE ${PROJECT}`]],
  ['UpdateInfra', { ...IN, infra: {} }, [`DESCRIBE+UPDATE ${PROJECT}`]],
  ['GetInfra', IN, [`DESCRIBE ${PROJECT}`]],
  ['Refresh', IN, [`DESCRIBE+UPDATE ${PROJECT}`]],
  [
    'Commit',
    {},
    [
      `any of UPDATE ${PROJECT}, CREATE ${PROJECT}, UPDATE ${OTHER_PROJECT}, CREATE ${OTHER_PROJECT}`,
    ],
  ],
  ['GetRegistryLineage', IN, [`DESCRIBE ${PROJECT}`]],
  ['GetObjectRelationships', { ...IN, object_type: 'featureView' }, [`DESCRIBE ${PROJECT}`]],
  ['ApplyEntity', { ...IN, entity: spec('driver') }, ['change Entity:driver to Entity:driver']],
  ['ApplyEntity', { ...IN, entity: spec('new') }, ['create Entity:new']],
  ['ApplyDataSource', { ...IN, data_source: { name: 'new' } }, ['create DataSource:new']],
  [
    'ApplyFeatureView',
    { ...IN, feature_view: spec('untagged_view'), label_view: null },
    ['change FeatureView:untagged_view to FeatureView:untagged_view'],
  ],
  [
    'ApplyFeatureView',
    { ...IN, feature_view: spec('untagged_view', { feature_transformation: {} }) },
    ['change FeatureView:untagged_view to BatchFeatureView:untagged_view'],
  ],
  [
    'ApplyFeatureView',
    { ...IN, stream_feature_view: spec('loan_labels') },
    ['change LabelView:loan_labels to StreamFeatureView:loan_labels'],
  ],
  ['ApplyFeatureView', { ...IN, label_view: spec('new') }, ['create LabelView:new']],
  [
    'ApplyFeatureView',
    { ...IN, on_demand_feature_view: spec('new') },
    ['create OnDemandFeatureView:new'],
  ],
  [
    'ApplyFeatureService',
    { ...IN, feature_service: spec('driver', IN) },
    ['create FeatureService:driver'],
  ],
  ['ApplySavedDataset', { ...IN, saved_dataset: spec('new') }, ['create SavedDataset:new']],
  [
    'ApplyValidationReference',
    { ...IN, validation_reference: { name: 'new', tags: { a: 'b' } } },
    ['create ValidationReference:new'],
  ],
  ['ApplyPermission', { ...IN, permission: spec('new') }, ['create Permission:new']],
  ['ApplyProject', { project: spec('credit_scoring') }, [`change ${PROJECT} to ${PROJECT}`]],
  ['ApplyProject', { project: spec('new') }, [NEW_PROJECT]],
  // What Feast's client asks about a project, and writes to it, before that is there.
  ['Refresh', IN_NEW, [NEW_PROJECT]],
  ['GetInfra', IN_NEW, [NEW_PROJECT]],
  ['UpdateInfra', IN_NEW, [NEW_PROJECT]],
  ['ListProjectMetadata', IN_NEW, [NEW_PROJECT]],
  [
    'ApplyEntity',
    { ...IN_NEW, entity: spec('driver') },
    ['CREATE Project:new Entity:driver as described'],
  ],
  [
    'ApplyFeatureView',
    { ...IN_NEW, feature_view: spec('untagged_view', { ...IN_NEW, feature_transformation: {} }) },
    ['CREATE Project:new BatchFeatureView:untagged_view as described'],
  ],
  [
    'CreateDatasetFromRetrieval',
    {
      ...IN,
      entity_source_type: 'inline',
      name: 'new',
      feature_service_name: 'credit_model_v1',
      features: [],
    },
    [
      'create SavedDataset:new',
      'READ_OFFLINE FeatureView:transaction_features FeatureView:customer_profile',
    ],
  ],
  [
    'CreateDatasetFromRetrieval',
    {
      ...IN,
      entity_source_type: 'inline',
      name: 'new',
      feature_service_name: '',
      features: ['transformed_amount:a'],
    },
    [
      'create SavedDataset:new',
      'READ_OFFLINE OnDemandFeatureView:transformed_amount FeatureView:transaction_features',
    ],
  ],
  [
    'CreateDatasetFromRetrieval',
    { ...IN, entity_source_type: 'inline', name: 'new' },
    ['create SavedDataset:new', `READ_OFFLINE ${PROJECT}`],
  ],
];

/** Objects that the fixture has none of. */
const UNKNOWN = [
  'GetSavedDataset',
  'DeleteSavedDataset',
  'GetDatasetData',
  'GetValidationReference',
  'DeleteValidationReference',
];

const LISTS: readonly (readonly [string, unknown])[] = [
  ...[
    'Entities',
    'DataSources',
    'AllFeatureViews',
    'FeatureViews',
    'StreamFeatureViews',
    'OnDemandFeatureViews',
    'LabelViews',
    'FeatureServices',
    'SavedDatasets',
    'ValidationReferences',
    'Permissions',
    'Features',
    'DatasetJobs',
  ].map((list) => [`List${list}`, IN] as const),
  ['ListDatasetJobs', { project: '' }],
  ['ListDatasetJobs', IN_NEW],
  ['ListEntities', IN_NEW],
  ['GetDatasetJobStatus', { job_id: 'x' }],
  ['ListProjects', {}],
  ['Proto', {}],
];

describe('methods of the registry server', () => {
  test.each(REQUIRED)('%s %j', (method, message, needs) => {
    const asked = call(method, message);
    expect(asked.endpoint.access).toBe('required');
    expect(asked.needs).toEqual(needs);
  });

  test.each(LISTS)('%s %j shows what may be described', (method, message) => {
    const { endpoint, needs } = call(method, message);
    expect(endpoint.access).toBe('filtered');
    expect(endpoint.actions).toEqual(['DESCRIBE']);
    expect(endpoint.types.length).toBeGreaterThan(0);
    expect(needs).toEqual([]);
  });

  test.each(UNKNOWN)('%s of what is not there: not found', (method) => {
    expect(() => call(method, { ...IN, name: 'nosuch' })).toThrow(ResourceNotFoundError);
  });

  test('all methods are tried here', () => {
    const tried = new Set([...REQUIRED, ...LISTS].map(([method]) => method).concat(UNKNOWN));
    const rows = ENDPOINTS.filter(
      ({ server, access }) => server === 'registry-grpc' && access !== 'public',
    );
    expect(rows.map(({ path }) => path.slice(SERVICE.length + 1)).sort()).toEqual(
      [...tried].sort(),
    );
  });

  test('health is open to everyone, reflection and unknown methods are refused to everyone', () => {
    const find = (path: string) => findEndpoint('registry-grpc', 'POST', path);
    expect(find('/grpc.health.v1.Health/Check')?.endpoint.access).toBe('public');
    for (const path of [
      '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo',
      `${SERVICE}/Nosuch`,
      `${SERVICE}/getentity`,
      `${SERVICE}/GetEntity/`,
      `${SERVICE}/__proto__`,
      'GetEntity',
      '',
    ]) {
      expect(find(path)).toBeUndefined();
    }
  });
});

describe('what is refused', () => {
  test.each<[string, string, unknown]>([
    ['no message', 'GetEntity', undefined],
    ['no name', 'GetEntity', { ...IN, name: '' }],
    ['no project', 'GetEntity', { name: 'driver', project: '' }],
    ['camel case', 'ApplyDataSource', { ...IN, dataSource: { name: 'new' } }],
    ['no object', 'ApplyEntity', IN],
    ['an object without a spec', 'ApplyEntity', { ...IN, entity: { name: 'new' } }],
    ['an object without a name', 'ApplyEntity', { ...IN, entity: { spec: {} } }],
    ['two objects', 'ApplyFeatureView', { ...IN, feature_view: spec('a'), label_view: spec('a') }],
    ['an object of another project', 'ApplyEntity', { ...IN, entity: spec('a', { project: 'b' }) }],
    ['tags that are no text', 'ApplyEntity', { ...IN, entity: spec('a', { tags: { a: 1 } }) }],
    ['tags in a list', 'ApplyEntity', { ...IN, entity: spec('a', { tags: ['a'] }) }],
    [
      'too many tags',
      'ApplyEntity',
      {
        ...IN,
        entity: spec('a', {
          tags: Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`t${i}`, ''])),
        }),
      },
    ],
    ['a project without a name', 'ApplyProject', { project: {} }],
    [
      'a data set whose name is not what is written',
      'CreateDatasetFromRetrieval',
      { ...IN, entity_source_type: 'inline', name: ' a' },
    ],
    ['a materialization without a view', 'ApplyMaterialization', IN],
    [
      'a materialization of a view of another project',
      'ApplyMaterialization',
      {
        ...IN,
        feature_view: { spec: { name: 'transaction_features', project: 'fraud_detection' } },
      },
    ],
    [
      'a data set from a file of the caller, by its type',
      'CreateDatasetFromRetrieval',
      { ...IN, name: 'new', entity_source_type: 'reference', entity_source_path: '/etc/passwd' },
    ],
    [
      'a data set from a file of the caller, without a type',
      'CreateDatasetFromRetrieval',
      { ...IN, name: 'new', entity_source_path: '/etc/passwd' },
    ],
  ])('%s', (_, method, message) => {
    expect(() => call(method, message)).toThrow(RequestInvalidError);
  });

  test.each<[string, unknown]>([
    ['GetEntity', { name: 'driver', project: 'nosuch' }],
    ['GetEntity', { name: 'driver', project: '__proto__' }],
    ['GetFeatureView', { ...IN, name: 'loan_labels' }],
    ['DeleteProject', { name: 'nosuch' }],
    ['ApplyMaterialization', { ...IN, feature_view: spec('nosuch') }],
    [
      'CreateDatasetFromRetrieval',
      { ...IN, entity_source_type: 'inline', name: 'a', features: ['nosuch:a'] },
    ],
    [
      'CreateDatasetFromRetrieval',
      { ...IN, entity_source_type: 'inline', name: 'a', feature_service_name: 'nosuch' },
    ],
    ['GetDatasetData', { name: 'a', project: 'fraud_detection' }],
  ])('%s %j: not found', (method, message) => {
    expect(() => call(method, message)).toThrow(ResourceNotFoundError);
  });
});
