import { describe, expect, test } from 'vitest';
import { type FeastServer, findEndpoint, requirementsOf } from '../../../src/gate/index.js';
import { RequestInvalidError, ResourceNotFoundError } from '../../../src/model/index.js';
import type { RegistryRelations } from '../../../src/registry/index.js';
import { ask, CREDIT_RELATIONS, formatNeeds } from './ask-endpoint.js';

const IN = { project: 'credit_scoring' };
const P = '?project=credit_scoring';
const VIEW = 'untagged_view';
const SERVICE = 'credit_model_v1';

function needs(version: string, request: string, body?: unknown): readonly string[] {
  return ask('registry-rest', request, body, {}, version).needs;
}

/** The resources of the example that a request without a name is about. */
const some = (
  action: string,
  ...types: ('FeatureView' | 'BatchFeatureView' | 'FeatureService')[]
) =>
  `some ${action} ${CREDIT_RELATIONS.resourcesOf('credit_scoring', types)
    .map(({ type, name }) => `${type}:${name}`)
    .join(' ')}`;
const someViews = (action: string): string => some(action, 'FeatureView', 'BatchFeatureView');
const someServices = (action: string): string => some(action, 'FeatureService');

describe('statistics of a view or a service that is named', () => {
  const read = (metric: string, query: string) => `GET /monitoring/metrics/${metric}${P}${query}`;
  const byView = `&feature_view_name=${VIEW}`;
  const byService = `&feature_service_name=${SERVICE}`;

  test.each(['0.66', '0.67'])('are asked for alike in Feast %s', (version) => {
    const view = { ...IN, feature_view_name: VIEW };
    const service = { ...IN, feature_service_name: SERVICE };
    const post = (path: string, body: object) => needs(version, `POST /monitoring/${path}`, body);
    expect(post('compute', view)).toEqual([`UPDATE FeatureView:${VIEW}`]);
    expect(post('auto_compute', view)).toEqual([`UPDATE FeatureView:${VIEW}`]);
    expect(post('compute/log', service)).toEqual([`UPDATE FeatureService:${SERVICE}`]);
    expect(post('auto_compute/log', service)).toEqual([`UPDATE FeatureService:${SERVICE}`]);
    expect(post('compute/transient', view)).toEqual([`DESCRIBE FeatureView:${VIEW}`]);
    for (const metric of ['features', 'feature_views', 'timeseries']) {
      const asked = (query: string) => needs(version, read(metric, query));
      expect(asked(byView)).toEqual([`DESCRIBE FeatureView:${VIEW}`]);
      expect(asked(byService)).toEqual([`DESCRIBE FeatureService:${SERVICE}`]);
      expect(asked(byView + byService)).toEqual([`DESCRIBE FeatureView:${VIEW}`]);
    }
    const baseline = needs(version, read('baseline', byView + byService));
    expect(baseline).toEqual([`DESCRIBE FeatureView:${VIEW}`]);
    const services = needs(version, read('feature_services', byView + byService));
    expect(services).toEqual([`DESCRIBE FeatureService:${SERVICE}`]);
  });

  test.each(['compute/log', 'compute/transient'])('POST /monitoring/%s needs a name', (path) => {
    expect(() => ask('registry-rest', `POST /monitoring/${path}`, IN)).toThrow(RequestInvalidError);
  });

  test.each([
    ['POST /monitoring/compute', { ...IN, feature_view_name: 'nosuch' }],
    ['POST /monitoring/compute/log', { ...IN, feature_service_name: 'nosuch' }],
    ['POST /monitoring/compute', { project: 'nosuch' }],
    [read('features', '&feature_view_name=nosuch'), undefined],
    ['GET /monitoring/metrics/features?project=nosuch', undefined],
  ])('%s %j: not found', (request, body) => {
    expect(() => ask('registry-rest', request, body)).toThrow(ResourceNotFoundError);
  });

  test.each([
    ['compute', { feature_view_name: VIEW }],
    ['auto_compute', { feature_view_name: VIEW }],
    ['compute/log', { feature_service_name: SERVICE }],
    ['auto_compute/log', { feature_service_name: SERVICE }],
    ['compute/transient', { feature_view_name: VIEW }],
  ])('POST /monitoring/%s is of one project', (path, body) => {
    const request = `POST /monitoring/${path}`;
    const whole = { ...IN, ...body };
    expect(ask('registry-rest', `${request}${P}`, whole).needs).toHaveLength(1);
    for (const [query, project] of [
      ['', ''],
      ['', undefined],
      ['?project=fraud_detection', 'credit_scoring'],
      [`${P}&project=fraud_detection`, 'credit_scoring'],
    ]) {
      const asked = { ...body, project };
      expect(() => ask('registry-rest', request + query, asked)).toThrow(RequestInvalidError);
    }
  });
});

