import { describe, expect, test } from 'vitest';
import { createAuthorizer } from '../../../../src/engine/index.js';
import { isExcludedPermission } from '../../../../src/model/index.js';
import {
  parseServicesText,
  servicePrincipalSubject,
  servicesSnapshotOptions,
} from '../../../../src/platforms/databricks/acl/index.js';
import { workspaceSubject } from '../../../../src/platforms/databricks/vocabulary/index.js';
import { READER, read } from './read-fixture.js';

describe('lists as the command line of Databricks prints them', () => {
  test.each([
    ['tokens', [{ token_id: 'a', expiry_time: -1 }, { token_id: 'b' }]],
    ['secret-scopes', [{ name: 's', backend_type: 'DATABRICKS' }]],
    ['directory', [{ id: '1', applicationId: READER, displayName: 'r' }]],
    ['directory', [{ id: '2', displayName: 'ml' }]],
    ['service-credentials', [{ name: 'c', purpose: 'SERVICE' }]],
    ['serving-endpoints', [{ id: 'e', name: 'e', creation_timestamp: 1 }]],
    ['online-stores', [{ name: 's', read_secret_prefix: 'r/p' }]],
  ])('%s', (kind, list) => {
    expect(read(list).kind).toBe(kind);
  });

  test('ACLs and keys still need their address', () => {
    const acls = [{ principal: 'users', permission: 'READ' }];
    expect(() => read(acls)).toThrow('needs its address');
    const { facts } = read({ path: '/api/2.0/secrets/acls/list?scope=s', body: acls });
    expect(facts.entries).toMatchObject([{ level: 'READ', resource: { name: 's' } }]);
    const keys = { path: '/api/2.0/secrets/list?scope=s', body: [{ key: 'k' }] };
    expect(read(keys).facts.secrets).toEqual([{ scope: 's', key: 'k' }]);
  });

  test.each([
    ['of nothing', []],
    ['of several kinds', [{ token_id: 'a' }, { backend_type: 'DATABRICKS', name: 's' }]],
    ['of something else', [{ name: 'a' }]],
    ['of no objects', ['token_id']],
  ])('%s are refused', (_, list) => {
    expect(() => read(list)).toThrow('is not a JSON object');
  });
});

describe('an empty answer beside its address', () => {
  test.each([
    ['tokens', '/api/2.0/token/list'],
    ['tokens', '/api/2.0/token-management/tokens?created_by_id=1'],
    ['secret-scopes', '/api/2.0/secrets/scopes/list'],
    ['secret-acls', '/api/2.0/secrets/acls/list?scope=s'],
    ['secret-keys', '/api/2.0/secrets/list?scope=s'],
    ['serving-endpoints', '/api/2.0/serving-endpoints'],
    ['service-credentials', '/api/2.1/unity-catalog/credentials'],
    ['directory', '/api/2.0/preview/scim/v2/Groups?count=100'],
  ])('is %s: %s', (kind, path) => {
    expect(read({ path, body: {} }).kind).toBe(kind);
    expect(read({ path, body: [] }).kind).toBe(kind);
  });

  test.each([
    '/api/2.0/token/list',
    '/api/2.0/secrets/acls/list?scope=s',
    '/api/2.1/unity-catalog/permissions/credential/c',
  ])('is not what refused to answer: %s', (path) => {
    const body = { error_code: 'PERMISSION_DENIED', message: 'no' };
    expect(() => read({ path, body })).toThrow('is the answer of a failed request');
  });

  test('is not taken from another address', () => {
    expect(() => read({ path: '/api/2.0/jobs/list', body: {} })).toThrow('of an unknown kind');
  });
});

