import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { IdentitySecret } from '../../../../src/identity/index.js';
import { createStaticTokenProvider } from '../../../../src/platforms/databricks/tokens/index.js';
import {
  createWorkspaceClient,
  type ObjectPermissions,
  type WorkspaceClient,
} from '../../../../src/platforms/databricks/workspace/index.js';
import { type FakeWorkspace, startFakeWorkspace } from '../../../support/databricks/index.js';

let workspace: FakeWorkspace;
let admin: WorkspaceClient;
let pipeline: WorkspaceClient;
let masked: IdentitySecret[];

beforeEach(async () => {
  masked = [];
  workspace = await startFakeWorkspace({
    servicePrincipals: [{ applicationId: 'app-1', displayName: 'pipeline', groups: ['ml'] }],
    users: [{ userName: 'Ann@example.org' }],
    servingEndpoints: ['fraud', 'a/b ü'],
    registeredModels: ['churn'],
    objects: [{ type: 'sql/warehouses', id: 'w1' }],
    serviceCredentials: [
      { name: 'vault', cloud: 'azure' },
      { name: 'bucket', cloud: 'aws' },
      { name: 'lake', cloud: 'gcp' },
    ],
    securables: [{ type: 'function', fullName: 'main.ml.churn' }],
    pageSize: 2,
  });
  admin = clientOf(workspace.adminToken);
  pipeline = clientOf(workspace.tokenOf('app-1'));
});

afterEach(() => workspace.stop());

function clientOf(token: string): WorkspaceClient {
  return createWorkspaceClient({
    host: workspace.origin,
    caCertPath: workspace.caCertPath,
    tokens: createStaticTokenProvider(token, { redaction: () => {} }),
    sleep: async () => {},
    redaction: (secret) => masked.push(secret),
  });
}

const app = (permission_level: string) => ({ service_principal_name: 'app-1', permission_level });
const missing = { code: 'ERR_WORKSPACE', status: 404, errorCode: 'RESOURCE_DOES_NOT_EXIST' };
const denied = { code: 'ERR_WORKSPACE', status: 403, errorCode: 'PERMISSION_DENIED' };
const invalid = { code: 'ERR_WORKSPACE', status: 400, errorCode: 'INVALID_PARAMETER_VALUE' };

/** Principals and their levels, without what is inherited. */
function levels({ access_control_list: list }: ObjectPermissions): Record<string, string> {
  const own = list.flatMap((entry) =>
    entry.all_permissions
      .filter(({ inherited }) => !inherited)
      .map(({ permission_level: level }) => [
        entry.service_principal_name ?? entry.user_name ?? entry.group_name ?? '',
        level,
      ]),
  );
  return Object.fromEntries(own) as Record<string, string>;
}

