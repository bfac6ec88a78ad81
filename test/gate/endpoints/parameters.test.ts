import { describe, expect, test } from 'vitest';
import {
  type AnyRequirement,
  type Endpoint,
  endpointsOfFeast,
  FEAST_VERSIONS,
  requirementsOf,
} from '../../../src/gate/index.js';
import { CREDIT_RELATIONS, formatNeeds } from './ask-endpoint.js';

const PROJECT = 'credit_scoring';
const SERVED = { project: PROJECT, entitySql: 'allow', entityFiles: 'allow' } as const;

/** A value for each parameter, with which a request is what its endpoint takes. */
const VALUES: Readonly<Record<string, unknown>> = {
  project: PROJECT,
  projects: [PROJECT],
  name: 'untagged_view',
  feature_view: 'untagged_view',
  feature_view_name: 'untagged_view',
  feature_views: ['untagged_view'],
  feature_view_names: ['untagged_view'],
  feature_service: 'credit_model_v1',
  feature_service_name: 'credit_model_v1',
  features: ['untagged_view:age'],
  feature_refs: ['untagged_view:age'],
  name_aliases: ['customer_profile'],
  batch_source: 'labels_push',
  data_source_name: 'labels_push',
  data_source_proto: '{"name":"labels_push"}',
  retrieve_func: 'get_historical_features',
  entity_df_sql: 'SELECT 1',
  entity_source_type: 'inline',
  push_source_name: 'labels_push',
  to: 'offline',
  tags: { team: 'risk' },
  types: ['ENTITY'],
  actions: ['DESCRIBE'],
  version: 'latest',
  include_relationships: 'true',
  vector_store_id: 'nosuch',
  job_id: 'job',
  run_id: 'run',
  namespace: 'feast',
  node_type: 'job',
  object_type: 'featureView',
  object_name: 'untagged_view',
};

/** A message that writes an object, by the field that holds it. */
const MESSAGES: Readonly<Record<string, unknown>> = Object.fromEntries(
  [
    'entity',
    'data_source',
    'on_demand_feature_view',
    'stream_feature_view',
    'label_view',
    'feature_service',
    'saved_dataset',
    'validation_reference',
    'permission',
    'project',
  ].map((field) => [field, { name: 'driver', spec: { name: 'driver' } }]),
);

const ROWS: readonly (readonly [title: string, endpoint: Endpoint])[] = FEAST_VERSIONS.flatMap(
  (version) =>
    endpointsOfFeast(version).map(
      (row) => [`${version} ${row.server} ${row.method} ${row.path}`, row] as const,
    ),
);

const PARAMETERS = [...new Set(ROWS.flatMap(([, { parameters }]) => parameters))];

/** What holds a parameter of a row: of a written object a message, and its name elsewhere. */
function parameterOf({ messages, resources }: Endpoint, name: string): unknown {
  const isMaterialized = resources === 'materializedMessage' && name === 'feature_view';
  const isMessage = messages?.has(name) === true || isMaterialized;
  if (!isMessage) return VALUES[name] ?? MESSAGES[name];
  return { name: 'untagged_view', spec: { name: 'untagged_view' } };
}

/** The needs of a request, or what is wrong with it. */
function ask(endpoint: Endpoint, values: Readonly<Record<string, unknown>>): unknown {
  const params = new Map<string, string>();
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (endpoint.path.includes(`{${name}}`)) params.set(name, String(value));
    for (const one of [value].flat()) query.append(name, String(one));
  }
  const isBodiless = endpoint.method === 'GET' || endpoint.method === 'DELETE';
  try {
    const input = { params, body: values, ...(isBodiless ? { query } : {}) };
    const needs: readonly AnyRequirement[] = requirementsOf(
      endpoint,
      input,
      CREDIT_RELATIONS,
      SERVED,
    );
    return formatNeeds(needs);
  } catch (error) {
    return String(error);
  }
}

/**
 * The smallest request to an endpoint, and one with all that it takes. Of several messages in a
 * request only one may be there.
 */
function requestsTo(endpoint: Endpoint): readonly Readonly<Record<string, unknown>>[] {
  const [first] = endpoint.messages?.keys() ?? [];
  const taken = endpoint.parameters.filter(
    (name) => endpoint.messages?.has(name) !== true || name === first,
  );
  const entries = taken.map((name) => [name, parameterOf(endpoint, name)] as const);
  const whole = Object.fromEntries(entries);
  return [whole, ...taken.map((left) => ({ ...whole, [left]: undefined }))].map((request) =>
    Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined)),
  );
}

describe('what an endpoint does not take', () => {
  test('every parameter that a row takes has a value here', () => {
    expect(PARAMETERS.filter((name) => !(name in VALUES) && !(name in MESSAGES))).toEqual([]);
    expect(PARAMETERS.length).toBeGreaterThan(30);
  });

  test.each(ROWS)('%s asks for the same whatever else is said', (_title, endpoint) => {
    const others = [...PARAMETERS, 'unheard_of'].filter(
      (name) => !endpoint.parameters.includes(name),
    );
    for (const request of requestsTo(endpoint)) {
      const needs = ask(endpoint, request);
      for (const name of others) {
        const value = VALUES[name] ?? MESSAGES[name] ?? 'x';
        expect(ask(endpoint, { ...request, [name]: value }), name).toEqual(needs);
      }
    }
  });

  test('what it does take is looked at', () => {
    const ignored = ROWS.filter(([, endpoint]) => {
      if (endpoint.access !== 'required') return false;
      const [whole = {}] = requestsTo(endpoint);
      const inBody = endpoint.parameters.filter((name) => !endpoint.path.includes(`{${name}}`));
      // A value that no endpoint takes: it is refused where it is read.
      return inBody
        .filter((name) => name in whole && !LENIENT.has(name))
        .some((name) => {
          const odd = { ...whole, [name]: [{ odd: true }, { odd: true }] };
          return JSON.stringify(ask(endpoint, odd)) === JSON.stringify(ask(endpoint, whole));
        });
    });
    expect(ignored.map(([title]) => title)).toEqual([]);
  });
});

/** What asks for more in some cases only, or is refused with another reason before it is read. */
const LENIENT: ReadonlySet<string> = new Set([
  'include_relationships',
  'entity_df_sql',
  'feature_service_name',
  'name_aliases',
  'feature_refs',
  'feature_view_names',
]);
