import { describe, expect, test } from 'vitest';
import { isExcludedPermission } from '../../../../src/model/index.js';
import type { FoundSecret, ServicesFile } from '../../../../src/platforms/databricks/acl/index.js';
import { READER, read, readFixture, SCORER } from './read-fixture.js';

interface Written {
  readonly type: string;
  readonly values?: object;
  readonly address?: string;
}

/** A state with some resources. */
function stateOf(...resources: readonly Written[]): unknown {
  const named = resources.map((one, at) => ({ address: `${one.type}.r${at}`, ...one }));
  return { format_version: '1.0', values: { root_module: { resources: named } } };
}

const readState = (...resources: readonly Written[]): ServicesFile => read(stateOf(...resources));

describe('a state with nested modules', () => {
  const file = readFixture('registry-link-state.json');

  test('gives the objects of all modules', () => {
    expect(file.resources.map(({ type, name }) => `${type}:${name}`).sort()).toEqual([
      'RegisteredModel:root',
      'SecretScope:remote-mr-staging',
      'Tokens:tokens',
    ]);
  });

  test('gives who may do what', () => {
    expect(
      file.facts.entries.map(({ principal, level, resource }) => [
        principal?.name,
        level,
        resource.type,
      ]),
    ).toEqual([
      ['mlops-service-principals', 'CAN_USE', 'Tokens'],
      [READER, 'CAN_READ', 'RegisteredModel'],
      ['users', 'READ', 'SecretScope'],
      ['mlops-service-principals', 'READ', 'SecretScope'],
    ]);
  });

  test('gives tokens, principals and members', () => {
    const { tokens, servicePrincipals, groups, members } = file.facts;
    expect(tokens).toMatchObject([
      { owner: { name: READER }, lifetimeSeconds: 8_640_000, onBehalf: true, managed: true },
    ]);
    expect(servicePrincipals).toMatchObject([{ applicationId: READER, createsClusters: true }]);
    expect(groups).toMatchObject([{ id: '501', name: 'mlops-service-principals' }]);
    expect(members).toEqual([{ groupId: '501', memberId: '9001' }]);
  });
});

describe('secrets', () => {
  const values = (...names: readonly string[]): readonly string[] =>
    names.flatMap((name) => {
      const secrets: FoundSecret[] = [];
      const file = readFixture(name, secrets);
      for (const { value } of secrets) expect(JSON.stringify(file)).not.toContain(value);
      return secrets.map(({ value }) => value);
    });

  test('of a state are masked, and never in the result', () => {
    expect(new Set(values('registry-link-state.json'))).toEqual(
      new Set(['example-registry-token-value', 'example-output-token-value']),
    );
  });

  test('of a plan are masked: variables, and what was there before', () => {
    expect(new Set(values('endpoint-plan.json'))).toEqual(
      new Set(['example-client-secret-value', 'example-earlier-token-value']),
    );
  });

  test('are noted by where they stand', () => {
    const where = (name: string): unknown =>
      readFixture(name).facts.storedSecrets.map(({ address, isToken }) => [address, isToken]);
    expect(where('registry-link-state.json')).toEqual(
      expect.arrayContaining([
        ['module.staging_registry.module.link.databricks_obo_token.reader', true],
        ['module.staging_registry.module.link.databricks_secret.token', false],
        ['output.reader_token', true],
      ]),
    );
    // The token of the plan is made when it is applied.
    expect(where('endpoint-plan.json')).toEqual([
      ['databricks_token.ci', true],
      ['var.azure_client_secret', false],
    ]);
  });

  test.each([
    [
      'marked deep inside',
      {
        type: 'other',
        values: { a: [{ b: { c: 'deep-secret' } }] },
        sensitive_values: { a: [{ b: { c: true } }] },
      },
    ],
    [
      'marked as a whole',
      { type: 'other', values: { a: { b: ['deep-secret'] } }, sensitive_values: { a: true } },
    ],
    ['named as one', { type: 'other', values: { config: [{ client_secret: 'deep-secret' }] } }],
    ['written without marks', { type: 'databricks_token', values: { token_value: 'deep-secret' } }],
  ])('are found where they are %s', (_, resource) => {
    const found: string[] = [];
    read(stateOf(resource), { onSecret: ({ value }) => found.push(value) });
    expect(found).toEqual(['deep-secret']);
  });

  test('that are written only are not stored', () => {
    const { facts } = readState({
      type: 'databricks_secret',
      values: { scope: 's', key: 'k', string_value: '' },
    });
    expect(facts.storedSecrets).toEqual([]);
    expect(facts.secrets).toEqual([{ scope: 's', key: 'k' }]);
  });

  test('are taken before anything fails', () => {
    const found: string[] = [];
    const bad = stateOf(
      { type: 'databricks_permissions', values: { job_id: '1', access_control: 'no list' } },
      { type: 'databricks_token', values: { token_value: 'late-secret' } },
    );
    expect(() => read(bad, { onSecret: ({ value }) => found.push(value) })).toThrow();
    expect(found).toEqual(['late-secret']);
  });
});

