import { describe, expect, test } from 'vitest';
import {
  createGate,
  ENDPOINTS,
  type EndpointInput,
  type FeastServer,
  findEndpoint,
  type Gate,
  type Refusal,
  requirementsAt,
} from '../../../src/gate/index.js';
import { createAuthorizer, definePermission, roles } from '../../../src/index.js';
import { ALL_ACTIONS, type AuthzError } from '../../../src/model/index.js';
import { readRegistryFile } from '../../../src/registry/index.js';
import { CREDIT_RELATIONS } from './ask-endpoint.js';

const PROJECT = 'credit_scoring';
const { resources } = await readRegistryFile('examples/credit_scoring/data/registry.db');

/** Somebody with all rights on everything, and somebody with none. */
function makeGate(options: { readonly hideUnknown?: boolean }): Gate {
  const all = (project: string) =>
    definePermission({
      name: 'all',
      project,
      types: [],
      actions: [ALL_ACTIONS].flat(),
      policy: roles('all'),
    });
  return createGate({
    authenticator: {
      authenticate: async (credentials) => {
        const name = 'token' in credentials ? String(credentials.token) : '';
        return { username: name, roles: [name] };
      },
    },
    authorizer: createAuthorizer({
      permissions: CREDIT_RELATIONS.projects.map(all),
      resources,
      projects: CREDIT_RELATIONS.projects,
    }),
    relations: CREDIT_RELATIONS,
    project: PROJECT,
    telemetry: false,
    ...options,
  });
}

async function refusalOf(
  gate: Gate,
  token: string,
  server: FeastServer,
  request: string,
  body?: unknown,
): Promise<Refusal | undefined> {
  const [method = '', target = ''] = request.split(' ');
  const [path = '', search] = target.split('?');
  const found = findEndpoint(server, method, path);
  if (found === undefined) throw new Error(`${server} has no ${request}`);
  const caller = await gate.authenticate(`Bearer ${token}`);
  const query = search === undefined ? undefined : new URLSearchParams(search);
  const input: EndpointInput = { body, query, params: found.params };
  try {
    gate.authorize(caller, requirementsAt(gate as never, found.endpoint, input));
    return undefined;
  } catch (error) {
    return gate.refuse(error as AuthzError);
  }
}

const grpc = (method: string) => `POST /feast.registry.RegistryServer/${method}`;
const IN = { project: PROJECT };

/** Server, what names something that is there, and what names something that is not. */
const PAIRS: readonly (readonly [
  FeastServer,
  known: readonly [string, unknown?],
  unknown: readonly [string, unknown?],
])[] = [
  [
    'online',
    ['POST /search', { features: ['untagged_view:a'] }],
    ['POST /search', { features: ['nosuch:a'] }],
  ],
  [
    'online',
    ['POST /search', { features: ['transformed_amount:a'] }],
    ['POST /search', { features: ['nosuch:a'] }],
  ],
  [
    'online',
    ['POST /search', { features: ['untagged_view:a'] }],
    ['POST /search', { features: ['untagged_view@v9:a'] }],
  ],
  [
    'online',
    ['POST /search', { feature_service: 'credit_model_v1' }],
    ['POST /search', { feature_service: 'nosuch' }],
  ],
  [
    'online',
    ['POST /push', { push_source_name: 'labels_push' }],
    ['POST /push', { push_source_name: 'nosuch' }],
  ],
  [
    'online',
    ['POST /write-to-online-store', { feature_view_name: 'untagged_view' }],
    ['POST /write-to-online-store', { feature_view_name: 'nosuch' }],
  ],
  [
    'online',
    ['POST /materialize', { feature_views: ['untagged_view'] }],
    ['POST /materialize', { feature_views: ['nosuch'] }],
  ],
  [
    'online',
    ['POST /materialize', { feature_views: ['untagged_view'] }],
    ['POST /materialize', { feature_views: ['untagged_view'], version: 'v9' }],
  ],
  [
    'online',
    ['POST /materialize', { feature_views: ['untagged_view'] }],
    ['GET /v1/vector_stores/nosuch'],
  ],
  [
    'registry-grpc',
    [grpc('GetEntity'), { ...IN, name: 'driver' }],
    [grpc('GetEntity'), { ...IN, name: 'nosuch' }],
  ],
  [
    'registry-grpc',
    [grpc('GetAnyFeatureView'), { ...IN, name: 'loan_labels' }],
    [grpc('GetAnyFeatureView'), { ...IN, name: 'nosuch' }],
  ],
  [
    'registry-grpc',
    [grpc('GetEntity'), { ...IN, name: 'driver' }],
    [grpc('GetEntity'), { project: 'nosuch', name: 'driver' }],
  ],
  [
    'registry-grpc',
    [grpc('DeleteEntity'), { ...IN, name: 'driver' }],
    [grpc('DeleteEntity'), { ...IN, name: 'nosuch' }],
  ],
  [
    'registry-grpc',
    [grpc('GetProject'), { name: PROJECT }],
    [grpc('GetProject'), { name: 'nosuch' }],
  ],
  ['registry-grpc', [grpc('Refresh'), IN], [grpc('Refresh'), { project: 'nosuch' }]],
  [
    'registry-grpc',
    [grpc('ApplyEntity'), { ...IN, entity: { spec: { name: 'driver' } } }],
    [grpc('ApplyEntity'), { ...IN, entity: { spec: { name: 'nosuch' } } }],
  ],
  [
    'registry-rest',
    [`GET /entities/driver?project=${PROJECT}`],
    [`GET /entities/nosuch?project=${PROJECT}`],
  ],
  [
    'registry-rest',
    [`GET /saved_datasets/data/a?project=${PROJECT}`],
    ['GET /saved_datasets/data/a?project=nosuch'],
  ],
  [
    'registry-rest',
    ['POST /monitoring/compute', IN],
    ['POST /monitoring/compute', { ...IN, feature_view_name: 'nosuch' }],
  ],
  [
    'registry-rest',
    [`GET /lineage/complete?project=${PROJECT}`],
    ['GET /lineage/complete?project=nosuch'],
  ],
  [
    'offline',
    ['DoGet pull_all_from_table_or_query', { data_source_name: 'labels_push' }],
    ['DoGet pull_all_from_table_or_query', { data_source_name: 'nosuch' }],
  ],
  [
    'offline',
    ['DoGet get_historical_features', { ...IN, feature_view_names: ['untagged_view'] }],
    ['DoGet get_historical_features', { ...IN, feature_view_names: ['nosuch'] }],
  ],
];

