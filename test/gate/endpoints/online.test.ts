import { describe, expect, test } from 'vitest';
import {
  ENDPOINTS,
  type FoundEndpoint,
  findEndpoint,
  requirementsOf,
} from '../../../src/gate/index.js';
import { RequestInvalidError, ResourceNotFoundError } from '../../../src/model/index.js';
import type { RegistryRelations } from '../../../src/registry/index.js';
import { ask, CREDIT_RELATIONS } from './ask-endpoint.js';

const FEATURES = ['transaction_features:amount', 'customer_profile:income'];
const MATERIALIZED =
  'WRITE_ONLINE FeatureView:transactions_push_view FeatureView:transaction_features ';

/** Request, body, what it needs. */
const ROWS: readonly (readonly [string, unknown, readonly string[]])[] = [
  ...['/get-online-features', '/search', '/retrieve-online-documents'].flatMap((path) => [
    [
      `POST ${path}`,
      { feature_service: 'credit_model_v1', features: [], entities: {} },
      ['READ_ONLINE FeatureService:credit_model_v1'],
    ] as const,
    [
      `POST ${path}`,
      { features: FEATURES, feature_service: null },
      ['READ_ONLINE FeatureView:transaction_features FeatureView:customer_profile'],
    ] as const,
    [
      `POST ${path}`,
      { features: ['transformed_amount:amount_plus_val'], feature_service: '' },
      ['READ_ONLINE OnDemandFeatureView:transformed_amount FeatureView:transaction_features'],
    ] as const,
  ]),
  [
    'POST /push',
    { push_source_name: 'transactions_push' },
    ['WRITE_ONLINE FeatureView:transactions_push_view'],
  ],
  ['POST /push', { push_source_name: 'labels_push' }, ['WRITE_ONLINE LabelView:loan_labels']],
  [
    'POST /push',
    { push_source_name: 'labels_push', to: 'offline' },
    ['WRITE_OFFLINE LabelView:loan_labels'],
  ],
  [
    'POST /push',
    { push_source_name: 'labels_push', to: 'online_and_offline' },
    ['WRITE_ONLINE+WRITE_OFFLINE LabelView:loan_labels'],
  ],
  [
    'POST /write-to-online-store',
    { feature_view_name: 'transaction_features', df: {} },
    ['WRITE_ONLINE FeatureView:transaction_features'],
  ],
  ...['/materialize', '/materialize-incremental'].map(
    (path) =>
      [
        `POST ${path}`,
        { feature_views: ['untagged_view', 'transaction_stream_agg'] },
        ['WRITE_ONLINE FeatureView:untagged_view StreamFeatureView:transaction_stream_agg'],
      ] as const,
  ),
  ['GET /v1/vector_stores', undefined, []],
];
/** The fixture has no vector store: see "vector stores". */
const VECTOR_STORE = '/v1/vector_stores/vs_1';
const VECTOR_STORE_REQUESTS = [`GET ${VECTOR_STORE}`, `POST ${VECTOR_STORE}/search`];