describe('a plan', () => {
  const { facts, permissions } = readFixture('endpoint-plan.json');

  test('keeps the last level of a principal, and excludes one who is not known yet', () => {
    const endpoint = facts.entries.filter(
      ({ resource }) => resource.name === 'databricks_permissions.fraud',
    );
    expect(endpoint.map(({ principal, level }) => [principal?.name, level])).toEqual([
      [SCORER.toUpperCase(), 'CAN_QUERY'],
      [undefined, 'CAN_QUERY'],
    ]);
    expect(facts.repeated).toMatchObject([{ levels: ['CAN_MANAGE', 'CAN_QUERY'] }]);
    expect(permissions.filter(isExcludedPermission)).toHaveLength(1);
    expect(endpoint[0]?.resource.type).toBe('ServingEndpoint');
  });

  test('gives instance profiles with what they are there for', () => {
    expect(facts.instanceProfiles.map(({ use, by }) => [use, by])).toEqual([
      ['lookup', 'serving endpoint fraud-prod'],
      ['publish', 'cluster databricks_cluster.publisher'],
    ]);
  });

  test('gives credentials and their grants, and reports the rest', () => {
    expect(facts.serviceCredentials).toEqual([{ name: 'azure-openai', open: true }]);
    expect(facts.tokens).toMatchObject([{ withoutLifetime: true, managed: true }]);
    expect(facts.unmodelled).toEqual([{ type: 'job_id', name: '77', entries: 1 }]);
  });

  test('without planned values is read from its changes', () => {
    const after = {
      registered_model_id: 'root',
      access_control: [{ group_name: 'ml', permission_level: 'CAN_EDIT' }],
    };
    const file = read({
      format_version: '1.2',
      resource_changes: [
        { address: 'a', type: 'databricks_permissions', change: { before: null, after } },
        { address: 'b', type: 'databricks_permissions', change: { before: after, after: null } },
      ],
    });
    expect(file.kind).toBe('terraform-plan');
    expect(file.facts.entries).toMatchObject([{ level: 'CAN_EDIT' }]);
  });
});

describe('a state file', () => {
  const file = read({
    version: 4,
    terraform_version: '1.11.4',
    outputs: { pw: { value: 'an-output-secret', type: 'string', sensitive: true } },
    resources: [
      {
        mode: 'managed',
        type: 'databricks_secret_acl',
        name: 'acl',
        instances: [
          {
            index_key: 0,
            attributes: { id: 's|||ml', scope: 's', principal: 'ml', permission: 'WRITE' },
          },
          {
            index_key: 'x',
            attributes: { id: 's|||ml', scope: 's', principal: 'ml', permission: 'READ' },
          },
        ],
      },
      {
        module: 'module.a',
        mode: 'data',
        type: 'databricks_service_principal',
        name: 'g',
        instances: [{ attributes: { id: '1' } }],
      },
    ],
  });

  test('gives what its instances say; of two ACLs for one principal the weakest', () => {
    expect(file.kind).toBe('terraform-state-file');
    expect(file.facts.entries).toMatchObject([{ level: 'READ' }]);
    expect(file.facts.repeated).toMatchObject([{ levels: ['WRITE', 'READ'], kept: 'READ' }]);
    expect(file.facts.servicePrincipals).toMatchObject([
      { displayName: 'module.a.data.databricks_service_principal.g' },
    ]);
    expect(file.facts.storedSecrets).toMatchObject([{ address: 'output.pw' }]);
  });
});

