import { describe, expect, test } from 'vitest';
import { isExcludedPermission } from '../../../../src/model/index.js';
import {
  SERVICES_FILE_READERS,
  type ServicesFileReader,
} from '../../../../src/platforms/databricks/acl/index.js';
import { ENDPOINT, READER, read, readFixture, SCORER } from './read-fixture.js';

describe('kinds', () => {
  test.each([
    ['registry-link-state.json', 'terraform-state'],
    ['endpoint-plan.json', 'terraform-plan'],
    ['endpoint-permissions.json', 'permissions'],
    ['token-permissions.json', 'permissions'],
    ['effective-grants.json', 'grants'],
    ['secret-acls.json', 'secret-acls'],
    ['secret-scopes.json', 'secret-scopes'],
    ['secret-keys.json', 'secret-keys'],
    ['token-list.json', 'tokens'],
    ['service-principals.json', 'directory'],
    ['serving-endpoints.json', 'serving-endpoints'],
    ['online-stores.yaml', 'online-stores'],
  ])('%s is %s', (name, kind) => {
    expect(readFixture(name)).toMatchObject({ name, kind });
  });

  test('have names of their own', () => {
    const kinds = SERVICES_FILE_READERS.map(({ kind }) => kind);
    expect(new Set(kinds).size).toBe(kinds.length);
  });

  test('of a caller come first', () => {
    const own: ServicesFileReader = {
      kind: 'own',
      detect: (value) => 'Statement' in value,
      read: (_, { collector, name }) => {
        collector.facts.storePolicies.push({ name, profile: name, document: {}, writes: ['w'] });
      },
    };
    const file = read({ Statement: [], scopes: [] }, { readers: [own] });
    expect(file.kind).toBe('own');
    expect(file.facts.storePolicies).toHaveLength(1);
  });
});

describe('answers of the permissions API', () => {
  test('become an entry for each level', () => {
    const { facts, resources } = readFixture('endpoint-permissions.json');
    expect(resources).toEqual([{ type: 'ServingEndpoint', name: ENDPOINT, tags: {} }]);
    expect(
      facts.entries.map(({ principal, level, inherited }) => [principal?.kind, level, inherited]),
    ).toEqual([
      ['service-principal', 'CAN_QUERY', false],
      ['user', 'CAN_QUERY', false],
      ['user', 'CAN_VIEW', false],
      ['group', 'CAN_MANAGE', true],
    ]);
  });

  test('name what an entry is inherited from', () => {
    const { permissions } = readFixture('endpoint-permissions.json');
    const tags = permissions.map((one) => ('tags' in one ? { ...one.tags } : undefined));
    expect(tags).toContainEqual({ file: 'endpoint-permissions.json', inherited_from: 'workspace' });
  });

  test.each([
    ['serving-endpoint', 'ServingEndpoint', 'x'],
    ['registered-model', 'RegisteredModel', 'x'],
    ['tokens', 'Tokens', 'tokens'],
  ])('of %s are about a %s', (object_type, type, name) => {
    const { resources } = read({ object_id: '/some/x', object_type });
    expect(resources).toMatchObject([{ type, name }]);
  });

  test.each(['job', 'passwords', '__proto__', ''])(
    'of %j are reported, not dropped',
    (object_type) => {
      const access_control_list = [
        { group_name: 'users', all_permissions: [{ permission_level: 'CAN_VIEW' }] },
      ];
      const { facts, resources } = read({ object_id: '/o/1', object_type, access_control_list });
      expect(resources).toEqual([]);
      expect(facts.unmodelled).toEqual([{ type: object_type, name: '1', entries: 1 }]);
    },
  );

  test.each([
    [{ user_name: 'a@b.c', group_name: 'ml' }],
    [{ user_name: '', group_name: '' }],
    [{}],
  ])('with an entry for %j do not grant it', (named) => {
    const { permissions } = read({
      object_id: '/serving-endpoints/e',
      object_type: 'serving-endpoint',
      access_control_list: [{ ...named, all_permissions: [{ permission_level: 'CAN_QUERY' }] }],
    });
    expect(permissions.filter(isExcludedPermission)).toHaveLength(1);
  });
});

