import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  applyEndpointAccess,
  createEndpointToken,
  planEndpointAccess,
  type ServingEndpointAccess,
} from '../../../../src/platforms/databricks/endpoints/index.js';
import { createStaticTokenProvider } from '../../../../src/platforms/databricks/tokens/index.js';
import {
  createWorkspaceClient,
  type WorkspaceClient,
} from '../../../../src/platforms/databricks/workspace/index.js';
import { type FakeWorkspace, startFakeWorkspace } from '../../../support/databricks/index.js';

const SCORER = '7f3a1c52-0d4e-4b8f-9a61-2c5d7e8f9011';
const BATCH = '7f3a1c52-0d4e-4b8f-9a61-2c5d7e8f9012';
const ANN = 'ann@example.org';
const ENDPOINTS = ['fraud', 'churn'];
const ACCESS: ServingEndpointAccess = { endpoints: ENDPOINTS, servicePrincipals: [SCORER, BATCH] };
/** Each endpoint is looked up, its list read, and then written. */
const READS = 2 * ENDPOINTS.length;
const WRITES = ENDPOINTS.length;
const KINDS = ['kill-before', 'kill-after'] as const;

let workspace: FakeWorkspace;
let admin: WorkspaceClient;

beforeEach(async () => {
  workspace = await startFakeWorkspace({
    servicePrincipals: [
      { applicationId: SCORER, groups: ['ml'] },
      { applicationId: BATCH, groups: ['ml'] },
    ],
    users: [{ userName: ANN }],
    servingEndpoints: ENDPOINTS,
  });
  admin = clientOf(workspace.adminToken);
  for (const name of ENDPOINTS) {
    const { id } = await admin.servingEndpoints.get(name);
    await admin.permissions.patch('serving-endpoints', id, [
      { user_name: ANN, permission_level: 'CAN_MANAGE' },
      { service_principal_name: BATCH, permission_level: 'CAN_VIEW' },
    ]);
  }
});
afterEach(() => workspace.stop());

function clientOf(token: string): WorkspaceClient {
  return createWorkspaceClient({
    host: workspace.origin,
    caCertPath: workspace.caCertPath,
    tokens: createStaticTokenProvider(token, { redaction: () => {} }),
    // One request is one request: what breaks off is not tried again.
    maxAttempts: 1,
    redaction: () => {},
  });
}

async function levelsOn(name: string): Promise<readonly string[]> {
  const { id } = await admin.servingEndpoints.get(name);
  const { access_control_list: list } = await admin.permissions.get('serving-endpoints', id);
  return list.flatMap(({ service_principal_name: app, user_name: user, all_permissions: all }) =>
    all
      .filter(({ inherited }) => !inherited)
      .map(({ permission_level: level }) => `${app ?? user}: ${level}`),
  );
}

test('a whole run has as many requests as the runs below break off at', async () => {
  const before = workspace.journal.length;
  await applyEndpointAccess(admin, ACCESS);
  expect(workspace.journal).toHaveLength(before + READS + WRITES);
});

const CUTS = Array.from({ length: READS + WRITES }, (_, index) =>
  KINDS.map((kind) => [index + 1, kind] as const),
).flat();

describe('a run that breaks off', () => {
  test.each(CUTS)('at request %d (%s) is completed by the next one', async (n, kind) => {
    workspace.failAt(n, { kind });
    await expect(applyEndpointAccess(admin, ACCESS)).rejects.toMatchObject({
      code: 'ERR_WORKSPACE',
      status: 0,
    });
    await applyEndpointAccess(admin, ACCESS);
    for (const name of ENDPOINTS) {
      expect((await levelsOn(name)).toSorted()).toEqual(
        [`${ANN}: CAN_MANAGE`, `${BATCH}: CAN_QUERY`, `${SCORER}: CAN_QUERY`].toSorted(),
      );
    }
    expect(await planEndpointAccess(admin, ACCESS)).toEqual({ changes: [], findings: [] });
  });
});

describe('a token whose making breaks off', () => {
  beforeEach(async () => {
    await admin.tokens.create({ comment: 'of an admin' });
    await admin.permissions.patch('authorization', 'tokens', [
      { group_name: 'ml', permission_level: 'CAN_USE' },
    ]);
  });

  test.each([
    ['who asks', 1, 'kill-before', 0],
    ['the list', 2, 'kill-before', 0],
    ['the token', 3, 'kill-before', 0],
    ['the token', 3, 'kill-after', 1],
  ] as const)('at %s (request %d, %s): the next run tells of %d more', async (_, n, kind, more) => {
    const app = clientOf(workspace.tokenOf(SCORER));
    const request = { applicationId: SCORER, comment: 'nightly scoring' };
    workspace.failAt(n, { kind });
    await expect(createEndpointToken(app, request)).rejects.toMatchObject({
      code: 'ERR_WORKSPACE',
      status: 0,
    });
    expect((await createEndpointToken(app, request)).earlier).toBe(more);
    expect(await app.tokens.list()).toHaveLength(more + 1);
  });
});