describe('requests of the online server', () => {
  test.each(ROWS)('%s %j', (request, body, needs) => {
    expect(ask('online', request, body).needs).toEqual(needs);
  });

  test.each([{}, { feature_views: null }])('all views that are materialized: %j', (body) => {
    const { needs } = ask('online', 'POST /materialize', body);
    expect(needs).toHaveLength(1);
    expect(needs[0]).toContain(MATERIALIZED);
    expect(needs[0]).not.toContain('LabelView');
  });

  test('the views of a service, where the server wants it', () => {
    const body = { feature_service: 'credit_model_v2_risky' };
    expect(ask('online', 'POST /search', body, { checkViews: true }).needs).toEqual([
      'READ_ONLINE FeatureService:credit_model_v2_risky',
      'READ_ONLINE FeatureView:transaction_features FeatureView:merchant_risky_profile OnDemandFeatureView:transformed_amount',
    ]);
  });

  test('relations that do not say what a view or a service is made of', () => {
    const silent: RegistryRelations = {
      projects: CREDIT_RELATIONS.projects,
      resourcesOf: (...asked) => CREDIT_RELATIONS.resourcesOf(...asked),
      named: (...asked) => CREDIT_RELATIONS.named(...asked),
      viewsOfService: () => undefined,
      viewsFedBy: () => undefined,
      sourceViewsOf: () => undefined,
      materializedViews: () => [],
      vectorStores: () => [],
      versionsOf: () => [],
      pinsOf: () => [],
    };
    const found = findEndpoint('online', 'POST', '/search') as FoundEndpoint;
    for (const body of [
      { feature_service: 'credit_model_v1' },
      { features: ['transformed_amount:amount_plus_val'] },
    ]) {
      const options = { project: 'credit_scoring', checkViews: true };
      const attempt = () => requirementsOf(found.endpoint, { body }, silent, options);
      expect(attempt).toThrow(ResourceNotFoundError);
    }
  });

  test('every endpoint is tried here', () => {
    const tried = new Set(
      [...ROWS.map(([request]) => request), ...VECTOR_STORE_REQUESTS].map((request) => {
        const [method = '', path = ''] = request.split(' ');
        return findEndpoint('online', method, path)?.endpoint;
      }),
    );
    const rows = ENDPOINTS.filter(
      ({ server, access }) => server === 'online' && access !== 'public',
    );
    expect(rows.filter((row) => !tried.has(row))).toEqual([]);
  });

  test('views that are named again are materialized once', () => {
    const feature_views = Array.from({ length: 10_000 }, () => 'untagged_view');
    expect(ask('online', 'POST /materialize', { feature_views }).needs).toEqual([
      'WRITE_ONLINE FeatureView:untagged_view',
    ]);
  });

  test('a version is read beside the view as it is', () => {
    const needs = (reference: string) =>
      ask('online', 'POST /search', { features: [reference] }).needs;
    const asItIs = 'READ_ONLINE FeatureView:untagged_view';
    for (const version of ['', '@', '@latest', '@LATEST']) {
      expect(needs(`untagged_view${version}:a`)).toEqual([asItIs]);
    }
    for (const version of ['@v0', '@V0', '@v00']) {
      expect(needs(`untagged_view${version}:a`)).toEqual([
        asItIs,
        'READ_ONLINE FeatureView:untagged_view as described',
      ]);
    }
    for (const version of ['@v2', '@V12', `@v${'9'.repeat(400)}`]) {
      const [first, second] = needs(`untagged_view${version}:a`);
      expect(first).toBe(asItIs);
      expect(second).toMatch(/^missing: version .* of view `untagged_view` is not known$/);
    }
    for (const version of ['@0', '@x', '@v', '@v2x', '@v2@v3', '@version0', ' ']) {
      expect(() => needs(`untagged_view${version}:a`)).toThrow(ResourceNotFoundError);
    }
    // Python takes these for versions.
    for (const version of ['@v\u0660', '@v0\n']) {
      expect(() => needs(`untagged_view${version}:a`)).toThrow(RequestInvalidError);
    }
  });

  test('views with several features are asked for once', () => {
    const features = ['untagged_view:a', 'untagged_view:b', 'untagged_view@v0:c'];
    expect(ask('online', 'POST /search', { features }).needs).toEqual([
      'READ_ONLINE FeatureView:untagged_view',
      'READ_ONLINE FeatureView:untagged_view as described',
    ]);
  });

  test('a version of a view to materialize, which is named alone', () => {
    const needs = (body: object) => ask('online', 'POST /materialize', body).needs;
    const feature_views = ['untagged_view'];
    const asItIs = 'WRITE_ONLINE FeatureView:untagged_view';
    for (const version of [undefined, null, '', 'latest', 'Latest']) {
      expect(needs({ feature_views, version })).toEqual([asItIs]);
    }
    for (const version of ['v0', 'V0', 'version0']) {
      expect(needs({ feature_views, version })).toEqual([asItIs, `${asItIs} as described`]);
    }
    expect(needs({ feature_views, version: 'v7' })[1]).toContain('missing: version 7 of view');
    for (const body of [
      { feature_views, version: 'x' },
      { feature_views, version: 0 },
      { feature_views, version: 'v0\n' },
      { feature_views: ['untagged_view', 'transaction_features'], version: 'v0' },
      { feature_views: ['untagged_view', 'transaction_features'], version: 'latest' },
      { version: 'v0' },
    ]) {
      expect(() => needs(body)).toThrow(RequestInvalidError);
    }
  });
});

describe('vector stores', () => {
  const view = { type: 'FeatureView', name: 'docs', project: 'p', tags: {} } as const;
  const relations = {
    ...CREDIT_RELATIONS,
    projects: ['p'],
    vectorStores: () => [{ id: 'vs_1', view }],
  } as RegistryRelations;
  const needs = (method: string, path: string, body?: unknown) => {
    const found = findEndpoint('online', method, path);
    if (found === undefined) return undefined;
    return requirementsOf(found.endpoint, { params: found.params, body }, relations);
  };

  test('are found by their id alone', () => {
    expect(needs('GET', VECTOR_STORE)).toEqual([{ actions: ['DESCRIBE'], resources: view }]);
    // An id in the body is not where the server looks.
    expect(needs('POST', `${VECTOR_STORE}/search`, { vector_store_id: 'vs_2' })).toEqual([
      { actions: ['READ_ONLINE'], resources: view },
    ]);
    expect(() => needs('GET', '/v1/vector_stores/docs')).toThrow(ResourceNotFoundError);
    const other = { vector_store_id: 'vs_1' };
    expect(() => needs('POST', '/v1/vector_stores/vs_2/search', other)).toThrow(
      ResourceNotFoundError,
    );
  });
});