describe('requests to the permissions API', () => {
  const put = (type: string, ...levels: readonly string[]): unknown => ({
    method: 'PUT',
    path: `/api/2.0/permissions/${type}`,
    body: {
      access_control_list: levels.map((permission_level, at) => ({
        service_principal_name: at % 2 === 0 ? SCORER : SCORER.toUpperCase(),
        permission_level,
      })),
    },
  });

  test.each([
    [['CAN_MANAGE', 'CAN_VIEW'], 'CAN_VIEW'],
    [['CAN_VIEW', 'CAN_MANAGE'], 'CAN_MANAGE'],
    [['CAN_VIEW', 'CAN_MANAGE', 'CAN_QUERY'], 'CAN_QUERY'],
  ])('with %j for one principal keep %s, the last', (levels, kept) => {
    const { facts } = read(put('serving-endpoints/e%2F1', ...levels));
    expect(facts.entries).toMatchObject([
      { level: kept, resource: { name: 'e/1' }, list: { replacing: true, size: 1 } },
    ]);
    expect(facts.repeated).toMatchObject([{ levels, kept }]);
  });

  test.each([
    ['/api/2.0/permissions/serving-endpoints/0f1e2d3c', 'ServingEndpoint', '0f1e2d3c'],
    ['/api/2.0/permissions/registered-models/root', 'RegisteredModel', 'root'],
    ['/api/2.0/permissions/authorization/tokens', 'Tokens', 'tokens'],
    ['/api/2.0/preview/permissions/serving-endpoints/0f1e2d3c', 'ServingEndpoint', '0f1e2d3c'],
    ['/api/2.0/preview/permissions/registered-models/root', 'RegisteredModel', 'root'],
    ['/api/2.0/preview/permissions/authorization/tokens', 'Tokens', 'tokens'],
  ])('to %s are about a %s', (path, type, name) => {
    const { resources, facts } = read({ ...(put('x', 'CAN_MANAGE') as object), path });
    expect(resources).toMatchObject([{ type, name }]);
    expect(facts.unmodelled).toEqual([]);
  });

  test('to the old address, and for tokens', () => {
    const preview = { ...(put('x', 'CAN_USE') as object), method: 'PATCH' };
    const path = '/api/2.0/preview/permissions/authorization/tokens';
    const { resources, facts } = read({ ...preview, path });
    expect(resources).toMatchObject([{ type: 'Tokens', name: 'tokens' }]);
    expect(facts.entries).toMatchObject([{ list: { replacing: false, size: 1 } }]);
  });

  test('for other objects are reported', () => {
    expect(read(put('sql/warehouses/9', 'CAN_USE')).facts.unmodelled).toEqual([
      { type: 'sql/warehouses', name: '9', entries: 1 },
    ]);
    expect(read(put('authorization/passwords', 'CAN_USE')).facts.unmodelled).toHaveLength(1);
  });
});

describe('secrets', () => {
  test('ACLs name their principals by their form', () => {
    const { facts } = readFixture('secret-acls.json');
    expect(
      facts.entries.map(({ principal, level, resource }) => [principal, level, resource.name]),
    ).toEqual([
      [{ kind: 'group', name: 'users' }, 'MANAGE', 'feature-store-write'],
      [{ kind: 'service-principal', name: SCORER }, 'READ', 'feature-store-write'],
    ]);
  });

  test('ACLs of a principal that is there twice keep the weakest', () => {
    const items = ['MANAGE', 'READ', 'WRITE'].map((permission) => ({
      principal: 'ml',
      permission,
    }));
    const { facts } = read({ scope: 's', items });
    expect(facts.entries).toMatchObject([{ level: 'READ' }]);
    const odd = ['READ', 'ADMIN'].map((permission) => ({ principal: 'ml', permission }));
    expect(read({ scope: 's', items: odd }).facts.entries).toMatchObject([
      { level: 'ADMIN', actions: undefined },
    ]);
  });

  test('an empty list of a scope still is about the scope', () => {
    const file = read({ path: '/api/2.0/secrets/acls/list?scope=a%20b', body: {} });
    expect(file.resources).toMatchObject([{ type: 'SecretScope', name: 'a b' }]);
  });

  test('scopes and keys', () => {
    expect(readFixture('secret-scopes.json').resources).toMatchObject([
      { name: 'feature-store-write', tags: { backend: 'DATABRICKS' } },
      { name: 'vault', tags: { backend: 'AZURE_KEYVAULT' } },
    ]);
    expect(readFixture('secret-keys.json').facts.secrets).toHaveLength(3);
    const listed = { path: '/api/2.0/secrets/list?scope=s', body: { secrets: [{ key: 'k' }] } };
    expect(read(listed).facts.secrets).toEqual([{ scope: 's', key: 'k' }]);
  });
});