describe('permissions', () => {
  test('are merged by PATCH and replaced by PUT', async () => {
    const { id } = await admin.servingEndpoints.get('fraud');
    expect(id).toMatch(/^[\da-f]{32}$/);
    const given = await admin.permissions.patch('serving-endpoints', id, [
      app('CAN_QUERY'),
      { user_name: 'ann@EXAMPLE.org', permission_level: 'CAN_VIEW' },
    ]);
    expect(given).toMatchObject({
      object_id: `/serving-endpoints/${id}`,
      object_type: 'serving-endpoint',
    });
    expect(levels(given)).toEqual({ 'app-1': 'CAN_QUERY', 'Ann@example.org': 'CAN_VIEW' });
    await admin.permissions.patch('serving-endpoints', id, [
      { group_name: 'ml', permission_level: 'CAN_VIEW' },
    ]);
    const merged = await admin.permissions.get('serving-endpoints', id);
    expect(Object.keys(levels(merged))).toEqual(['app-1', 'Ann@example.org', 'ml']);
    const replaced = await admin.permissions.set('serving-endpoints', id, [app('CAN_VIEW')]);
    expect(levels(replaced)).toEqual({ 'app-1': 'CAN_VIEW' });
    expect(replaced.access_control_list.at(-1)).toMatchObject({
      group_name: 'admins',
      all_permissions: [{ permission_level: 'CAN_MANAGE', inherited: true }],
    });
  });

  test('of a principal that stands twice are those of the last entry', async () => {
    const entries = [app('CAN_MANAGE'), app('CAN_READ')];
    const given = await admin.permissions.set('registered-models', 'root', entries);
    expect(levels(given)).toEqual({ 'app-1': 'CAN_READ' });
  });

  test('decide what a principal may do', async () => {
    const invoke = {
      method: 'POST',
      path: '/serving-endpoints/fraud/invocations',
      body: {},
    } as const;
    await expect(pipeline.request(invoke)).rejects.toMatchObject(denied);
    const { id } = await admin.servingEndpoints.get('fraud');
    await admin.permissions.patch('serving-endpoints', id, [
      { group_name: 'ml', permission_level: 'CAN_QUERY' },
    ]);
    await expect(pipeline.request(invoke)).resolves.toEqual({ predictions: [1] });
    await expect(pipeline.permissions.get('serving-endpoints', id)).rejects.toMatchObject(denied);
  });

  test('have levels that the workspace names', async () => {
    const of = async (type: string, id: string) =>
      (await admin.permissions.getLevels(type, id)).map(({ permission_level: level }) => level);
    expect(await of('registered-models', 'root')).toEqual([
      'CAN_READ',
      'CAN_EDIT',
      'CAN_MANAGE_STAGING_VERSIONS',
      'CAN_MANAGE_PRODUCTION_VERSIONS',
      'CAN_MANAGE',
    ]);
    expect(await of('sql/warehouses', 'w1')).toContain('CAN_MONITOR');
  });

  test('of what does not exist are an error', async () => {
    const { permissions } = admin;
    await expect(permissions.get('serving-endpoints', 'fraud')).rejects.toMatchObject(missing);
    await expect(admin.servingEndpoints.get('none')).rejects.toMatchObject(missing);
    const { id } = await admin.servingEndpoints.get('a/b ü');
    const set = (entry: object) => permissions.patch('serving-endpoints', id, [entry as never]);
    const unknown = { service_principal_name: 'pipeline', permission_level: 'CAN_VIEW' };
    await expect(set(unknown)).rejects.toMatchObject(missing);
    await expect(set(app('CAN_READ'))).rejects.toMatchObject(invalid);
    await expect(set({ ...app('CAN_VIEW'), group_name: 'ml' })).rejects.toMatchObject(invalid);
  });

  test.each(['', 'Serving', 'a/b/c', '../x', 'a b', 'serving-endpoints/'])(
    'of the type %j are not asked for',
    async (type) => {
      await expect(admin.permissions.get(type, 'x')).rejects.toThrow(TypeError);
    },
  );

  test.each(['', '.', '..', '\ud800'])('of the id %j are not asked for', async (id) => {
    await expect(admin.permissions.get('jobs', id)).rejects.toThrow(TypeError);
  });
});

