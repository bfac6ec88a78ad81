import { describe, expect, test } from 'vitest';
import { ENDPOINTS } from '../../../src/gate/index.js';
import { RequestInvalidError, ResourceNotFoundError } from '../../../src/model/index.js';
import { ask } from './ask-endpoint.js';

const HISTORICAL = {
  api: 'get_historical_features',
  project: 'credit_scoring',
  feature_view_names: ['transaction_features'],
  name_aliases: [null],
  feature_refs: ['transaction_features:amount'],
};
const DEFINITION = { data_source_proto: '{"name":"untagged_source","tags":{"team":"risk"}}' };
const NEW_DEFINITION = { data_source_proto: '{"name":"brought_along"}' };
const READ_SOURCE = 'READ_OFFLINE DataSource:untagged_source';
const PULL = { data_source_name: 'untagged_source' };

const commands = (
  methods: readonly string[],
  api: string,
  body: object,
  needs: readonly string[],
) => methods.map((method) => [`${method} ${api}`, body, needs] as const);
const READS = ['DoPut', 'GetFlightInfo', 'DoGet', 'DoExchange'];
const WRITES = ['DoPut', 'GetFlightInfo'];

const ROWS: readonly (readonly [string, unknown, readonly string[]])[] = [
  ...commands(READS, 'get_historical_features', HISTORICAL, [
    'READ_OFFLINE FeatureView:transaction_features',
  ]),
  ...commands(READS, 'pull_latest_from_table_or_query', PULL, [READ_SOURCE]),
  ...commands(READS, 'pull_all_from_table_or_query', PULL, [READ_SOURCE]),
  ...commands(READS, 'get_table_column_names_and_types_from_data_source', DEFINITION, [
    'change DataSource:untagged_source to DataSource:untagged_source',
    READ_SOURCE,
  ]),
  ...commands(WRITES, 'validate_data_source', NEW_DEFINITION, [
    'create DataSource:brought_along',
    'READ_OFFLINE DataSource:brought_along',
  ]),
  ...commands(WRITES, 'offline_write_batch', { feature_view_names: ['untagged_view'] }, [
    'WRITE_OFFLINE FeatureView:untagged_view',
  ]),
  ...commands(WRITES, 'write_logged_features', { feature_service_name: 'credit_model_v1' }, [
    'WRITE_OFFLINE FeatureService:credit_model_v1',
  ]),
  ...commands(WRITES, 'persist', { ...HISTORICAL, ...PULL, retrieve_func: HISTORICAL.api }, [
    'READ_OFFLINE FeatureView:transaction_features',
    'WRITE_OFFLINE DataSource:untagged_source',
  ]),
  ...commands(['DoPut'], 'persist', { ...PULL, retrieve_func: 'pull_all_from_table_or_query' }, [
    READ_SOURCE,
    'WRITE_OFFLINE DataSource:untagged_source',
  ]),
  ['ListFlights ', undefined, ['DESCRIBE+UPDATE Project:credit_scoring']],
  ['ListActions ', undefined, []],
];

