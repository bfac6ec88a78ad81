import { describe, expect, test } from 'vitest';
import { auditServices } from '../../../../src/platforms/databricks/audit/index.js';
import { read } from './read-fixture.js';
import { recorded } from './recorded-module.js';

const MODEL = 'config.served_entities.external_model.';
const NOTIFICATION = 'config.';

/**
 * What Databricks' provider 1.128.0 marks as sensitive in its schema, and some of the providers
 * that stand beside service identities. Account numbers are left out: they are not secrets.
 *
 * @source schemas of databricks 1.128.0 and aws 5.100.0 (`terraform providers schema -json`), and
 *   of the Pulumi packages of azuread 6.11.1, azure 6.40.1 and vault 7.14.0
 */
const SENSITIVE: readonly (readonly [type: string, ...attributes: readonly string[]])[] = [
  ['databricks_token', 'token_value'],
  ['databricks_obo_token', 'token_value'],
  ['databricks_secret', 'string_value'],
  ['databricks_service_principal_secret', 'secret'],
  [
    'databricks_model_serving',
    `${MODEL}openai_config.openai_api_key_plaintext`,
    `${MODEL}openai_config.microsoft_entra_client_secret_plaintext`,
    `${MODEL}amazon_bedrock_config.aws_access_key_id_plaintext`,
    `${MODEL}amazon_bedrock_config.aws_secret_access_key_plaintext`,
    `${MODEL}anthropic_config.anthropic_api_key_plaintext`,
    `${MODEL}cohere_config.cohere_api_key_plaintext`,
    `${MODEL}ai21labs_config.ai21labs_api_key_plaintext`,
    `${MODEL}palm_config.palm_api_key_plaintext`,
    `${MODEL}google_cloud_vertex_ai_config.private_key_plaintext`,
    `${MODEL}custom_provider_config.api_key_auth.value_plaintext`,
    `${MODEL}custom_provider_config.bearer_token_auth.token_plaintext`,
  ],
  [
    'databricks_storage_credential',
    'azure_service_principal.client_secret',
    'gcp_service_account_key.private_key',
    'cloudflare_api_token.secret_access_key',
  ],
  ['databricks_metastore_data_access', 'azure_service_principal.client_secret'],
  ['databricks_credential', 'azure_service_principal.client_secret'],
  ['databricks_connection', 'options'],
  ['databricks_git_credential', 'personal_access_token'],
  ['databricks_custom_app_integration', 'client_secret'],
  ['databricks_mlflow_webhook', 'http_url_spec.secret', 'job_spec.access_token'],
  ['databricks_secret_uc', 'value', 'effective_value'],
  ['databricks_recipient', 'sharing_code'],
  ['databricks_provider', 'recipient_profile_str'],
  [
    'databricks_notification_destination',
    `${NOTIFICATION}slack.oauth_token`,
    `${NOTIFICATION}slack.url`,
    `${NOTIFICATION}generic_webhook.password`,
    `${NOTIFICATION}generic_webhook.url`,
    `${NOTIFICATION}microsoft_teams.url`,
    `${NOTIFICATION}microsoft_teams.auth_secret`,
    `${NOTIFICATION}pagerduty.integration_key`,
  ],
  ['databricks_cluster', 'docker_image.basic_auth.password'],
  ['databricks_instance_pool', 'preloaded_docker_image.basic_auth.password'],
  [
    'databricks_job',
    'new_cluster.docker_image.basic_auth.password',
    'job_cluster.new_cluster.docker_image.basic_auth.password',
    'task.new_cluster.docker_image.basic_auth.password',
  ],
  ['databricks_azure_blob_mount', 'token_secret_key'],
  ['azuread_application_password', 'value'],
  ['azuread_service_principal_password', 'value'],
  ['azuread_user', 'password'],
  ['azurerm_key_vault_secret', 'value'],
  ['azurerm_cosmosdb_account', 'primary_key'],
  ['azurerm_data_factory_linked_service_azure_databricks', 'access_token'],
  ['aws_iam_access_key', 'secret', 'ses_smtp_password_v4'],
  ['aws_secretsmanager_secret_version', 'secret_string'],
  ['aws_ssm_parameter', 'value'],
  ['aws_db_instance', 'password'],
  ['aws_rds_cluster', 'master_password'],
  ['aws_elasticache_user', 'passwords'],
  ['vault_kv_secret_v2', 'data_json'],
  ['vault_generic_secret', 'data_json'],
  ['vault_token', 'client_token'],
  ['vault_approle_auth_backend_role_secret_id', 'secret_id'],
];
const ROWS = SENSITIVE.flatMap(([type, ...attributes]) =>
  attributes.map((attribute) => [type, attribute] as const),
);
const WHOLE: ReadonlySet<string> = new Set(['options', 'passwords']);
const VALUE = 'an example of a secret';

/** A value with its mark, or another end, below blocks that are arrays of one. */
function below(path: readonly string[], end: unknown): object {
  const [name = '', ...rest] = path;
  return { [name]: rest.length === 0 ? end : [below(rest, end)] };
}