describe('statistics without a name', () => {
  const REQUESTS: readonly (readonly [request: string, body: unknown, part: string])[] = [
    ['POST /monitoring/compute', IN, someViews('UPDATE')],
    ['POST /monitoring/auto_compute', IN, someViews('UPDATE')],
    ['POST /monitoring/auto_compute/log', IN, someServices('UPDATE')],
    ...['features', 'feature_views', 'timeseries', 'baseline'].map(
      (metric) =>
        [`GET /monitoring/metrics/${metric}${P}`, undefined, someViews('DESCRIBE')] as const,
    ),
    [`GET /monitoring/metrics/feature_services${P}`, undefined, someServices('DESCRIBE')],
  ];

  test.each(REQUESTS)('%s needs a part of it from Feast 0.67 on', (request, body, part) => {
    expect(needs('0.67', request, body)).toEqual([part]);
  });

  // Feast 0.66 asks for nothing there, and leaves nothing out.
  test.each(REQUESTS)('%s needs all of it in Feast 0.66', (request, body, part) => {
    const [, action, ...resources] = part.split(' ');
    const [all = ''] = needs('0.66', request, body);
    expect(all.split(' ')).toEqual(
      expect.arrayContaining([action, 'Project:credit_scoring', ...resources]),
    );
  });

  test('of a project without views needs the project', () => {
    const { endpoint } = findEndpoint('registry-rest', 'POST', '/monitoring/compute') ?? {};
    const relations: RegistryRelations = { ...CREDIT_RELATIONS, resourcesOf: () => [] };
    expect(endpoint).toBeDefined();
    const asked = endpoint && requirementsOf(endpoint, { body: IN }, relations);
    expect(formatNeeds(asked ?? [])).toEqual(['UPDATE Project:credit_scoring']);
  });
});

describe('a job that computes statistics', () => {
  test('belongs to a project from Feast 0.67 on, which must be named', () => {
    const { endpoint, needs: asked } = ask('registry-rest', `GET /monitoring/jobs/a${P}`);
    expect(asked).toEqual(['DESCRIBE Project:credit_scoring']);
    expect(endpoint.answer?.one?.place).toBe('monitoring job');
    expect(() => ask('registry-rest', 'GET /monitoring/jobs/a')).toThrow(RequestInvalidError);
  });

  test('needs all of all projects in Feast 0.66, whatever is named', () => {
    const all = needs('0.66', 'GET /monitoring/jobs/a');
    expect(all).toHaveLength(2);
    expect(needs('0.66', `GET /monitoring/jobs/a${P}`)).toEqual(all);
  });
});

describe('a view that is written with a source', () => {
  const written = (batch_source?: string) => ({ ...IN, name: 'new', batch_source });

  test('needs DESCRIBE on the source first, from Feast 0.67 on', () => {
    expect(needs('0.67', 'POST /feature_views', written('labels_push'))).toEqual([
      'DESCRIBE DataSource:labels_push',
      'create FeatureView:new',
    ]);
    expect(() => needs('0.67', 'POST /feature_views', written('nosuch'))).toThrow(
      ResourceNotFoundError,
    );
    for (const none of ['', undefined]) {
      expect(needs('0.67', 'POST /feature_views', written(none))).toEqual([
        'create FeatureView:new',
      ]);
    }
  });

  test.each(['labels_push', 'nosuch'])('needs no more in Feast 0.66: %s', (source) => {
    expect(needs('0.66', 'POST /feature_views', written(source))).toEqual([
      'create FeatureView:new',
    ]);
  });
});

