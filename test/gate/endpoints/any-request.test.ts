import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type AnyRequirement,
  ENDPOINTS,
  requirementsOf,
  resourcesOf,
} from '../../../src/gate/index.js';
import {
  AuthzError,
  RequestInvalidError,
  ResourceNotFoundError,
} from '../../../src/model/index.js';
import { PROPERTY_TIMEOUT_MS, propertyRuns } from '../../support/property-runs.js';
import { CREDIT_RELATIONS } from './ask-endpoint.js';

const NAMES = [
  'credit_scoring',
  'untagged_view',
  'untagged_source',
  'transformed_amount',
  'credit_model_v1',
  'transactions_push',
  'untagged_view:a',
  'transformed_amount@v1:a',
  'transformed_amount@v0:a',
  'v0',
  'get_historical_features',
  '{"name":"x"}',
  '__proto__',
  'constructor',
  '',
];

const FIELDS = [
  'name project projects tags spec to __proto__ include_relationships features',
  'feature_service feature_service_name push_source_name feature_view feature_views',
  'version feature_view_name feature_view_names feature_refs name_aliases entity_df_sql',
  'retrieve_func data_source data_source_name data_source_proto feature_transformation',
  'entity permission label_view',
].flatMap((row) => row.split(' '));

const { value } = fc.letrec<{ value: unknown; object: object }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<unknown>(...NAMES, null, true, 7),
    fc.string(),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  // By way of JSON, so that `__proto__` is a field like others.
  object: fc
    .array(fc.tuple(fc.constantFrom(...FIELDS), tie('value')), { maxLength: 6 })
    .map((entries) => entries.map((entry) => entry.map((part) => JSON.stringify(part)).join(':')))
    .map((members) => JSON.parse(`{${members.join(',')}}`) as object),
}));

function asksForSomething(requirement: AnyRequirement): boolean {
  if ('missing' in requirement) return requirement.missing instanceof AuthzError;
  if ('actions' in requirement && requirement.actions.length === 0) return false;
  const resources = resourcesOf(requirement);
  return resources.length > 0 && resources.every(({ name }) => name !== '');
}

test(
  'any request to any endpoint: requirements that ask for something, or an error for clients',
  () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ENDPOINTS),
        value,
        fc.constantFrom(...NAMES),
        fc.boolean(),
        (endpoint, body, param, checkViews) => {
          const names = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => String(name));
          const input = {
            body,
            params: new Map(names.map((name) => [name, param])),
            query: new URLSearchParams('project=credit_scoring'),
          };
          const options = { project: 'credit_scoring', checkViews };
          try {
            const needs = requirementsOf(endpoint, input, CREDIT_RELATIONS, options);
            expect(needs.every(asksForSomething)).toBe(true);
            expect(needs.length > 0 || endpoint.access !== 'required').toBe(true);
          } catch (error) {
            const isForClients =
              error instanceof RequestInvalidError || error instanceof ResourceNotFoundError;
            if (!isForClients) throw error;
          }
        },
      ),
      propertyRuns(1000, 60_000),
    );
  },
  PROPERTY_TIMEOUT_MS,
);