const held = (attribute: string): unknown => {
  if (attribute === 'options') return { host: 'db.example.org', user: 'reader', password: VALUE };
  return attribute === 'passwords' ? [VALUE] : VALUE;
};

const shown = (type: string, values: object, sensitive_values: unknown = {}) => {
  const resource = { address: `${type}.a`, mode: 'managed', type, name: 'a' };
  return {
    format_version: '1.0',
    values: { root_module: { resources: [{ ...resource, values, sensitive_values }] } },
  };
};

const stored = (type: string, attributes: object, paths: readonly (readonly unknown[])[]) => ({
  version: 4,
  resources: [
    {
      mode: 'managed',
      type,
      name: 'a',
      provider: 'provider["registry.terraform.io/a/b"]',
      instances: [{ attributes, sensitive_attributes: paths }],
    },
  ],
});

interface Found {
  readonly places: readonly string[];
  readonly rules: readonly string[];
  readonly secrets: readonly string[];
  readonly text: string;
}

function find(value: unknown): Found {
  const secrets: string[] = [];
  const file = read(value, { onSecret: (secret) => secrets.push(secret.value) });
  const { findings } = auditServices([file], { now: 0 });
  const own = findings.filter(({ rule }) => rule.endsWith('-in-state'));
  return {
    places: file.facts.storedSecrets.map(({ attribute }) => attribute),
    rules: own.map(({ rule }) => rule),
    secrets,
    text: JSON.stringify([file, findings]),
  };
}

describe.each(ROWS)('%s with a marked %s', (type, attribute) => {
  const path = attribute.split('.');
  const values = below(path, held(attribute));
  const rule = /token(?:_value|_plaintext)?$/.test(attribute)
    ? 'token-in-state'
    : 'secret-in-state';
  // Each block is an array, whose first item is meant.
  const steps = path.flatMap((value, at) => [
    { type: 'get_attr', value },
    ...(at < path.length - 1 ? [{ type: 'index', value: { value: 0, type: 'number' } }] : []),
  ]);

  test.each([
    ['shown', shown(type, values, below(path, true))],
    ['as it lies in a backend', stored(type, values, [steps])],
  ])('is found, %s', (_, state) => {
    const { places, rules, secrets, text } = find(state);
    expect(places).toEqual([attribute]);
    expect(rules).toEqual([rule]);
    expect(secrets).toContain(VALUE);
    expect(text).not.toContain(VALUE);
  });

  test('is found in a plan that will make it', () => {
    const root = { resources: [{ ...shown(type, {}).values.root_module.resources[0] }] };
    const [only] = root.resources;
    if (path.length > 1 || WHOLE.has(attribute)) return;
    const plan = {
      format_version: '1.2',
      planned_values: {
        root_module: { resources: [{ ...only, values: {}, sensitive_values: below(path, true) }] },
      },
      resource_changes: [
        {
          address: `${type}.a`,
          type,
          change: { before: null, after: {}, after_unknown: below(path, true) },
        },
      ],
    };
    expect(find(plan).places).toEqual([attribute]);
  });

  test('is not found where the provider writes none', () => {
    const none = below(path, WHOLE.has(attribute) ? {} : null);
    expect(find(shown(type, none, below(path, true))).places).toEqual([]);
  });
});

describe('a marked value that is not a secret', () => {
  test.each([
    ['databricks_secret', { key: 'prod-host', string_value: 'https://workspace-1.example.net' }],
    ['databricks_secret', { key: 'prod-host', string_value: 'workspace-1.example.net' }],
    ['databricks_secret', { key: 'prod-workspace-id', string_value: '3333333333333333' }],
    ['databricks_mws_networks', { account_id: '5f0c1c3e-8d2a-4a57-9b0e-6f1d2c3b4a59' }],
    ['databricks_job', { string_value: '{{secrets/scope/key}}' }],
  ])('of %s: %j', (type, values) => {
    const marks = Object.fromEntries(Object.keys(values).map((name) => [name, name !== 'key']));
    expect(find(shown(type, values, marks))).toMatchObject({ places: [], secrets: [] });
  });

  test.each([
    ['a number that is a password', { password: '12345678' }],
    ['an address with a secret in its path', { url: 'https://hooks.example.com/services/abc' }],
    ['an address with a password', { url: 'https://user:pass@example.com' }],
    ['a host name where no host belongs', { client_secret: 'workspace-1.example.net' }],
    ['text under a name of a host', { host: 'not a host' }],
  ])('%s is one', (_, values) => {
    const marks = Object.fromEntries(Object.keys(values).map((name) => [name, true]));
    expect(find(shown('a_b', values, marks)).places).toEqual(Object.keys(values));
  });
});

const HEX = '0123456789abcdef0123456789abcdef';

