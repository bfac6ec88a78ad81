import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  applyEndpointAccess,
  planEndpointAccess,
  type ServingEndpointAccess,
  verifyEndpointAccess,
} from '../../../../src/platforms/databricks/endpoints/index.js';
import { createStaticTokenProvider } from '../../../../src/platforms/databricks/tokens/index.js';
import {
  createWorkspaceClient,
  type WorkspaceClient,
} from '../../../../src/platforms/databricks/workspace/index.js';
import { type FakeWorkspace, startFakeWorkspace } from '../../../support/databricks/index.js';

const APP = '7f3a1c52-0d4e-4b8f-9a61-2c5d7e8f9011';
const OTHER = '7f3a1c52-0d4e-4b8f-9a61-2c5d7e8f9012';
const ACCESS: ServingEndpointAccess = { endpoints: ['fraud', 'churn'], servicePrincipals: [APP] };

let workspace: FakeWorkspace;
let admin: WorkspaceClient;

beforeEach(async () => {
  workspace = await startFakeWorkspace({
    servicePrincipals: [
      { applicationId: APP, displayName: 'scoring' },
      { applicationId: OTHER, displayName: 'other' },
    ],
    users: [{ userName: APP }, { userName: 'ann@example.org' }],
    servingEndpoints: ['fraud', 'churn'],
  });
  admin = clientOf(workspace.adminToken);
});
afterEach(() => workspace.stop());

function clientOf(token: string): WorkspaceClient {
  return createWorkspaceClient({
    host: workspace.origin,
    caCertPath: workspace.caCertPath,
    tokens: createStaticTokenProvider(token, { redaction: () => {} }),
    maxAttempts: 1,
    redaction: () => {},
  });
}

async function grant(name: string, level: string, who: object): Promise<void> {
  const { id } = await admin.servingEndpoints.get(name);
  const entry = { ...who, permission_level: level };
  await admin.permissions.patch('serving-endpoints', id, [entry]);
}

async function levelsOn(name: string): Promise<readonly string[]> {
  const { id } = await admin.servingEndpoints.get(name);
  const { access_control_list: list } = await admin.permissions.get('serving-endpoints', id);
  return list
    .filter(({ group_name: group }) => group !== 'admins')
    .map(({ service_principal_name: app, user_name: user, all_permissions: all }) => {
      const levels = all.map(({ permission_level: level }) => level).join();
      return `${app ?? user}: ${levels}`;
    });
}

const writes = () => workspace.journal.filter(({ method }) => method !== 'GET');

test('plans without changing anything', async () => {
  const plan = await planEndpointAccess(admin, ACCESS);
  const { id } = await admin.servingEndpoints.get('fraud');
  expect(plan.findings).toEqual([]);
  expect(plan.changes).toHaveLength(2);
  expect(plan.changes[0]).toEqual({
    endpoint: 'fraud',
    endpointId: id,
    applicationId: APP,
    level: 'CAN_QUERY',
    held: undefined,
  });
  expect(writes()).toEqual([]);
});

test('grants by application ID, once, and keeps existing grants', async () => {
  await grant('fraud', 'CAN_MANAGE', { user_name: 'ann@example.org' });
  const before = writes().length;
  const access = { ...ACCESS, servicePrincipals: [APP.toUpperCase(), OTHER, APP] };
  expect((await applyEndpointAccess(admin, access)).changes).toHaveLength(4);
  expect(await levelsOn('fraud')).toEqual([
    'ann@example.org: CAN_MANAGE',
    `${APP}: CAN_QUERY`,
    `${OTHER}: CAN_QUERY`,
  ]);
  const sent = writes().slice(before);
  expect(sent.map(({ method }) => method)).toEqual(['PATCH', 'PATCH']);
  expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
    access_control_list: [
      { service_principal_name: APP, permission_level: 'CAN_QUERY' },
      { service_principal_name: OTHER, permission_level: 'CAN_QUERY' },
    ],
  });
  expect((await applyEndpointAccess(admin, access)).changes).toEqual([]);
  expect(writes()).toHaveLength(before + 2);
  expect(await verifyEndpointAccess(admin, access)).toEqual([]);
  const app = clientOf(workspace.tokenOf(OTHER));
  const path = '/serving-endpoints/fraud/invocations';
  expect(await app.request({ method: 'POST', path, body: {} })).toEqual({ predictions: [1] });
});

