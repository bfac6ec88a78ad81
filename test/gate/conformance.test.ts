import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  createGate,
  type FeastServer,
  findEndpoint,
  requirementsOf,
} from '../../src/gate/index.js';
import { createAuthorizer } from '../../src/index.js';
import { AuthzError, type Subject } from '../../src/model/index.js';
import { loadFeatureStore, type RegistryRelations } from '../../src/registry/index.js';

const RECORDED = JSON.parse(readFileSync('test/conformance/servers.json', 'utf8')) as {
  /** By method of the registry server: the name of the status code. */
  readonly grpc: Readonly<Record<string, string>>;
  /** By method and path of the REST registry server: the status. */
  readonly rest: Readonly<Record<string, string>>;
};
const PROJECT = 'credit_scoring';

const store = await loadFeatureStore('examples/credit_scoring/feature_store_oidc.yaml');
const relations = store.contents.relations as RegistryRelations;
const users = new Map<string, Subject>([
  ['nobody', { username: 'nobody' }],
  ['super-reader', { username: 'reader', roles: ['super-reader'] }],
  ['online-server', { username: 'server', roles: ['online-server'] }],
  ['feast-admin', { username: 'admin', roles: ['feast-admin'] }],
  ['project-owner', { username: 'owner', roles: ['project-owner'] }],
  ['auditors', { username: 'auditor', groups: ['auditors'] }],
  ['feast-users', { username: 'user', groups: ['feast-users'] }],
]);
const gate = createGate({
  authenticator: {
    authenticate: async (credentials) =>
      users.get(('token' in credentials && credentials.token) || '') ?? null,
  },
  authorizer: createAuthorizer(store.snapshotOptions),
  relations,
  telemetry: false,
});

interface Answer {
  /** HTTP status; 200 where the request is handled. */
  readonly status: number;
  /** What a list shows. Undefined: it is no list. */
  readonly shown: readonly string[] | undefined;
}

async function answer(
  user: string,
  server: FeastServer,
  method: string,
  target: string,
  body?: unknown,
): Promise<Answer> {
  const [path = '', search] = target.split('?');
  const found = findEndpoint(server, method, path);
  if (found === undefined) return { status: 404, shown: undefined };
  const { endpoint, params } = found;
  const query = new URLSearchParams(search);
  const caller = await gate.authenticate(`Bearer ${user}`);
  try {
    const needs = requirementsOf(endpoint, { body, params, query }, relations, {
      project: PROJECT,
    });
    if (needs.length > 0) gate.authorize(caller, needs);
  } catch (error) {
    expect(error).toBeInstanceOf(AuthzError);
    return { status: gate.refuse(error).status, shown: undefined };
  }
  if (endpoint.access !== 'filtered') return { status: 200, shown: undefined };
  const all = relations.projects.flatMap((project) =>
    relations.resourcesOf(project, endpoint.types),
  );
  return { status: 200, shown: caller.filter('DESCRIBE', all).map(({ name }) => name) };
}

/** The name of an object of the kind that a method is about. */
function nameFor(method: string): string {
  if (method.includes('OnDemand')) return 'transformed_amount';
  if (method.includes('Stream')) return 'transaction_stream_agg';
  if (method.includes('LabelView')) return 'loan_labels';
  if (method.includes('Entity')) return 'driver';
  if (method.includes('DataSource')) return 'transactions_source';
  if (method.includes('FeatureService')) return 'credit_model_v1';
  if (method.includes('Permission')) return 'admin-all';
  return method.includes('Project') ? PROJECT : 'transaction_features';
}