describe('tokens', () => {
  test('are created, listed without themselves, and deleted', async () => {
    const { token_value: value, token_info: info } = await admin.tokens.create({
      comment: 'rotation',
      lifetimeSeconds: 60,
    });
    expect(info.expiry_time).toBe((info.creation_time ?? 0) + 60_000);
    expect(masked).toContainEqual({ name: 'token', value, lifetimeSeconds: 60 });
    await expect(clientOf(value).scim.currentUser()).resolves.toMatchObject({
      userName: 'admin@example.org',
    });
    const listed = await admin.tokens.list();
    expect(listed).toEqual([info]);
    expect(JSON.stringify(listed)).not.toContain(value);
    await admin.tokens.delete(info.token_id);
    expect(await admin.tokens.list()).toEqual([]);
    await expect(clientOf(value).tokens.list()).rejects.toMatchObject({
      code: 'ERR_CREDENTIAL_UNAVAILABLE',
    });
    await expect(admin.tokens.delete(info.token_id)).rejects.toMatchObject(missing);
  });

  test('have permissions only where there is one', async () => {
    const { permissions } = admin;
    for (const change of [permissions.patch, permissions.set]) {
      await expect(change('authorization', 'tokens', [app('CAN_USE')])).rejects.toMatchObject(
        missing,
      );
    }
    const { token_value: value } = await admin.tokens.create();
    expect(masked).toContainEqual({ name: 'token', value, lifetimeSeconds: 730 * 86_400 });
    await expect(pipeline.tokens.create()).rejects.toMatchObject(denied);
    const given = await permissions.patch('authorization', 'tokens', [app('CAN_USE')]);
    expect(given).toMatchObject({ object_id: '/authorization/tokens', object_type: 'tokens' });
    await expect(pipeline.tokens.create()).resolves.toMatchObject({ token_info: {} });
  });

  test('end when the permission to use them does', async () => {
    await admin.tokens.create();
    await admin.permissions.patch('authorization', 'tokens', [app('CAN_USE')]);
    await pipeline.tokens.create();
    expect(await pipeline.tokens.list()).toHaveLength(1);
    await admin.permissions.set('authorization', 'tokens', [
      { group_name: 'admins', permission_level: 'CAN_MANAGE' },
    ]);
    expect(await pipeline.tokens.list()).toEqual([]);
    expect(await admin.tokens.list()).toHaveLength(1);
  });

  test('are managed by admins', async () => {
    await admin.tokens.create();
    await admin.permissions.patch('authorization', 'tokens', [app('CAN_USE')]);
    const order = { applicationId: 'app-1', comment: 'link', lifetimeSeconds: 3600 };
    const { token_value: value, token_info: info } =
      await admin.tokenManagement.createOnBehalfOf(order);
    expect(masked.map((secret) => secret.value)).toContain(value);
    await expect(clientOf(value).scim.currentUser()).resolves.toMatchObject({
      userName: 'app-1',
    });
    const { tokenManagement } = admin;
    expect(await tokenManagement.list()).toHaveLength(2);
    const [first] = await tokenManagement.list({ createdByUsername: 'admin@example.org' });
    expect(first).toMatchObject({ created_by_username: 'admin@example.org' });
    expect(await tokenManagement.list({ createdById: '1' })).toEqual([]);
    await expect(pipeline.tokenManagement.list()).rejects.toMatchObject(denied);
    await tokenManagement.delete(info.token_id);
    await expect(tokenManagement.delete(info.token_id)).rejects.toMatchObject(missing);
    await expect(tokenManagement.createOnBehalfOf({ applicationId: 'none' })).rejects.toMatchObject(
      missing,
    );
  });
});