describe('what is null or missing', () => {
  const nothing = { object_id: '/serving-endpoints/e', object_type: 'serving-endpoint' };

  test.each([
    [{ ...nothing, access_control_list: null }],
    [{ ...nothing, access_control_list: [{ group_name: 'ml', all_permissions: [] }] }],
    [{ path: '/api/2.0/secrets/acls/list?scope=s', body: { items: null } }],
    [{ securable_type: 'credential', full_name: 'c', privilege_assignments: null }],
    [
      {
        securable_type: 'credential',
        full_name: 'c',
        privilege_assignments: [{ principal: 'ml', privileges: [] }],
      },
    ],
  ])('grants nothing: %j', (file) => {
    const { facts, resources } = read(file);
    expect(facts.entries).toEqual([]);
    expect(resources).toHaveLength(1);
  });

  test('a privilege of a deleted principal becomes an excluded permission', () => {
    const { permissions } = read({
      securable_type: 'credential',
      full_name: 'c',
      privilege_assignments: [{ principal: null, privileges: [{ privilege: 'ACCESS' }] }],
    });
    expect(permissions.map(isExcludedPermission)).toEqual([true]);
  });

  test('an object without a name is refused', () => {
    expect(() => read({ securable_type: 'credential', full_name: '' })).toThrow('`full_name`');
  });

  test('an endpoint without an id has no permissions, and does not stop the others', () => {
    const endpoints = [{ name: 'shared-model' }, { id: null, name: 'x' }, { id: 'e', name: 'own' }];
    expect(read({ endpoints }).resources).toMatchObject([{ name: 'e' }]);
    expect(read({ id: 'e', name: 'new', pending_config: null }).kind).toBe('serving-endpoints');
  });

  test('people, groups and service principals may leave everything out', () => {
    const { facts } = read({
      Resources: [
        { id: '1', applicationId: READER, displayName: null, entitlements: null, members: null },
        { id: '2', displayName: 'ml', groups: null, userName: null },
        {},
      ],
    });
    expect(facts.servicePrincipals).toMatchObject([{ displayName: READER }]);
    expect(facts.groups).toMatchObject([{ name: 'ml' }]);
  });
});

test('the groups that a service principal says it is in count', () => {
  const { facts } = read({
    Resources: [
      {
        id: '1',
        applicationId: READER,
        groups: [{ value: '7', display: 'ml' }, { value: '8' }, { display: 'no number' }],
      },
    ],
  });
  expect(servicePrincipalSubject(facts, READER).groups).toEqual(['users', 'ml']);
});

describe('policies of AWS', () => {
  const statement = '{"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"*"}';
  const twice = `{"Version":"2012-10-17","Statement":[],"Statement":[${statement}]}`;

  test.each([
    ['JSON', 'policy.json', twice],
    ['an answer of AWS', 'policy.json', `{"PolicyDocument":${twice}}`],
    ['JSON beside an address', 'policy.json', `{"path":"arn","body":${twice}}`],
    ['another spelling', 'policy.json', twice.replace('"Statement":[{', '"St\\u0061tement":[{')],
    ['YAML', 'policy.yaml', twice],
  ])('with a member that is given twice are refused: %s', (_, name, text) => {
    expect(() => parseServicesText(text, name)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID' }),
    );
  });

  test('with each member once are taken', () => {
    const text = `\ufeff{"Version":"2012-10-17","Statement":[${statement}]}`;
    expect(read(parseServicesText(text, 'policy.json')).kind).toBe('aws-iam-policy');
  });
});

describe('online stores', () => {
  const acls = { scope: 's', items: [{ principal: 'users', permission: 'READ' }] };
  const ann = workspaceSubject({ userName: 'ann@example.com' });
  const mayLookUp = (store: object): boolean =>
    createAuthorizer(servicesSnapshotOptions([read(acls), read(store)])).can(ann, 'LOOKUP', {
      type: 'OnlineStore',
      name: 'store',
    });

  test.each([
    ['a prefix', { name: 'store', read_secret_prefix: 's/p' }, true],
    ['a prefix as in code', { name: 'store', readSecretPrefix: 's/p' }, true],
    ['no prefix but a scope', { name: 'store', read_secret_prefix: 's' }, false],
    ['two slashes', { name: 'store', read_secret_prefix: 's/p/q' }, false],
    ['nothing behind the slash', { name: 'store', read_secret_prefix: 's/' }, false],
    ['another scope', { name: 'store', read_secret_prefix: 's2/p' }, false],
    ['nothing', { name: 'store', read_secret_prefix: '' }, false],
  ])('with %s: %j', (_, store, expected) => {
    expect(mayLookUp(store)).toBe(expected);
  });

  test('are read with all that says where their credentials are', () => {
    const profiles = { lookup: 'arn:l', publish: null };
    const { facts } = read({
      online_stores: [
        { name: 'a', provider: 'rds-mysql', host: 'db', tls: false, instance_profiles: profiles },
        { table_name: 'b', tls: {}, writeSecretPrefix: 'w/p', instanceProfiles: null },
      ],
    });
    expect(facts.onlineStores).toMatchObject([
      { name: 'a', tls: false, host: 'db', instanceProfiles: { lookup: 'arn:l' } },
      { name: 'b', tls: undefined, writeSecretPrefix: 'w/p', instanceProfiles: {} },
    ]);
  });
});