describe('resources', () => {
  test.each([
    ['databricks_grant', { credential: 'c', principal: 'ml', privileges: ['ACCESS'] }, 'ACCESS'],
    [
      'databricks_grants',
      { credential: 'c', grant: [{ principal: 'ml', privileges: ['MANAGE'] }] },
      'MANAGE',
    ],
    ['databricks_secret_scope', { name: 's', initial_manage_principal: 'users' }, 'MANAGE'],
    [
      'databricks_permissions',
      {
        authorization: 'tokens',
        access_control: [{ group_name: 'ml', permission_level: 'CAN_USE' }],
      },
      'CAN_USE',
    ],
  ])('%s grants %j', (type, values, level) => {
    expect(readState({ type, values }).facts.entries).toMatchObject([
      { level, principal: { kind: 'group' } },
    ]);
  });

  test.each([
    ['databricks_grants', { catalog: 'main', grant: [] }, 'catalog'],
    ['databricks_permissions', { authorization: 'passwords', access_control: [] }, 'authorization'],
    [
      'databricks_permissions',
      { object_type: 'pipelines', pipeline_id: 'p', access_control: [] },
      'pipelines',
    ],
    ['databricks_permissions', {}, 'unknown'],
  ])('%s of %j is reported as %s', (type, values, kind) => {
    expect(readState({ type, values }).facts.unmodelled).toMatchObject([{ type: kind }]);
  });

  test('without a principal grant nothing', () => {
    const { permissions } = readState(
      { type: 'databricks_grant', values: { credential: 'c', privileges: ['ACCESS'] } },
      { type: 'databricks_secret_acl', values: { scope: 's' } },
    );
    expect(permissions.filter(isExcludedPermission)).toHaveLength(2);
  });

  test('say who creates clusters', () => {
    const { facts } = readState(
      {
        type: 'databricks_entitlements',
        values: { service_principal_id: '1', allow_cluster_create: true },
      },
      { type: 'databricks_entitlements', values: { group_id: '2', allow_cluster_create: true } },
      { type: 'databricks_entitlements', values: { group_id: '3', allow_cluster_create: false } },
    );
    expect(facts.servicePrincipals).toMatchObject([{ id: '1', createsClusters: true }]);
    expect(facts.groups).toMatchObject([{ id: '2', name: undefined, createsClusters: true }]);
  });

  test('of models and endpoints give their names', () => {
    const { resources } = readState(
      { type: 'databricks_mlflow_model', values: { name: 'm', registered_model_id: '17' } },
      { type: 'databricks_mlflow_model', values: { name: 'new' } },
      { type: 'databricks_model_serving', values: { name: 'e', serving_endpoint_id: 'abc' } },
    );
    expect(resources.map(({ name, tags }) => [name, tags])).toEqual([
      ['17', { model_name: 'm' }],
      ['abc', { endpoint_name: 'e' }],
    ]);
  });

  test('that are not needed are skipped, empty states too', () => {
    expect(readState({ type: 'aws_s3_bucket', values: { bucket: 'b' } }).resources).toEqual([]);
    expect(read({ format_version: '1.0' })).toMatchObject({
      kind: 'terraform-state',
      resources: [],
    });
    expect(
      readState({ type: 'databricks_group_member' }, { type: 'databricks_secret' }).facts.members,
    ).toEqual([]);
  });
});
