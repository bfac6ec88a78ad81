import { describe, expect, test, vi } from 'vitest';
import {
  ENDPOINTS,
  type FoundEndpoint,
  findEndpoint,
  requirementsOf,
} from '../../../src/gate/index.js';
import { RequestInvalidError, ResourceNotFoundError } from '../../../src/model/index.js';
import { ask, CREDIT_RELATIONS } from './ask-endpoint.js';

const P = '?project=credit_scoring';
const IN = { project: 'credit_scoring' };
const PROJECT = 'Project:credit_scoring';
const OTHER_PROJECT = 'Project:fraud_detection/fraud_detection';

const objects = (
  path: string,
  type: string,
  name: string,
): readonly (readonly [string, unknown, readonly string[]])[] => [
  [`GET ${path}/${name}${P}`, undefined, [`DESCRIBE ${type}:${name}`]],
  [
    `GET ${path}/${name}${P}&include_relationships=true`,
    undefined,
    [`DESCRIBE ${type}:${name}`, `DESCRIBE ${PROJECT}`],
  ],
  [`DELETE ${path}/${name}${P}`, undefined, [`DELETE ${type}:${name}`]],
  [`POST ${path}`, { ...IN, name }, [`change ${type}:${name} to ${type}:${name}`]],
  [`POST ${path}`, { ...IN, name: 'new', tags: null }, [`create ${type}:new`]],
];

/** Request, body, what it needs. */
const REQUIRED: readonly (readonly [string, unknown, readonly string[]])[] = [
  ...objects('/entities', 'Entity', 'driver'),
  ...objects('/data_sources', 'DataSource', 'labels_push'),
  ...objects('/feature_services', 'FeatureService', 'credit_model_v1'),
  ...objects('/feature_views', 'FeatureView', 'untagged_view'),
  ...objects('/permissions', 'Permission', 'admin-all'),
  [`GET /label_views/loan_labels${P}`, undefined, ['DESCRIBE LabelView:loan_labels']],
  [`DELETE /feature_views/loan_labels${P}`, undefined, ['DELETE LabelView:loan_labels']],
  [
    'POST /feature_views',
    { ...IN, name: 'new', batch_source: 'labels_push' },
    ['DESCRIBE DataSource:labels_push', 'create FeatureView:new'],
  ],
  ['POST /feature_views', { ...IN, name: 'new', batch_source: '' }, ['create FeatureView:new']],
  ['POST /entities', { ...IN, name: 'new', batch_source: 'nosuch' }, ['create Entity:new']],
  ['POST /saved_datasets', { ...IN, name: 'new' }, ['create SavedDataset:new']],
  [
    'POST /entities',
    { project: 'new', name: 'driver' },
    ['CREATE Project:new Entity:driver as described'],
  ],
  [
    'POST /saved_datasets/create',
    { ...IN, name: 'new', features: ['untagged_view:a'] },
    ['create SavedDataset:new', 'READ_OFFLINE FeatureView:untagged_view'],
  ],
  [`GET /features/untagged_view/a${P}`, undefined, ['DESCRIBE FeatureView:untagged_view']],
  ['GET /projects/fraud_detection', undefined, [`DESCRIBE ${OTHER_PROJECT}`]],
  ['POST /registry/refresh', undefined, [`DESCRIBE+UPDATE ${PROJECT}`]],
  [`GET /lineage/registry${P}`, undefined, [`DESCRIBE ${PROJECT}`]],
  [`GET /monitoring/jobs/some-job${P}`, undefined, [`DESCRIBE ${PROJECT}`]],
  ...['POST /lineage/openlineage/retention/prune', 'DELETE /lineage/openlineage/reset'].map(
    (request) =>
      [
        request,
        undefined,
        [`DESCRIBE+UPDATE ${PROJECT}`, `DESCRIBE+UPDATE ${OTHER_PROJECT}`],
      ] as const,
  ),
  ['GET /lineage/registry/all', undefined, [`DESCRIBE ${PROJECT}`, `DESCRIBE ${OTHER_PROJECT}`]],
  [
    `GET /lineage/registry/all${P}`,
    undefined,
    [`DESCRIBE ${PROJECT}`, `DESCRIBE ${OTHER_PROJECT}`],
  ],
  [`GET /lineage/objects/featureView/untagged_view${P}`, undefined, [`DESCRIBE ${PROJECT}`]],
  [
    'GET /metrics/recently_visited',
    undefined,
    [`DESCRIBE ${PROJECT}`, `DESCRIBE ${OTHER_PROJECT}`],
  ],
  [`GET /metrics/recently_visited${P}`, undefined, [`DESCRIBE ${PROJECT}`]],
  ...['compute', 'auto_compute'].map(
    (path) =>
      [
        `POST /monitoring/${path}`,
        { ...IN, feature_view_name: 'untagged_view' },
        ['UPDATE FeatureView:untagged_view'],
      ] as const,
  ),
  ...['compute/log', 'auto_compute/log'].map(
    (path) =>
      [
        `POST /monitoring/${path}`,
        { ...IN, feature_service_name: 'credit_model_v1', feature_view_name: 'ignored' },
        ['UPDATE FeatureService:credit_model_v1'],
      ] as const,
  ),
  [
    'POST /monitoring/compute/transient',
    { ...IN, feature_view_name: 'untagged_view' },
    ['DESCRIBE FeatureView:untagged_view'],
  ],
  ...(
    [
      ['features', 'FeatureView:untagged_view'],
      ['feature_views', 'FeatureView:untagged_view'],
      ['timeseries', 'FeatureView:untagged_view'],
      ['feature_services', 'FeatureService:credit_model_v1'],
      ['baseline', 'FeatureView:untagged_view'],
    ] as const
  ).map(
    ([metric, resources]) =>
      [
        `GET /monitoring/metrics/${metric}${P}&feature_view_name=untagged_view&feature_service_name=credit_model_v1`,
        undefined,
        [`DESCRIBE ${resources}`],
      ] as const,
  ),
];