describe('a caller without any role', () => {
  test.each(Object.entries(RECORDED.grpc))(
    '%s, which Feast answers with %s',
    async (method, status) => {
      const message = {
        project: method === 'ApplyProject' ? undefined : PROJECT,
        name: nameFor(method),
        // Anything else is refused whoever asks.
        entity_source_type: 'inline',
        feature_view: method === 'GetFeature' ? 'transaction_features' : undefined,
      };
      const path = `/feast.registry.RegistryServer/${method}`;
      const ours = await answer('nobody', 'registry-grpc', 'POST', path, message);
      // A list shows what may be described, where Feast may refuse the whole.
      if (ours.shown !== undefined) expect(ours).toEqual({ status: 200, shown: [] });
      else if (status === 'NOT_FOUND') expect(ours.status).toBe(404);
      // A message without an object: Feast decides on an object without a name, or fails inside.
      else if (method.startsWith('Apply')) expect(ours.status).toBe(422);
      else expect(ours.status).toBe(403);
    },
  );

  test.each(Object.entries(RECORDED.rest))(
    '%s, which Feast answers with %s',
    async (request, status) => {
      const [method = '', path] = request.split(' ');
      const ours = await answer('nobody', 'registry-rest', method, `${path}?project=${PROJECT}`);
      if (ours.shown !== undefined) expect(ours).toEqual({ status: 200, shown: [] });
      else expect(ours.status).toBe(403);
      expect(['200', '403', '422', '500', '503']).toContain(status);
    },
  );
});

describe('callers of the registry servers who have a role or a group', () => {
  const VIEWS = [
    'merchant_batch_daily',
    'untagged_view',
    'transactions_push_view',
    'customer_profile',
    'merchant_risky_profile',
    'transaction_features',
  ];
  const PERMISSIONS = [
    'reader',
    'view-editor',
    'ds-writer',
    'online-serving',
    'pii-reader',
    'risk-combined',
    'feature-reader',
    'stream-only',
    'datasets',
    'permission-auditor',
    'nobody',
    'admin-all',
    'project-owner',
    'fleet-ns-write',
    'équipe-données',
    'describe-all',
  ];

  const OTHER_VIEWS = [
    'transaction_stream_agg',
    'risky_income_ratio',
    'transformed_amount',
    'loan_labels',
  ];

  /** What Feast shows, and what is shown here where Feast refuses the list as a whole. Over HTTP a list has views of all types. */
  test.each<[string, string, string, readonly string[], (readonly string[])?]>([
    ['super-reader', 'ListFeatureViews', 'feature_views', VIEWS, OTHER_VIEWS],
    ['auditors', 'ListFeatureViews', 'feature_views', []],
    [
      'feast-users',
      'ListFeatureViews',
      'feature_views',
      VIEWS.filter((view) => /^(?:transaction|merchant)/.test(view)),
      ['transaction_stream_agg'],
    ],
    ['super-reader', 'ListEntities', 'entities', []],
    ['auditors', 'ListEntities', 'entities', []],
    ['super-reader', 'ListPermissions', 'permissions', []],
    ['auditors', 'ListPermissions', 'permissions', PERMISSIONS],
    ['super-reader', 'ListProjects', 'projects', []],
    ['auditors', 'ListProjects', 'projects', []],
    ['project-owner', 'ListProjects', 'projects', [PROJECT]],
  ])('%s: %s and GET /%s', async (user, method, path, shown, more = []) => {
    const grpcPath = `/feast.registry.RegistryServer/${method}`;
    const grpc = await answer(user, 'registry-grpc', 'POST', grpcPath, { project: PROJECT });
    const rest = await answer(user, 'registry-rest', 'GET', `/api/v1/${path}?project=${PROJECT}`);
    expect([grpc.status, rest.status]).toEqual([200, 200]);
    expect(grpc.shown?.toSorted()).toEqual([...shown].sort());
    expect(rest.shown?.toSorted()).toEqual([...shown, ...more].sort());
  });

  test.each<[string, string, string, number]>([
    ['super-reader', 'GetFeatureView', 'transaction_features', 200],
    ['auditors', 'GetFeatureView', 'transaction_features', 403],
    ['super-reader', 'GetFeatureView', 'nosuch', 404],
    ['auditors', 'GetFeatureView', 'nosuch', 404],
    ['super-reader', 'DeleteFeatureView', 'untagged_view', 403],
  ])('%s: %s %s: %i', async (user, method, name, status) => {
    const path = `/feast.registry.RegistryServer/${method}`;
    const grpc = await answer(user, 'registry-grpc', 'POST', path, { project: PROJECT, name });
    const verb = method.startsWith('Delete') ? 'DELETE' : 'GET';
    const target = `/api/v1/feature_views/${name}?project=${PROJECT}`;
    const rest = await answer(user, 'registry-rest', verb, target);
    expect([grpc.status, rest.status]).toEqual([status, status]);
  });

  test.each([
    ['/openapi.json', 200],
    ['/docs', 200],
    ['/', 200],
    ['/health', 404],
  ])('GET %s: %i', async (path, status) => {
    expect((await answer('nobody', 'registry-rest', 'GET', path)).status).toBe(status);
    const access = findEndpoint('registry-rest', 'GET', path)?.endpoint.access;
    expect(access).toBe(status === 200 ? 'public' : undefined);
  });
});