describe('secrets', () => {
  test('are put, listed and read, and masked', async () => {
    const { secrets } = admin;
    await secrets.createScope('remote-mr-prod');
    expect(await secrets.listScopes()).toEqual([
      { name: 'remote-mr-prod', backend_type: 'DATABRICKS' },
    ]);
    const key = { scope: 'remote-mr-prod', key: 'prod-token' };
    await secrets.putSecret({ ...key, value: 'dapi-geheim-ü' });
    const { value } = await secrets.getSecret(key);
    expect(Buffer.from(value, 'base64').toString('utf8')).toBe('dapi-geheim-ü');
    expect(masked.filter((secret) => secret.value === 'dapi-geheim-ü')).toHaveLength(2);
    expect(await secrets.listSecrets('remote-mr-prod')).toEqual([
      { key: 'prod-token', last_updated_timestamp: expect.any(Number) as number },
    ]);
    await secrets.deleteSecret(key);
    await expect(secrets.getSecret(key)).rejects.toMatchObject(missing);
    await secrets.deleteScope('remote-mr-prod');
    await expect(secrets.listSecrets('remote-mr-prod')).rejects.toMatchObject(missing);
  });

  test('are of a scope that may exist once, with a name that may be one', async () => {
    await admin.secrets.createScope('s');
    await expect(admin.secrets.createScope('s')).rejects.toMatchObject({
      status: 400,
      errorCode: 'RESOURCE_ALREADY_EXISTS',
    });
    await expect(admin.secrets.createScope('a b')).rejects.toMatchObject(invalid);
  });

  test('are for those whom the list of the scope names', async () => {
    const { secrets } = admin;
    const key = { scope: 's', key: 'k' };
    await secrets.createScope('s');
    await secrets.putSecret({ ...key, value: 'geheimnis' });
    await expect(pipeline.secrets.getSecret(key)).rejects.toMatchObject(denied);
    await secrets.putAcl({ scope: 's', principal: 'ml', permission: 'READ' });
    await expect(pipeline.secrets.getSecret(key)).resolves.toMatchObject({ key: 'k' });
    await expect(pipeline.secrets.putSecret({ ...key, value: 'x' })).rejects.toMatchObject(denied);
    await secrets.putAcl({ scope: 's', principal: 'app-1', permission: 'WRITE' });
    await pipeline.secrets.putSecret({ ...key, value: 'another' });
    await expect(pipeline.secrets.listAcls('s')).rejects.toMatchObject(denied);
    expect(await secrets.listAcls('s')).toEqual([
      { principal: 'admin@example.org', permission: 'MANAGE' },
      { principal: 'ml', permission: 'READ' },
      { principal: 'app-1', permission: 'WRITE' },
    ]);
    await secrets.deleteAcl({ scope: 's', principal: 'app-1' });
    await expect(pipeline.secrets.putSecret({ ...key, value: 'x' })).rejects.toMatchObject(denied);
    const unknown = { scope: 's', principal: 'nobody', permission: 'READ' } as const;
    await expect(secrets.putAcl(unknown)).rejects.toMatchObject(missing);
  });
});

describe('SCIM', () => {
  test('says who asks', async () => {
    await expect(pipeline.scim.currentUser()).resolves.toMatchObject({
      userName: 'app-1',
      displayName: 'pipeline',
      active: true,
      groups: [{ display: 'ml' }],
    });
  });

  test('lists all pages, and what fits a filter', async () => {
    for (const number of [2, 3, 4, 5]) {
      await admin.scim.createServicePrincipal({ displayName: `sp "${number}"` });
    }
    const before = workspace.journal.length;
    const all = await admin.scim.listServicePrincipals();
    expect(workspace.journal.length - before).toBe(3);
    expect(all.map(({ displayName }) => displayName)).toEqual([
      'pipeline',
      'sp "2"',
      'sp "3"',
      'sp "4"',
      'sp "5"',
    ]);
    expect(new Set(all.map(({ applicationId }) => applicationId)).size).toBe(5);
    const filter = { attribute: 'applicationId', value: 'app-1' } as const;
    await expect(admin.scim.listServicePrincipals(filter)).resolves.toMatchObject([
      { displayName: 'pipeline' },
    ]);
    const none = { attribute: 'applicationId', value: 'none' } as const;
    expect(await admin.scim.listServicePrincipals(none)).toEqual([]);
  });

  test('makes principals, groups and members', async () => {
    const { scim } = admin;
    const { id } = await scim.createServicePrincipal({
      displayName: 'reader',
      applicationId: 'app-2',
    });
    await expect(
      scim.createServicePrincipal({ displayName: 'again', applicationId: 'app-2' }),
    ).rejects.toMatchObject({ status: 409, errorCode: undefined });
    const group = await scim.createGroup({ displayName: 'mlops-service-principals' });
    expect(group.members).toEqual([]);
    await scim.addGroupMembers(group.id, [id]);
    await scim.addGroupMembers(group.id, [id]);
    await expect(scim.getGroup(group.id)).resolves.toMatchObject({ members: [{ value: id }] });
    const [found] = await scim.listGroups({ attribute: 'displayName', value: group.displayName });
    expect(found?.id).toBe(group.id);
    await scim.removeGroupMembers(group.id, [id]);
    expect((await scim.getGroup(group.id)).members).toEqual([]);
    await expect(scim.addGroupMembers(group.id, ['0'])).rejects.toMatchObject({ status: 404 });
    await expect(pipeline.scim.addGroupMembers(group.id, [id])).rejects.toMatchObject({
      status: 403,
    });
    await scim.deleteGroup(group.id);
    await expect(scim.getGroup(group.id)).rejects.toMatchObject({ status: 404 });
    await scim.deleteServicePrincipal(id);
    expect(await scim.listServicePrincipals()).toHaveLength(1);
  });
});