const WITH_ALL = [
  '/entities',
  '/data_sources',
  '/feature_services',
  '/feature_views',
  '/saved_datasets',
  '/label_views',
  '/features',
  '/labels',
];
const WITHOUT_ALL = [
  '/permissions',
  '/saved_datasets/jobs',
  '/projects',
  '/materialization_jobs',
  '/metrics/resource_counts',
];
const LISTS = [...WITH_ALL, ...WITHOUT_ALL].map((path) => `GET ${path}${P}`);
const LISTS_OF_ALL = WITH_ALL.map((path) => `GET ${path}/all`);

const KNOWN = [
  'GET /version',
  'POST /lineage',
  'POST /lineage/batch',
  'GET /lineage/openlineage/retention',
];
const LINEAGE = [
  'events',
  'jobs',
  'datasets',
  'namespaces',
  'graph',
  'graph/job/feast/materialize',
  'datasets/feast/untagged_view/versions',
  'datasets/feast/untagged_view/columns',
  'runs',
  'runs/a',
  'runs/a/tree',
].map((path) => `GET /lineage/openlineage/${path}`);

/** Whatever is summed up must be permitted, all of it. */
const SUMS: readonly (readonly [string, unknown, string])[] = [
  [`GET /lineage/complete${P}`, undefined, 'Entity:driver'],
  ['GET /lineage/complete/all', undefined, 'Entity:driver'],
  [`GET /metrics/popular_tags${P}`, undefined, 'LabelView:loan_labels'],
  [`GET /compute_engines${P}`, undefined, 'FeatureView:untagged_view'],
  ['GET /compute_engines/all', undefined, 'FeatureView:untagged_view'],
];