describe('levels', () => {
  test.each([
    ['CAN_VIEW', 'CAN_QUERY', 'change'],
    ['CAN_VIEW', 'CAN_MANAGE', 'change'],
    ['CAN_QUERY', 'CAN_MANAGE', 'change'],
    ['CAN_VIEW', 'CAN_VIEW', 'none'],
    ['CAN_QUERY', 'CAN_QUERY', 'none'],
    ['CAN_MANAGE', 'CAN_MANAGE', 'none'],
    ['CAN_MANAGE', 'CAN_QUERY', 'level-stronger'],
    ['CAN_QUERY', 'CAN_VIEW', 'level-stronger'],
  ] as const)('%s where %s is wanted: %s', async (held, level, expected) => {
    await grant('fraud', held, { service_principal_name: APP });
    const access = { ...ACCESS, endpoints: ['fraud'], level };
    const { changes, findings } = await applyEndpointAccess(admin, access);
    expect([...changes.map(() => 'change'), ...findings.map(({ rule }) => rule)]).toEqual(
      expected === 'none' ? [] : [expected],
    );
    expect(await levelsOn('fraud')).toEqual([`${APP}: ${expected === 'change' ? level : held}`]);
  });

  test('one that is not known is left alone', async () => {
    const list = [
      {
        service_principal_name: APP,
        all_permissions: [{ permission_level: 'CAN_TRAIN', inherited: false }],
      },
    ];
    const permissions = { ...admin.permissions, get: async () => ({ access_control_list: list }) };
    const plan = await planEndpointAccess({ ...admin, permissions }, ACCESS);
    expect(plan.changes).toEqual([]);
    expect(plan.findings).toMatchObject([{ rule: 'level-unknown' }, { rule: 'level-unknown' }]);
  });
});

test('finds an application id that stands for a user', async () => {
  await grant('churn', 'CAN_QUERY', { user_name: APP });
  expect(await verifyEndpointAccess(admin, { ...ACCESS, endpoints: ['churn'] })).toEqual([
    {
      rule: 'level-missing',
      endpoint: 'churn',
      message: `let service principal \`${APP}\` have CAN_QUERY on serving endpoint \`churn\``,
    },
    {
      rule: 'service-principal-as-user',
      endpoint: 'churn',
      message: `serving endpoint \`churn\` has user \`${APP}\`, which is an application id: it is not taken as a grant to the service principal`,
    },
  ]);
});

test('finds a name of a service principal that stands for a user', async () => {
  const all = [{ permission_level: 'CAN_QUERY', inherited: false }];
  const list = [
    { user_name: 'scoring-app', all_permissions: all },
    { user_name: 'ana@example.org', all_permissions: all },
    { service_principal_name: APP, all_permissions: all },
  ];
  const permissions = { ...admin.permissions, get: async () => ({ access_control_list: list }) };
  const findings = await verifyEndpointAccess(
    { ...admin, permissions },
    { ...ACCESS, endpoints: ['churn'] },
  );
  expect(findings).toMatchObject([
    { rule: 'service-principal-as-user', message: expect.stringContaining('no e-mail address') },
  ]);
});

describe('rejects', () => {
  test('an endpoint that is not there, before anything is granted', async () => {
    const access = { ...ACCESS, endpoints: ['fraud', 'none'] };
    await expect(applyEndpointAccess(admin, access)).rejects.toMatchObject({
      code: 'ERR_WORKSPACE',
      errorCode: 'RESOURCE_DOES_NOT_EXIST',
    });
    expect(writes()).toEqual([]);
  });

  test('a service principal that is not in the workspace', async () => {
    const stranger = '7f3a1c52-0d4e-4b8f-9a61-2c5d7e8f9099';
    const access = { ...ACCESS, servicePrincipals: [stranger] };
    await expect(applyEndpointAccess(admin, access)).rejects.toMatchObject({ status: 404 });
  });

  test('a grant that is not there afterwards', async () => {
    const permissions = { ...admin.permissions, patch: admin.permissions.get };
    await expect(applyEndpointAccess({ ...admin, permissions }, ACCESS)).rejects.toThrow(
      'does not hold CAN_QUERY',
    );
  });

  test.each<[string, Partial<ServingEndpointAccess>]>([
    ['a name in place of an application id', { servicePrincipals: ['scoring'] }],
    ['nobody', { servicePrincipals: [] }],
    ['no endpoint', { endpoints: [] }],
    ['an unknown level', { level: 'CAN_READ' as 'CAN_VIEW' }],
  ])('%s', async (_, change) => {
    await expect(planEndpointAccess(admin, { ...ACCESS, ...change })).rejects.toThrow(TypeError);
    expect(workspace.journal).toEqual([]);
  });
});

test.each(['kill-before', 'kill-after'] as const)('goes on after %s', async (kind) => {
  workspace.failAt(2, { kind }, { method: 'PATCH' });
  await expect(applyEndpointAccess(admin, ACCESS)).rejects.toMatchObject({ status: 0 });
  await applyEndpointAccess(admin, ACCESS);
  expect(await levelsOn('fraud')).toEqual([`${APP}: CAN_QUERY`]);
  expect(await levelsOn('churn')).toEqual([`${APP}: CAN_QUERY`]);
});