describe('Unity Catalog', () => {
  test('privileges are written in one way', () => {
    const { facts } = read({
      securable_type: 'CREDENTIAL',
      full_name: 'c',
      privilege_assignments: [{ principal: 'ml', privileges: ['all privileges', 'ACCESS'] }],
    });
    expect(facts.entries.map(({ level, actions }) => [level, actions])).toEqual([
      ['ALL_PRIVILEGES', ['ACCESS', 'CREATE_CONNECTION']],
      ['ACCESS', ['ACCESS']],
    ]);
  });

  test('effective ones say what they are inherited from', () => {
    const { facts } = readFixture('effective-grants.json');
    expect(facts.entries.map(({ inherited }) => inherited)).toEqual([true, false]);
  });

  test('other securables are reported', () => {
    const file = read({ securable_type: 'catalog', full_name: 'main', privilege_assignments: [] });
    expect(file.facts.unmodelled).toEqual([{ type: 'catalog', name: 'main', entries: 0 }]);
  });

  test.each([
    ['ISOLATION_MODE_OPEN', true],
    ['OPEN', true],
    ['ISOLATION_MODE_ISOLATED', false],
    [null, undefined],
  ])('isolation mode %s: open is %s', (isolation_mode, open) => {
    const { facts } = read({ name: 'c', purpose: 'SERVICE', isolation_mode });
    expect(facts.serviceCredentials).toEqual([{ name: 'c', open }]);
  });

  test('credentials for storage are left out', () => {
    const credentials = [{ name: 'c', purpose: 'STORAGE' }];
    expect(read({ credentials }).resources).toEqual([]);
  });
});

describe('tokens', () => {
  test('have an owner, a lifetime and an end', () => {
    expect(readFixture('token-list.json').facts.tokens).toMatchObject([
      {
        name: '5d1f',
        owner: { kind: 'user' },
        expiresAt: null,
        lifetimeSeconds: null,
        onBehalf: false,
      },
      {
        name: '77ab',
        owner: undefined,
        ownerId: '9001',
        lifetimeSeconds: 8_640_000,
        onBehalf: true,
      },
      { name: '90cd', lifetimeSeconds: 3600, onBehalf: false },
    ]);
  });

  test('of the caller have no owner, and are not taken to be endless where nothing is said', () => {
    const { facts } = read({
      token_infos: [
        { token_id: 't', comment: null },
        { token_id: 'u', created_by_username: READER },
      ],
    });
    expect(facts.tokens).toMatchObject([
      { owner: undefined, lifetimeSeconds: undefined, onBehalf: false },
      { owner: { kind: 'service-principal', name: READER } },
    ]);
  });
});

test('a workspace is the project of its objects and permissions', () => {
  const file = read(
    { scope: 's', items: [{ principal: 'ml', permission: 'READ' }] },
    { workspace: 'prod' },
  );
  expect(file.resources).toMatchObject([{ project: 'prod' }]);
  expect(file.permissions.map(({ project }) => project)).toEqual(['prod', 'prod']);
});

test('SCIM lists give service principals, groups and members', () => {
  const { facts } = read({
    Resources: [
      {
        id: '1',
        applicationId: READER,
        displayName: 'r',
        entitlements: [{ value: 'allow-cluster-create' }],
      },
      { id: '2', displayName: 'ml', members: [{ value: '1' }, {}] },
      { id: '3', displayName: 'Ann', userName: 'ann@example.com' },
    ],
  });
  expect(facts.servicePrincipals).toMatchObject([{ applicationId: READER, createsClusters: true }]);
  expect(facts.groups).toMatchObject([{ id: '2', name: 'ml', createsClusters: false }]);
  expect(facts.members).toEqual([{ groupId: '2', memberId: '1' }]);
});