describe('requests of the REST registry server', () => {
  test.each(REQUIRED)('%s %j', (request, body, needs) => {
    const asked = ask('registry-rest', request, body);
    expect(asked.endpoint.access).toBe('required');
    expect(asked.needs).toEqual(needs);
    const [method, target] = request.split(' ');
    expect(ask('registry-rest', `${method} /api/v1${target}`, body)).toEqual(asked);
  });

  test.each([
    ...LISTS,
    ...LISTS_OF_ALL,
    'GET /saved_datasets/jobs/x',
    'GET /saved_datasets/jobs',
    'GET /search?query=a',
    'GET /search?query=a&projects=credit_scoring&projects=fraud_detection',
    'GET /search?query=a&projects=credit_scoring',
    // What is in no project is nothing.
    'GET /entities?project=nosuch',
    'GET /entities?project=__proto__',
    'GET /search?query=a&projects=credit_scoring&projects=nosuch',
    'GET /saved_datasets/jobs?project=nosuch',
    'GET /metrics/resource_counts',
    'GET /metrics/resource_counts?project=nosuch',
  ])('%s shows what may be described', (request) => {
    const { endpoint, needs } = ask('registry-rest', request);
    expect(endpoint.access).toBe('filtered');
    expect(endpoint.types.length).toBeGreaterThan(0);
    expect(needs).toEqual([]);
  });

  test.each(SUMS)('%s asks for all that it sums up', (request, body, part) => {
    const { endpoint, needs } = ask('registry-rest', request, body);
    expect(endpoint.access).toBe('required');
    expect(needs[0]).toContain(` ${PROJECT} `);
    expect(needs.join(' ').split(' ')).toContain(part);
    if (request.includes('/all')) expect(needs[1]).toContain(OTHER_PROJECT);
  });

  test.each([
    ['?project=credit_scoring', []],
    ['?project=credit_scoring&include_relationships=false', []],
    ['?project=credit_scoring&include_relationships=F', []],
    ['?project=credit_scoring&include_relationships=0', []],
    ['?project=credit_scoring&include_relationships=1', [`DESCRIBE ${PROJECT}`]],
    ['?project=credit_scoring&include_relationships=yes', [`DESCRIBE ${PROJECT}`]],
    [
      '?project=credit_scoring&include_relationships=false&include_relationships=true',
      [`DESCRIBE ${PROJECT}`],
    ],
  ])('neighbours are of the project: %s', (query, needs) => {
    expect(ask('registry-rest', `GET /entities${query}`).needs).toEqual(needs);
  });

  test('a query with a name many times is gone through once', () => {
    const query = new URLSearchParams(`project=credit_scoring${'&a=1'.repeat(3)}`);
    const steps = vi.spyOn(query, 'getAll');
    const found = findEndpoint('registry-rest', 'GET', '/entities') as FoundEndpoint;
    expect(requirementsOf(found.endpoint, { query }, CREDIT_RELATIONS)).toEqual([]);
    expect(steps).not.toHaveBeenCalled();
  });

  test.each(KNOWN)('%s is answered to every known caller', (request) => {
    const { endpoint, needs } = ask('registry-rest', request);
    expect({ access: endpoint.access, needs }).toEqual({ access: 'identity', needs: [] });
  });

  test.each(LINEAGE)('%s shows the namespaces of projects that may be described', (request) => {
    const { endpoint, needs } = ask('registry-rest', request);
    expect(endpoint).toMatchObject({ access: 'filtered', types: ['Project'] });
    expect(needs).toEqual([]);
    expect(ask('lineage', request).endpoint).toEqual({ ...endpoint, server: 'lineage' });
  });

  test('neighbours in the lists of all projects are of all projects', () => {
    const { needs } = ask('registry-rest', 'GET /entities/all?include_relationships=true');
    expect(needs).toEqual([`DESCRIBE ${PROJECT}`, `DESCRIBE ${OTHER_PROJECT}`]);
  });

  test('every endpoint is tried here', () => {
    const tried = new Set(
      [...REQUIRED.map(([request]) => request), ...LISTS, ...LISTS_OF_ALL, ...SUMS.map(([r]) => r)]
        .concat('GET /search?', 'GET /saved_datasets/jobs/x', KNOWN, LINEAGE)
        // The fixture has no saved dataset: see "not found".
        .concat('GET /saved_datasets/x', 'DELETE /saved_datasets/x', 'GET /saved_datasets/data/x')
        .map((request) => {
          const [method = '', target = ''] = request.split(' ');
          return findEndpoint('registry-rest', method, target.split('?')[0] ?? '')?.endpoint;
        }),
    );
    const rows = ENDPOINTS.filter(
      ({ server, access }) => server === 'registry-rest' && access !== 'public',
    );
    expect(rows.filter((row) => !tried.has(row))).toEqual([]);
  });
});

describe('what is refused', () => {
  test.each<[string, unknown?]>([
    ['GET /entities'],
    ['GET /entities?project='],
    ['GET /entities?project=credit_scoring&project=fraud_detection'],
    ['GET /entities?project=credit_scoring&project=credit_scoring'],
    ['GET /entities/driver'],
    // The body of a request without one is not where the server looks.
    ['GET /entities/driver', { project: 'credit_scoring' }],
    ['DELETE /entities/driver', { project: 'credit_scoring' }],
    // Nor is the query of one with a body.
    ['POST /entities?project=credit_scoring', { name: 'new' }],
    ['POST /entities', undefined],
    ['POST /entities', []],
    ['POST /entities', { ...IN, name: 'new', tags: 'a' }],
    ['POST /monitoring/compute', {}],
    [`GET /entities/${'a'.repeat(1025)}${P}`],
  ])('%s %j', (request, body) => {
    expect(() => ask('registry-rest', request, body)).toThrow(RequestInvalidError);
  });

  test.each<[string, unknown?]>([
    [`GET /entities/nosuch${P}`],
    [`GET /entities/untagged_view${P}`],
    [`GET /label_views/untagged_view${P}`],
    [`GET /saved_datasets/x${P}`],
    [`DELETE /saved_datasets/x${P}`],
    [`GET /saved_datasets/data/x${P}`],
    ['GET /projects/nosuch'],
    ['POST /feature_views', { ...IN, name: 'new', batch_source: 'nosuch' }],
    ['POST /monitoring/compute', { ...IN, feature_view_name: 'nosuch' }],
    ['POST /monitoring/compute', { project: 'nosuch' }],
  ])('%s %j: not found', (request, body) => {
    expect(() => ask('registry-rest', request, body)).toThrow(ResourceNotFoundError);
  });
});