describe('requests of the online server, as Feast answers them', () => {
  const views = { features: ['transaction_features:amount', 'transaction_features:count_7d'] };
  const service = { feature_service: 'credit_model_v1' };
  const onDemand = { features: ['transformed_amount:amount_plus_val'] };
  const labels = { features: ['loan_labels:labeler'] };
  const push = { push_source_name: 'transactions_push', to: 'online' };
  const write = { feature_view_name: 'transaction_features' };
  const named = { feature_views: ['transaction_features'] };

  test.each<[string, string, object, number]>([
    ['super-reader', '/get-online-features', views, 200],
    ['nobody', '/get-online-features', views, 403],
    ['nobody', '/get-online-features', service, 403],
    ['online-server', '/get-online-features', service, 200],
    ['online-server', '/get-online-features', views, 403],
    ['online-server', '/get-online-features', { feature_service: 'credit_model_v2_risky' }, 403],
    ['nobody', '/get-online-features', { feature_service: 'nosuch' }, 404],
    ['nobody', '/get-online-features', { features: ['nosuch:a'] }, 404],
    ['super-reader', '/get-online-features', onDemand, 200],
    ['nobody', '/get-online-features', onDemand, 403],
    ['super-reader', '/get-online-features', labels, 200],
    ['nobody', '/get-online-features', labels, 403],
    ['nobody', '/retrieve-online-documents', views, 403],
    ['nobody', '/push', push, 403],
    ['super-reader', '/push', push, 403],
    ['feast-admin', '/push', push, 200],
    ['feast-admin', '/push', { ...push, to: 'offline' }, 200],
    ['nobody', '/push', { push_source_name: 'nosuch' }, 422],
    ['nobody', '/write-to-online-store', write, 403],
    ['feast-admin', '/write-to-online-store', write, 200],
    ['nobody', '/write-to-online-store', { feature_view_name: 'nosuch' }, 404],
    ['nobody', '/write-to-online-store', { feature_view_name: 'loan_labels' }, 404],
    ['nobody', '/materialize', named, 403],
    ['feast-admin', '/materialize', named, 200],
    ['nobody', '/materialize-incremental', named, 403],
  ])('%s: POST %s %j: %i', async (user, path, body, status) => {
    expect((await answer(user, 'online', 'POST', path, body)).status).toBe(status);
  });

  // Feast differs: it asks for no permission at all on what feeds a label view, and fails on an unknown target.
  test.each<[string, object, number]>([
    ['nobody', { push_source_name: 'labels_push' }, 403],
    ['super-reader', { push_source_name: 'labels_push' }, 403],
    // No permission of the example grants writing to label views, the administrator's included.
    ['feast-admin', { push_source_name: 'labels_push' }, 403],
    ['nobody', { ...push, to: 'x' }, 422],
  ])('%s: POST /push %j: %i, unlike Feast', async (user, body, status) => {
    expect((await answer(user, 'online', 'POST', '/push', body)).status).toBe(status);
  });

  test('vector stores: a list of what may be described', async () => {
    const ours = await answer('nobody', 'online', 'GET', '/v1/vector_stores');
    expect(ours).toEqual({ status: 200, shown: [] });
  });
});