describe('grants', () => {
  test('are read through all pages, empty ones too', async () => {
    const names = ['one', 'two', 'three', 'four', 'five'];
    for (const displayName of names) await admin.scim.createGroup({ displayName });
    const manage = { principal: 'admin@example.org', add: ['MANAGE'] };
    await admin.request({
      method: 'PATCH',
      path: '/api/2.1/unity-catalog/permissions/function/main.ml.churn',
      body: { changes: [manage] },
    });
    await admin.grants.patch(
      'function',
      'main.ml.churn',
      names.map((principal) => ({ principal, add: ['EXECUTE', 'READ METADATA'] })),
    );
    const before = workspace.journal.length;
    const grants = await admin.grants.get('function', 'main.ml.churn');
    expect(workspace.journal.length - before).toBe(5);
    expect(grants.map(({ principal }) => principal)).toEqual(['admin@example.org', ...names]);
    expect(grants[1]?.privileges).toEqual(['EXECUTE', 'READ_METADATA']);
    const filter = { principal: 'two' };
    expect(await admin.grants.get('function', 'main.ml.churn', filter)).toHaveLength(1);
    await admin.grants.patch('function', 'main.ml.churn', [
      { principal: 'two', remove: ['EXECUTE', 'READ_METADATA'] },
    ]);
    expect(await admin.grants.get('function', 'main.ml.churn', filter)).toEqual([]);
  });

  test.each([
    ['goes round', ['a', 'b', 'a'], 'goes round in a circle'],
    ['names itself', ['a', 'a'], 'goes round in a circle'],
    ['never ends', ['a', 'b', 'c', 'd'], 'more than 3 pages'],
  ])('in a list that %s are an error, not a part', async (_, tokens, message) => {
    tokens.forEach((next_page_token, index) => {
      workspace.failAt(index + 1, { kind: 'malformed', body: JSON.stringify({ next_page_token }) });
    });
    const { origin: host, caCertPath, adminToken } = workspace;
    const provider = createStaticTokenProvider(adminToken, { redaction: () => {} });
    const bounded = createWorkspaceClient({ host, caCertPath, tokens: provider, maxPages: 3 });
    await expect(bounded.grants.get('credential', 'vault')).rejects.toThrow(message);
  });
});

describe('temporary service credentials', () => {
  test.each([
    ['vault', ['azure_aad', 'aad_token']],
    ['lake', ['gcp_oauth_token', 'oauth_token']],
    ['bucket', ['aws_temp_credentials', 'secret_access_key']],
  ])('of %s need ACCESS, and are masked until they end', async (credential_name, path) => {
    const ask = () => pipeline.createTemporaryServiceCredentials({ credential_name });
    await expect(ask()).rejects.toMatchObject(denied);
    await admin.grants.patch('credential', credential_name, [{ principal: 'ml', add: ['ACCESS'] }]);
    const credentials = await ask();
    expect(credentials.expiration_time).toBeGreaterThan(Date.now());
    const secret = path.reduce<unknown>(
      (value, name) => (value as Record<string, unknown>)[name],
      credentials,
    );
    const found = masked.find(({ value }) => value === secret);
    expect(found?.lifetimeSeconds).toBeCloseTo(3600, -1);
  });

  test('of what does not exist are an error', async () => {
    const asked = admin.createTemporaryServiceCredentials({ credential_name: 'none' });
    await expect(asked).rejects.toMatchObject(missing);
  });
});