describe('what is refused', () => {
  const many = Array.from({ length: 10_001 }, () => 'untagged_view:a');

  test.each<[string, string, unknown]>([
    ['no body', '/search', undefined],
    ['null', '/search', null],
    ['a list', '/search', [{ features: FEATURES }]],
    ['text', '/search', '{"features":["a:b"]}'],
    ['a map', '/search', new Map([['features', FEATURES]])],
    ['neither service nor features', '/search', {}],
    ['no features', '/search', { features: [] }],
    ['inherited features', '/search', JSON.parse('{"__proto__":{"features":["untagged_view:a"]}}')],
    ['features that are no list', '/search', { features: 'untagged_view:a' }],
    ['features like a list', '/search', { features: { 0: 'untagged_view:a', length: 1 } }],
    ['a feature that is no text', '/search', { features: ['untagged_view:a', 7] }],
    ['a feature without a view', '/search', { features: ['untagged_view'] }],
    [
      'a service beside features',
      '/search',
      { feature_service: 'credit_model_v1', features: FEATURES },
    ],
    ['a feature with two colons', '/search', { features: ['untagged_view:a:b'] }],
    ['a feature with an empty view', '/search', { features: [':a'] }],
    ['a feature with two colons', '/search', { features: ['untagged_view:a:b'] }],
    ['a feature of great length', '/search', { features: [`untagged_view:${'a'.repeat(1024)}`] }],
    ['too many features', '/search', { features: many }],
    ['a service that is no text', '/search', { feature_service: ['credit_model_v1'] }],
    ['a service of great length', '/search', { feature_service: 'a'.repeat(1025) }],
    ['a push without a source', '/push', { to: 'online' }],
    ['a push to an empty source', '/push', { push_source_name: '' }],
    ['a push to an unknown source', '/push', { push_source_name: 'nosuch' }],
    ['a push to a source that feeds nothing', '/push', { push_source_name: 'untagged_source' }],
    ['a push to `__proto__`', '/push', { push_source_name: '__proto__' }],
    ['a push elsewhere', '/push', { push_source_name: 'labels_push', to: 'x' }],
    ['a push to null', '/push', { push_source_name: 'labels_push', to: null }],
    ['a push in capitals', '/push', { push_source_name: 'labels_push', to: 'ONLINE' }],
    ['a write to nothing', '/write-to-online-store', { df: {} }],
    ['no views to materialize', '/materialize', { feature_views: [] }],
    ['one view, not a list', '/materialize', { feature_views: 'untagged_view' }],
  ])('%s: not a valid request', (_, path, body) => {
    expect(() => ask('online', `POST ${path}`, body)).toThrow(RequestInvalidError);
  });

  test.each<[string, string, unknown]>([
    ['an unknown service', '/search', { feature_service: 'nosuch' }],
    ['a service named `__proto__`', '/search', { feature_service: '__proto__' }],
    ['an unknown view', '/search', { features: ['nosuch:a'] }],
    ['an unknown view among others', '/search', { features: ['untagged_view:a', 'nosuch:a'] }],
    ['a view of another project', '/search', { features: ['account_risky_scores:a'] }],
    ['an entity', '/search', { features: ['driver:a'] }],
    ['a write to a label view', '/write-to-online-store', { feature_view_name: 'loan_labels' }],
    ['an unknown view to materialize', '/materialize', { feature_views: ['nosuch'] }],
    ['a label view to materialize', '/materialize', { feature_views: ['loan_labels'] }],
  ])('%s: not found', (_, path, body) => {
    expect(() => ask('online', `POST ${path}`, body)).toThrow(ResourceNotFoundError);
  });

  test('messages repeat no value, and at most the start of a name', () => {
    const hostile = `${'a'.repeat(900)}\n`;
    for (const body of [
      { features: [7] },
      { features: [`${hostile}:a`] },
      { features: [hostile] },
    ]) {
      let message = '';
      try {
        ask('online', 'POST /search', body);
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message).toMatch(/^.{1,300}$/);
    }
  });

  test('a server of several projects must say which one it serves', () => {
    const body = { feature_service: 'credit_model_v1' };
    const options = { project: undefined };
    expect(() => ask('online', 'POST /search', body, options)).toThrow(RequestInvalidError);
    expect(() => ask('online', 'POST /search', body, { project: 'nosuch' })).toThrow(
      ResourceNotFoundError,
    );
  });
});

test('every endpoint of the online server is tried here', () => {
  const tried = ROWS.map(([request]) => request);
  const rows = ENDPOINTS.filter(({ server, access }) => server === 'online' && access !== 'public');
  const untried = rows
    .map(({ method, path }) => `${method} ${path}`)
    .filter((request) => !tried.includes(request) && !request.includes('{'));
  expect(untried).toEqual([]);
});