describe('commands of the offline server', () => {
  test.each(ROWS)('%s %j', (request, body, needs) => {
    expect(ask('offline', request, body).needs).toEqual(needs);
  });

  test('on-demand views stand in the features alone', () => {
    const command = {
      ...HISTORICAL,
      feature_view_names: [],
      feature_refs: ['transformed_amount:amount_plus_val'],
    };
    expect(ask('offline', 'DoGet get_historical_features', command).needs).toEqual([
      'READ_OFFLINE OnDemandFeatureView:transformed_amount FeatureView:transaction_features',
    ]);
  });

  test('a view may be called by its alias, which opens no other view', () => {
    const aliased = (alias: string) => ({
      ...HISTORICAL,
      name_aliases: [alias],
      feature_refs: [`${alias}:amount`],
    });
    const needs = (alias: string) =>
      ask('offline', 'DoGet get_historical_features', aliased(alias)).needs;
    expect(needs('purchases')).toEqual(['READ_OFFLINE FeatureView:transaction_features']);
    expect(needs('customer_profile')).toEqual([
      'READ_OFFLINE FeatureView:transaction_features FeatureView:customer_profile',
    ]);
  });

  test('the project of the command is the project of its views', () => {
    const command = {
      ...HISTORICAL,
      project: 'fraud_detection',
      feature_view_names: ['account_risky_scores'],
      feature_refs: undefined,
    };
    expect(ask('offline', 'DoPut get_historical_features', command).needs).toEqual([
      'READ_OFFLINE FeatureView:fraud_detection/account_risky_scores',
    ]);
  });

  test('a command that names no views is about the project', () => {
    const command = { ...HISTORICAL, feature_view_names: [], feature_refs: [] };
    expect(ask('offline', 'DoPut get_historical_features', command).needs).toEqual([
      'READ_OFFLINE Project:credit_scoring',
    ]);
  });

  test('SQL of the caller is taken where the server allows it', () => {
    const command = { ...HISTORICAL, entity_df_sql: 'SELECT * FROM secrets' };
    const request = 'DoPut get_historical_features';
    expect(() => ask('offline', request, command)).toThrow(RequestInvalidError);
    expect(() =>
      ask('offline', 'DoPut persist', { ...command, ...PULL, retrieve_func: HISTORICAL.api }),
    ).toThrow(RequestInvalidError);
    expect(ask('offline', request, command, { entitySql: 'allow' }).needs).toHaveLength(1);
    expect(ask('offline', request, { ...command, entity_df_sql: null }).needs).toHaveLength(1);
  });

  test.each<[string, string, unknown]>([
    ['no command', 'pull_all_from_table_or_query', undefined],
    ['no source', 'pull_all_from_table_or_query', {}],
    ['no project', 'get_historical_features', { ...HISTORICAL, project: undefined }],
    ['no views', 'get_historical_features', { ...HISTORICAL, feature_view_names: undefined }],
    ['a definition that is no JSON', 'validate_data_source', { data_source_proto: '{' }],
    ['a definition that is a list', 'validate_data_source', { data_source_proto: '[]' }],
    [
      'a definition that says its name twice',
      'validate_data_source',
      { data_source_proto: '{"name":"untagged_source","name":"transactions_source"}' },
    ],
    [
      'a definition of another project',
      'validate_data_source',
      { data_source_proto: '{"name":"a","project":"fraud_detection"}' },
    ],
    ['a definition without a name', 'validate_data_source', { data_source_proto: '{}' }],
    [
      'a definition with tags that are no text',
      'validate_data_source',
      { data_source_proto: '{"name":"a","tags":{"a":1}}' },
    ],
    [
      'a definition without end',
      'validate_data_source',
      { data_source_proto: `{"name":"a"}${' '.repeat(1_000_000)}` },
    ],
    ['two views to write to', 'offline_write_batch', { feature_view_names: ['a', 'b'] }],
    ['no view to write to', 'offline_write_batch', { feature_view_names: [] }],
    ['an unknown retrieval', 'persist', { ...PULL, retrieve_func: 'persist' }],
    ['no retrieval', 'persist', PULL],
  ])('%s is refused', (_, api, body) => {
    expect(() => ask('offline', `DoPut ${api}`, body)).toThrow(RequestInvalidError);
  });

  test.each<[string, unknown]>([
    ['pull_all_from_table_or_query', { data_source_name: 'nosuch' }],
    ['pull_all_from_table_or_query', { data_source_name: 'untagged_view' }],
    ['get_historical_features', { ...HISTORICAL, feature_view_names: ['nosuch'] }],
    ['get_historical_features', { ...HISTORICAL, feature_refs: ['nosuch:a'] }],
    ['get_historical_features', { ...HISTORICAL, project: 'nosuch' }],
    ['offline_write_batch', { feature_view_names: ['nosuch'] }],
    ['write_logged_features', { feature_service_name: 'nosuch' }],
  ])('%s %j: not found', (api, body) => {
    expect(() => ask('offline', `DoPut ${api}`, body)).toThrow(ResourceNotFoundError);
  });
});

test('every command and method is tried here', () => {
  const tried = ROWS.map(([request]) => request);
  const rows = ENDPOINTS.filter(({ server }) => server === 'offline');
  expect(rows.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(
    [...new Set(tried)].sort(),
  );
});
