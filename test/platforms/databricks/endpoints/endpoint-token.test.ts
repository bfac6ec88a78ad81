import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { IdentitySecret } from '../../../../src/identity/index.js';
import { createEndpointToken } from '../../../../src/platforms/databricks/endpoints/index.js';
import { createStaticTokenProvider } from '../../../../src/platforms/databricks/tokens/index.js';
import {
  createWorkspaceClient,
  type WorkspaceClient,
} from '../../../../src/platforms/databricks/workspace/index.js';
import { type FakeWorkspace, startFakeWorkspace } from '../../../support/databricks/index.js';

const APP = '7f3a1c52-0d4e-4b8f-9a61-2c5d7e8f9011';
const NOW = Date.UTC(2026, 0, 1);
let workspace: FakeWorkspace;
let masked: IdentitySecret[];

beforeEach(async () => {
  masked = [];
  workspace = await startFakeWorkspace({
    servicePrincipals: [{ applicationId: APP, groups: ['ml'] }],
    now: () => NOW,
  });
  const admin = clientOf(workspace.adminToken);
  await admin.tokens.create({ comment: 'first' });
  await admin.permissions.patch('authorization', 'tokens', [
    { group_name: 'ml', permission_level: 'CAN_USE' },
  ]);
});
afterEach(() => workspace.stop());

function clientOf(token: string): WorkspaceClient {
  return createWorkspaceClient({
    host: workspace.origin,
    caCertPath: workspace.caCertPath,
    tokens: createStaticTokenProvider(token, { redaction: () => {} }),
    redaction: (secret) => masked.push(secret),
  });
}

const request = { applicationId: APP, comment: 'nightly scoring' };

test('makes a token that ends after an hour, and masks it', async () => {
  const app = clientOf(workspace.tokenOf(APP));
  const made = await createEndpointToken(app, request);
  expect(made).toMatchObject({ expiresAt: NOW + 3_600_000, earlier: 0 });
  expect((await clientOf(made.token).scim.currentUser()).userName).toBe(APP);
  expect(masked.some(({ value }) => value === made.token)).toBe(true);
  expect(await app.tokens.list()).toMatchObject([{ comment: 'nightly scoring' }]);
});

test('says how many of the same comment there are', async () => {
  const app = clientOf(workspace.tokenOf(APP));
  await createEndpointToken(app, { ...request, comment: 'other' });
  await createEndpointToken(app, request);
  expect(await createEndpointToken(app, { ...request, lifetimeSeconds: 60 })).toMatchObject({
    expiresAt: NOW + 60_000,
    earlier: 1,
  });
});

test('refuses to make a token for a caller other than the service principal', async () => {
  const admin = clientOf(workspace.adminToken);
  const error: unknown = await createEndpointToken(admin, request).catch((reason) => reason);
  expect(error).toMatchObject({ code: 'ERR_CONFIG_INVALID' });
  expect(await admin.tokens.list()).toHaveLength(1);
});

test.each([
  ['an empty comment', { comment: '' }],
  ['a long comment', { comment: 'x'.repeat(201) }],
  ['a life that is too short', { lifetimeSeconds: 59 }],
  ['a life that is too long', { lifetimeSeconds: 86_401 }],
  ['half a second', { lifetimeSeconds: 60.5 }],
])('refuses %s', async (_, change) => {
  const app = clientOf(workspace.tokenOf(APP));
  await expect(createEndpointToken(app, { ...request, ...change })).rejects.toThrow(TypeError);
});

describe('a token that cannot be kept', () => {
  const full = new Error('the disk is full');
  const keep = () => Promise.reject(full);

  test('is ended', async () => {
    const app = clientOf(workspace.tokenOf(APP));
    await expect(createEndpointToken(app, request, { keep })).rejects.toBe(full);
    expect(await app.tokens.list()).toEqual([]);
  });

  test('is named where it cannot be ended either', async () => {
    const app = clientOf(workspace.tokenOf(APP));
    workspace.failAt(1, { kind: 'status', status: 403 }, { path: '/api/2.0/token/delete' });
    const error: unknown = await createEndpointToken(app, request, { keep }).catch(
      (reason: unknown) => reason,
    );
    const [left] = await app.tokens.list();
    expect(error).toMatchObject({ code: 'ERR_WORKSPACE' });
    expect(String(error)).toContain(left?.token_id ?? 'no token');
    expect(String(error)).not.toContain('dapi');
  });
});

test('gives the token to be kept', async () => {
  const kept: string[] = [];
  const app = clientOf(workspace.tokenOf(APP));
  const keep = async (token: string): Promise<void> => void kept.push(token);
  const made = await createEndpointToken(app, request, { keep });
  expect(kept).toEqual([made.token]);
});