describe('without marks', () => {
  test.each([
    ['a token of Databricks', `dapi${HEX}`],
    ['one of several', `dapi${HEX}-2`],
    ['an OAuth secret', `dose${HEX}`],
    ['a token within text', `Authorization: Bearer dapi${HEX}`],
    ['a signed token', `eyJhbGciOiJub25lIn0.eyJzdWIiOiJleGFtcGxlIn0.c2lnbmF0dXJl`],
  ])('%s is found in any text of any provider', (_, text) => {
    const { places, rules, secrets } = find(shown('null_resource', { triggers: { a: [text] } }));
    expect([places, rules, secrets]).toEqual([['triggers.a'], ['token-in-state'], [text]]);
  });

  test.each([`xdapi${HEX}`, `dapi${HEX}0`, `dapi${HEX.slice(1)}`, 'dapi'])(
    '%s is not a token',
    (text) => {
      expect(find(shown('null_resource', { triggers: text })).places).toEqual([]);
    },
  );

  test.each([
    ['spark_env_vars', 'DB_PASSWORD', 'hunter2 hunter2'],
    ['spark_conf', 'spark.hadoop.fs.azure.account.key.a.dfs.core.windows.net', 'a2V5'],
    ['spark_conf', 'fs.azure.account.oauth2.client.secret', 'example secret'],
    ['environment_vars', 'OPENAI_API_KEY', 'example key'],
    ['configuration', 'my.token', 'example token'],
  ])('a plain value in %s.%s is found where a reference belongs', (map, name, value) => {
    const values = {
      new_cluster: [{ [map]: { [name]: value, [`${name}_ref`]: '{{secrets/a/b}}' } }],
    };
    const { places, secrets } = find(shown('databricks_job', values));
    expect(places).toEqual([`new_cluster.${map}.${name}`]);
    expect(secrets).toEqual([value]);
  });

  test.each([
    ['spark_conf', 'fs.s3a.aws.credentials.provider', 'com.example.Provider'],
    ['spark_conf', 'spark.databricks.passthrough.enabled', 'true'],
    ['spark_conf', 'fs.azure.account.oauth.provider.type', 'com.example.ClientCreds'],
    ['spark_env_vars', 'TOKEN_LIFETIME', '3600'],
    ['spark_env_vars', 'DB_PASSWORD', '{{secrets/scope/key}}'],
    ['spark_env_vars', 'PYSPARK_PYTHON', '/databricks/python3/bin/python3'],
  ])('%s.%s is not a secret: %s', (map, name, value) => {
    expect(find(shown('databricks_cluster', { [map]: { [name]: value } })).places).toEqual([]);
  });

  test('an authorization of a webhook is found', () => {
    const values = { http_url_spec: [{ authorization: 'Basic ZXhhbXBsZQ==' }] };
    expect(find(shown('databricks_mlflow_webhook', values)).places).toEqual([
      'http_url_spec.authorization',
    ]);
  });

  test('a block that is called `secret` masks no words', () => {
    const values = { resources: [{ secret: [{ scope: 'users', permission: 'READ' }] }] };
    expect(find(shown('databricks_app', values))).toMatchObject({ places: [], secrets: [] });
  });
});

describe('marks of a state file', () => {
  test.each([
    [
      'into a set',
      [
        [
          { type: 'get_attr', value: 'options' },
          { type: 'index', value: { value: {}, type: ['object', {}] } },
        ],
      ],
    ],
    ['of the whole object', [[]]],
    [
      'beside a longer path',
      [
        [{ type: 'get_attr', value: 'options' }],
        [
          { type: 'get_attr', value: 'options' },
          { type: 'get_attr', value: 'password' },
        ],
      ],
    ],
  ])('%s mark all of it', (_, paths) => {
    const state = stored('a_b', { options: { note: VALUE } }, paths);
    expect(find(state).secrets).toEqual([VALUE]);
  });

  test.each([undefined, null, 7, ['options'], [{}], [[7]], '__proto__'])(
    'of no known form: %j',
    (paths) => {
      const state = stored('a_b', { options: { note: VALUE } }, paths as never);
      expect(() => find(state)).not.toThrow();
    },
  );
});

describe('the recorded module', () => {
  test.each(['show.json', 'terraform.tfstate.json', 'plan.json'] as const)(
    'keeps three secrets and two tokens, %s',
    (form) => {
      const { findings } = auditServices([read(recorded(form))], { now: 1796005442171 });
      const places = (wanted: string) =>
        findings
          .filter(({ rule }) => rule === wanted)
          .map(({ message }) => /\.(\w+)` keeps .* in (\w+)$/.exec(message)?.slice(1).join(' '));
      expect(places('secret-in-state')).toEqual(Array(3).fill('remote_token string_value'));
      expect(new Set(places('token-in-state'))).toEqual(
        new Set(['prod_sp_token token_value', 'staging_sp_token token_value']),
      );
    },
  );
});

test('a mark inside of an attribute of any type is found in a state of a backend', () => {
  const input = { value: { key: 'a', client: VALUE }, type: ['object', { client: 'string' }] };
  const steps = ['input', 'client'].map((value) => ({ type: 'get_attr', value }));
  const { places, secrets, text } = find(stored('terraform_data', { input }, [steps]));
  expect(places).toHaveLength(1);
  expect(secrets).toContain(VALUE);
  expect(text).not.toContain(VALUE);
});