describe('hideUnknown', () => {
  const gate = makeGate({ hideUnknown: true });

  test.each(PAIRS)(
    '%s: %j and %j are one answer for who has no rights',
    async (server, known, unknown) => {
      const answers = [
        await refusalOf(gate, 'none', server, ...known),
        await refusalOf(gate, 'none', server, ...unknown),
      ];
      expect(answers[0]).toMatchObject({
        status: 403,
        grpc: { code: 7, message: 'not permitted' },
      });
      expect(answers[1]).toEqual(answers[0]);
    },
  );

  test.each(PAIRS)(
    '%s: who has the rights is told what is missing: %j, %j',
    async (server, _, unknown) => {
      const [request, body] = unknown;
      const hidden = await refusalOf(gate, 'all', server, request, body);
      const open = await refusalOf(makeGate({}), 'all', server, request, body);
      expect(hidden).toEqual(open);
      expect([404, 422, undefined]).toContain(hidden?.status);
    },
  );

  test('without it everyone is told, as Feast tells', async () => {
    const open = makeGate({});
    const unknown = { ...IN, name: 'nosuch' };
    expect(
      await refusalOf(open, 'none', 'registry-grpc', grpc('GetEntity'), unknown),
    ).toMatchObject({ status: 404 });
    const known = { ...IN, name: 'driver' };
    const refusal = await refusalOf(open, 'none', 'registry-grpc', grpc('GetEntity'), known);
    expect(refusal?.body).toContain('driver');
  });

  test('contradicts explanations', () => {
    const options = { hideUnknown: true, explain: 'full' } as const;
    expect(() => makeGate(options)).toThrow('contradict');
    expect(() => makeGate({ hideUnknown: 'yes' } as never)).toThrow('must be a boolean');
  });
});

describe('no_auth', () => {
  const gate = createGate({
    authenticator: { authenticate: async () => null },
    authorizer: createAuthorizer({ permissions: [], resources, auth: { type: 'no_auth' } }),
    relations: CREDIT_RELATIONS,
    telemetry: false,
    maxNameLength: 3,
  });

  test.each(
    ENDPOINTS.map(
      (endpoint) => [`${endpoint.server} ${endpoint.method} ${endpoint.path}`, endpoint] as const,
    ),
  )('%s: nothing is read, nothing is refused', async (_, endpoint) => {
    const caller = await gate.authenticate(undefined);
    for (const body of [undefined, 'text', { project: 'nosuch', name: 7, features: ['nosuch'] }]) {
      const needs = requirementsAt(gate as never, endpoint, { body });
      expect(needs.length).toBe(endpoint.access === 'required' ? 1 : 0);
      if (needs.length > 0) gate.authorize(caller, needs);
    }
  });
});