describe('a permission that is written', () => {
  const written = { ...IN, name: 'new', types: ['LABEL_VIEW', 'ENTITY'], actions: ['DESCRIBE'] };

  // Feast 0.66 drops such names, which may leave a permission about every type.
  test.each(['0.66', '0.67'])('has known types and actions: Feast %s', (version) => {
    const post = (more: object) => needs(version, 'POST /permissions', { ...written, ...more });
    expect(post({})).toEqual(['create Permission:new']);
    expect(post({ types: null, actions: undefined })).toEqual(['create Permission:new']);
    for (const odd of [
      { types: ['LabelView'] },
      { types: ['ENTITY', 'nosuch'] },
      { types: 'ENTITY' },
      { actions: ['describe'] },
      { actions: ['READ'] },
    ]) {
      expect(() => post(odd)).toThrow(RequestInvalidError);
    }
  });
});

/** What is there from Feast 0.67 on. */
test.each<[FeastServer, string, string]>([
  ['registry-rest', 'GET', '/version'],
  ['registry-rest', 'GET', '/lineage/openlineage/datasets/feast/a/versions'],
  ['registry-rest', 'GET', '/lineage/openlineage/datasets/feast/a/columns'],
  ['registry-rest', 'GET', '/lineage/openlineage/runs/a/tree'],
  ['lineage', 'GET', '/lineage/openlineage/datasets/feast/a/versions'],
  ['lineage', 'GET', '/lineage/openlineage/datasets/feast/a/columns'],
  ['lineage', 'GET', '/lineage/openlineage/runs/a/tree'],
  ['offline', 'DoExchange', 'get_historical_features'],
  ['offline', 'DoExchange', 'pull_latest_from_table_or_query'],
  ['offline', 'DoExchange', 'pull_all_from_table_or_query'],
  ['offline', 'DoExchange', 'get_table_column_names_and_types_from_data_source'],
])('%s %s %s is new in Feast 0.67', (server, method, path) => {
  expect(findEndpoint(server, method, path, '0.66.0')).toBeUndefined();
  expect(findEndpoint(server, method, path, '0.67.0')).toBeDefined();
  expect(findEndpoint(server, method, path)).toEqual(findEndpoint(server, method, path, '0.67'));
});

describe('in every version', () => {
  const SERVICE_PATH = 'POST /feast.registry.RegistryServer';

  test.each(['0.66', '0.67'])('a validation reference is decided on by its name: %s', (version) => {
    const body = { ...IN, validation_reference: { name: 'check', tags: { team: 'risk' } } };
    const asked = ask(
      'registry-grpc',
      `${SERVICE_PATH}/ApplyValidationReference`,
      body,
      {},
      version,
    );
    expect(asked.needs).toEqual(['create ValidationReference:check']);
  });

  test.each(['0.66', '0.67'])('a view is materialized by those who may write it: %s', (version) => {
    const body = { ...IN, feature_view: { spec: { name: VIEW } } };
    const asked = ask('registry-grpc', `${SERVICE_PATH}/ApplyMaterialization`, body, {}, version);
    expect(asked.needs).toEqual([`WRITE_ONLINE FeatureView:${VIEW}`]);
  });

  test.each(['0.66', '0.67'])('the lineage server asks for a known caller: %s', (version) => {
    const { endpoint } = ask('lineage', 'POST /api/v1/lineage', [], {}, version);
    expect(endpoint.access).toBe('identity');
    expect(findEndpoint('lineage', 'GET', '/', version)?.endpoint.access).toBe('public');
    const removed = ask('lineage', 'DELETE /lineage/openlineage/reset', undefined, {}, version);
    expect(removed.needs).toEqual([
      'DESCRIBE+UPDATE Project:credit_scoring',
      'DESCRIBE+UPDATE Project:fraud_detection/fraud_detection',
    ]);
  });
});
